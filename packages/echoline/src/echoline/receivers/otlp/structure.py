"""What screening finds in a request, and the most it may hold."""

from dataclasses import dataclass

from echoline.errors import BadInput

MALFORMED = "malformed"
TOO_MANY = "too_many"

MAX_ITEMS = 200_000
"""Resources, scopes and items together: a few bytes of each cost hundreds in memory, so their number is bounded too."""
LARGE_BYTES = 512 * 1024
"""Up to this size no request is worth counting before it is parsed."""


@dataclass(frozen=True, slots=True)
class Structure:
    """Items (spans, log records, metrics, profiles) of a request, and how many of them decoding will reject for ids."""

    items: int
    rejected: int = 0
    why: str = ""


def too_many() -> BadInput:
    """The refusal of a request with more than `MAX_ITEMS`."""
    return BadInput(f"the request holds more than {MAX_ITEMS} items; send smaller batches", reason=TOO_MANY)
