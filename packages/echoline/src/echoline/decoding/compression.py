"""The body of a journalled request as its sender made it."""

from echoline import compression
from echoline.model.records import Request


def expand(request: Request, max_bytes: int) -> bytes:
    """The body as it was before compression; a bomb costs no more memory than about `max_bytes`.

    Raises BadInput: `too_large` beyond the bound, `bad_encoding` for a stream that is damaged, cut or followed by more.
    """
    return compression.expand(request.body, request.encoding, max_bytes)
