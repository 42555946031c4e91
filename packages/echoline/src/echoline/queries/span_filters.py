"""Which spans a question is about, as conditions in SQL."""

from dataclasses import dataclass

from echoline.errors import BadInput
from echoline.kinds import Store
from echoline.model.answers import KINDS, STATUSES, Kind, Status
from echoline.queries import attribute_conditions
from echoline.queries.attribute_conditions import MOST, Condition
from echoline.queries.params import Params

# Requests and messages that arrived, and whatever began a trace.
ENTRY = "(kind IN (2, 5) OR parent_span_id = toFixedString('', 8))"
SEARCHED_COLUMNS = ("name", "operation", "status_message", "query", "exception_type")


@dataclass(frozen=True)
class SpanFilter:
    """All conditions hold for one span; what is empty or None does not matter."""

    service: str = ""
    environment: str = ""
    version: str = ""
    revision: str = ""
    operation: str = ""
    """The operation's name."""
    kinds: tuple[Kind, ...] = ()
    status: Status | None = None
    min_duration_ns: int | None = None
    max_duration_ns: int | None = None
    entry: bool = False
    """Only SERVER and CONSUMER spans and roots."""
    attributes: tuple[Condition, ...] = ()
    text: tuple[str, ...] = ()
    """Each stands somewhere in names, messages or attribute values of the span or its events, in any case."""

    def __post_init__(self) -> None:
        if len(self.attributes) > MOST or len(self.text) > MOST:
            raise BadInput(f"at most {MOST} conditions on attributes and {MOST} texts can be asked at once")

    @property
    def is_empty(self) -> bool:
        return self == SpanFilter()

    def sql(self, store: Store, params: Params) -> str:
        """One condition on the table `spans`."""
        columns = ("service", "environment", "version", "revision", "operation")
        tests = [f"{name} = {params.put(getattr(self, name))}" for name in columns if getattr(self, name)]
        if self.kinds:
            tests.append(f"kind IN ({', '.join(str(KINDS.index(kind)) for kind in self.kinds)})")
        if self.status is not None:
            tests.append(f"status_code = {STATUSES.index(self.status)}")
        if self.min_duration_ns is not None:
            tests.append(f"duration_ns >= {params.put(self.min_duration_ns, 'Int64')}")
        if self.max_duration_ns is not None:
            tests.append(f"duration_ns <= {params.put(self.max_duration_ns, 'Int64')}")
        tests += [ENTRY] if self.entry else []
        tests += [attribute_conditions.sql(store, each, "traces", params) for each in self.attributes]
        tests += [_contains(each, params) for each in self.text]
        return " AND ".join(tests) or "1"


def _contains(text: str, params: Params) -> str:
    place = params.put(text)
    found = [f"positionCaseInsensitiveUTF8(toString({column}), {place}) > 0" for column in SEARCHED_COLUMNS]
    in_map = f"arrayExists(v -> positionCaseInsensitiveUTF8(v, {place}) > 0, mapValues(%s))"
    found.append(in_map % "attributes")
    found.append(f"arrayExists(m -> {in_map % 'm'}, events.attributes)")
    return f"({' OR '.join(found)})"
