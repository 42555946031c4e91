"""Log records as answers: the columns they are read from, and how a row becomes one."""

from echoline.model.answers_logs import LogRecord, Severity
from echoline.model.batch import PROMOTED, ValueType
from echoline.model.instants import rfc3339
from echoline.queries import identity
from echoline.queries.attribute_values import value, values, with_promoted
from echoline.queries.pages import Row

PATTERN_ID = identity.digest("toString(service)", "toString(pattern)")

COLUMNS = f"""
    toUnixTimestamp64Nano(time) AS time_ns, toUnixTimestamp64Nano(observed) AS observed_ns, service, environment,
    version, severity_number, severity_text, event_name, body, body_type, {PATTERN_ID} AS pattern_id,
    lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span, scope, function, file, line, error_type,
    exception_type, attributes, attribute_types, original_attributes, original_types, dropped_attributes
"""
# The first number of each severity; UNSPECIFIED is 0.
SEVERITY_NUMBERS: dict[Severity, int] = {"TRACE": 1, "DEBUG": 5, "INFO": 9, "WARN": 13, "ERROR": 17, "FATAL": 21}


def severity(number: int) -> Severity:
    """The name of a severity's number."""
    return next((name for name, first in reversed(SEVERITY_NUMBERS.items()) if number >= first), "UNSPECIFIED")


def log_record(row: Row) -> LogRecord:
    """The record of a row of COLUMNS."""
    attributes = values(row["attributes"], row["attribute_types"])
    return LogRecord(
        time=rfc3339(row["time_ns"]),
        observed=rfc3339(row["observed_ns"]),
        service=row["service"],
        environment=row["environment"],
        version=row["version"],
        severity=severity(row["severity_number"]),
        severity_number=row["severity_number"],
        severity_text=row["severity_text"],
        event_name=row["event_name"],
        body=value(row["body"], row["body_type"] or ValueType.STRING),
        pattern_id=row["pattern_id"],
        trace_id=id_or_none(row["trace"]),
        span_id=id_or_none(row["span"]),
        scope=row["scope"],
        exception_type=row["exception_type"],
        attributes=with_promoted(attributes, row, PROMOTED["logs"]),
        originals=values(row["original_attributes"], row["original_types"]),
        dropped_attributes=row["dropped_attributes"],
    )


def id_or_none(hex_digits: str) -> str | None:
    """An id, None where it is zeros."""
    return hex_digits if hex_digits.strip("0") else None
