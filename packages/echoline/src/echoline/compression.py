"""Undoes the compression of a request body, never further than a bound."""

import zstandard
from isal import isal_zlib

from echoline.errors import BadInput
from echoline.model.records import Encoding

TOO_LARGE = "too_large"
BAD_ENCODING = "bad_encoding"

# What zlib takes as the kind of stream.
_GZIP, _ZLIB, _RAW = 31, 15, -15
# Bytes fed at once: they become 16 MiB at most, so a bomb is seen before it has grown far. (m: ISA-L takes two and a
# half times as long in steps of 4096.)
_STEP = 16_384
# RFC 9659: the window of a zstd content encoding is at most 8 MiB.
_ZSTD_WINDOW = 8 << 20


def expand(body: bytes, encoding: Encoding, max_bytes: int) -> bytes:
    """The body after decompression; an identity body is itself, without a copy.

    A bomb costs about `max_bytes` of memory and no more. "deflate" is a zlib stream, or the bare one some senders make.
    Raises BadInput: `too_large` beyond the bound, `bad_encoding` for a stream that is damaged, cut or followed by more.
    """
    match encoding:
        case "identity":
            expanded = body
        case "gzip":
            expanded = _inflated(body, _GZIP, encoding, max_bytes)
        case "deflate":
            expanded = _inflated(body, _ZLIB if is_zlib(body) else _RAW, encoding, max_bytes)
        case "zstd":
            expanded = _unzstd(body, max_bytes)
    if len(expanded) > max_bytes:
        raise _too_large(max_bytes)
    return expanded


def _inflated(body: bytes, kind: int, encoding: Encoding, max_bytes: int) -> bytes:
    # ISA-L inflates three times as fast as zlib, which would cost as much as all the rest of decoding.
    stream = isal_zlib.decompressobj(kind)
    pieces: list[bytes] = []
    room = max_bytes
    view = memoryview(body)
    try:
        for start in range(0, len(body), _STEP):
            pieces.append(stream.decompress(view[start : start + _STEP], room + 1))
            room -= len(pieces[-1])
            if room < 0:
                raise _too_large(max_bytes)
            if stream.eof:
                break
    except isal_zlib.error as error:  # type: ignore[misc]  # its stub says instance for class
        raise BadInput(f"the body is no {encoding}: {error}", reason=BAD_ENCODING) from error
    if not stream.eof or stream.unused_data or start + _STEP < len(body):
        what = "is followed by other bytes" if stream.eof else "is cut off"
        raise BadInput(f"the {encoding} stream of the body {what}", reason=BAD_ENCODING)
    return b"".join(pieces)


def is_gzip(body: bytes) -> bool:
    """Whether it begins like a gzip stream."""
    return body[:2] == b"\x1f\x8b"


def is_zlib(body: bytes) -> bool:
    """Whether it begins like a zlib stream, which "deflate" means in HTTP and gRPC."""
    return len(body) >= 2 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0


def _unzstd(body: bytes, max_bytes: int) -> bytes:
    decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    try:
        # The library trusts the size a frame tells, so it is looked at first.
        if zstandard.frame_content_size(body) > max_bytes:
            raise _too_large(max_bytes)
        return bytes(decompressor.decompress(body, max_output_size=max_bytes + 1, allow_extra_data=False))
    except zstandard.ZstdError as error:
        # A frame that tells no size fails in the same words whether it is cut off or too large.
        if _is_larger(decompressor, body, max_bytes):
            raise _too_large(max_bytes) from error
        raise BadInput(f"the body is no zstd: {error}", reason=BAD_ENCODING) from error


def _is_larger(decompressor: zstandard.ZstdDecompressor, body: bytes, max_bytes: int) -> bool:
    seen = 0
    try:
        with decompressor.stream_reader(body) as reader:
            while seen <= max_bytes and (piece := reader.read(1 << 20)):
                seen += len(piece)
    except zstandard.ZstdError:
        return False
    return seen > max_bytes


def _too_large(max_bytes: int) -> BadInput:
    return BadInput(f"the body is larger than {max_bytes} bytes after decompression", reason=TOO_LARGE)
