"""Reads files of a data directory, whatever packs them: what is stored must be found there, secrets must not."""

import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

_CHECKSUM, _HEAD = 16, 9
_NONE, _LZ4, _ZSTD = 0x02, 0x82, 0x90
_LARGEST_BLOCK = 1 << 26


def files(folder: Path) -> Iterator[Path]:
    """All files below a folder."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def text(file: Path) -> bytes:
    """What a file holds: its bytes, and behind them whatever was packed inside."""
    content = file.read_bytes()
    if file.suffix == ".parquet":
        return content + str(pq.read_table(file).to_pylist()).encode()
    return b"\n".join([content, *_blocks(content), *_zstd_frames(content)])


def _blocks(content: bytes) -> Iterator[bytes]:
    """Blocks as ClickHouse packs them, wherever in the file they begin."""
    for match in re.finditer(bytes([91, _NONE, _LZ4, _ZSTD, 93]), content):
        start = match.start()
        packed = int.from_bytes(content[start + 1 : start + 5], "little") - _HEAD
        size = int.from_bytes(content[start + 5 : start + 9], "little")
        body = content[start + _HEAD : start + _HEAD + packed]
        if start >= _CHECKSUM and 0 < packed == len(body) and 0 < size <= _LARGEST_BLOCK:
            yield _unpacked(content[start], body, size)


def _unpacked(method: int, body: bytes, size: int) -> bytes:
    try:
        match method:
            case 0x82:
                return bytes(pa.Codec("lz4_raw").decompress(body, size))
            case 0x90:
                return zstandard.decompress(body, max_output_size=size)
    except (pa.ArrowException, OSError, zstandard.ZstdError):  # these bytes only looked like a block
        return b""
    return body


def _zstd_frames(content: bytes) -> Iterator[bytes]:
    for match in re.finditer(re.escape(zstandard.MAGIC_NUMBER.to_bytes(4, "little")), content):
        unpacker = zstandard.ZstdDecompressor().decompressobj()
        try:
            yield unpacker.decompress(content[match.start() :])
        except zstandard.ZstdError:
            continue
