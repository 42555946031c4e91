"""OTLP profiles → batch: what the tables of each request say is looked up, and stacks are folded.

Profiles are read one way, by protobuf's own messages and plain loops: they come once a minute from a process, not a
thousand times a second. What points nowhere refuses its sample (`invalid_index`); what is only said beside it, like an
attribute or the span it ran in, is left out and counted as cut.
"""

from collections.abc import Sequence

from echoline.config import LimitsConfig
from echoline.decoding.profiles.columns import Columns
from echoline.decoding.profiles.messages import message
from echoline.decoding.profiles.samples import add_samples
from echoline.errors import BadInput
from echoline.model.batch import BadRequest, Decoded
from echoline.model.records import Request


def decode(requests: Sequence[Request], limits: LimitsConfig, now_ns: int, max_body_bytes: int) -> Decoded:
    """The batch of these requests; rejected are samples. What is no OTLP is named in `bad`."""
    columns = Columns(limits, max_body_bytes)
    bad = []
    for number, request in enumerate(requests):
        try:
            found, mended = message(request, max_body_bytes)
            with columns.all_or_nothing():
                columns.cut["invalid_utf8"] += mended
                add_samples(columns, found, number, request.received_ns or now_ns)
        except BadInput as error:
            bad.append(BadRequest(number, error.reason, str(error)))
    batch = columns.batch()
    return Decoded(batch, dict(+columns.rejected), dict(+columns.cut), tuple(bad))
