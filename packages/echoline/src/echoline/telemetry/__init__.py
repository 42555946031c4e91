"""Names of the metrics that Echoline reports about itself, to its own receiver, as service `echoline`."""

from dataclasses import dataclass
from typing import Literal

SERVICE = "echoline"
SCOPE = "echoline.telemetry"


@dataclass(frozen=True)
class Instrument:
    """One metric: a counter only rises while its process lives, a level goes up and down."""

    name: str
    kind: Literal["counter", "level", "histogram"]
    unit: str
    description: str


REQUESTS = Instrument("echoline.receive.requests", "counter", "{request}", "Requests acknowledged, by signal")
BYTES = Instrument("echoline.receive.bytes", "counter", "By", "Bodies of those as they came, by signal")
REFUSED = Instrument("echoline.receive.refused", "counter", "{request}", "Requests turned away, by reason")
DUPLICATES = Instrument("echoline.receive.duplicates", "counter", "{request}", "Requests sent again after their answer")
QUEUE = Instrument("echoline.receive.queue", "level", "By", "Bodies that wait for the disk")
JOURNAL = Instrument("echoline.journal.size", "level", "By", "Journal that is not loaded yet")
LOADED = Instrument("echoline.load.items", "counter", "{item}", "Items loaded, by signal")
REJECTED = Instrument("echoline.load.rejected", "counter", "{item}", "Items refused at load, by reason")
LAG = Instrument("echoline.load.lag", "level", "s", "Age of the oldest request that cannot be asked yet")
ROWS = Instrument("echoline.store.rows", "level", "{row}", "Rows stored, by kind")
DISK = Instrument("echoline.store.size", "level", "By", "Disk that the store takes")
QUARANTINED = Instrument("echoline.quarantine.requests", "level", "{request}", "Requests kept aside")
QUESTIONS = Instrument("echoline.question.duration", "histogram", "s", "Time of an answer, by route")

OBSERVED = (
    *(REQUESTS, BYTES, REFUSED, DUPLICATES, QUEUE, JOURNAL),
    *(LOADED, REJECTED, LAG, ROWS, DISK, QUARANTINED),
)
