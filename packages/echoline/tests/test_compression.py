import gzip
import tracemalloc
import zlib
from typing import get_args

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from builders import compressed
from echoline.compression import expand
from echoline.errors import BadInput
from echoline.model.records import Encoding

ENCODINGS = get_args(Encoding)
COMPRESSING: tuple[Encoding, ...] = ("gzip", "deflate", "zstd")
MIB = 1 << 20


def zstd_without_size(body: bytes) -> bytes:
    """As a sender makes it that compresses while it writes."""
    return zstandard.ZstdCompressor(write_content_size=False).compress(body)


def raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


@given(body=st.binary(max_size=5000), encoding=st.sampled_from(ENCODINGS))
def test_what_was_compressed_comes_back(body: bytes, encoding: Encoding) -> None:
    assert expand(compressed(body, encoding), encoding, 5000) == body


@given(body=st.binary(max_size=500))
def test_streams_of_unusual_senders_come_back(body: bytes) -> None:
    assert expand(raw_deflate(body), "deflate", 500) == body
    assert expand(zstd_without_size(body), "zstd", 500) == body


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_bound_is_the_largest_size_that_passes(encoding: Encoding) -> None:
    body = compressed(b"a" * 1000, encoding)
    assert len(expand(body, encoding, 1000)) == 1000
    with pytest.raises(BadInput) as refused:
        expand(body, encoding, 999)
    assert refused.value.reason == "too_large"


@pytest.mark.parametrize("encoding", COMPRESSING)
def test_every_cut_is_refused(encoding: Encoding) -> None:
    body = compressed(bytes(range(256)) * 4, encoding)
    for end in range(len(body)):
        with pytest.raises(BadInput) as refused:
            expand(body[:end], encoding, 5000)
        assert refused.value.reason == "bad_encoding"


@pytest.mark.parametrize("encoding", COMPRESSING)
@pytest.mark.parametrize("more", [b"\0", b"more", b"\x28\xb5\x2f\xfd"])
def test_bytes_behind_the_end_are_refused(encoding: Encoding, more: bytes) -> None:
    with pytest.raises(BadInput):
        expand(compressed(b"abc" * 100, encoding) + more, encoding, 5000)


@pytest.mark.parametrize("encoding", COMPRESSING)
def test_what_is_not_compressed_is_refused(encoding: Encoding) -> None:
    for body in (b"", b"\0", b"plain text", b"\xff" * 100):
        with pytest.raises(BadInput):
            expand(body, encoding, 5000)


@pytest.mark.parametrize(
    ("encoding", "bomb"),
    [
        ("gzip", gzip.compress(bytes(400 * MIB), 1)),
        ("deflate", zlib.compress(bytes(400 * MIB), 1)),
        ("zstd", zstandard.compress(bytes(400 * MIB))),
        ("zstd", zstd_without_size(bytes(400 * MIB))),
    ],
    ids=["gzip", "deflate", "zstd", "zstd without a size"],
)
def test_a_bomb_costs_no_more_than_the_bound(encoding: Encoding, bomb: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(BadInput) as refused:
            expand(bomb, encoding, 4 * MIB)
        assert tracemalloc.get_traced_memory()[1] < 9 * MIB
    finally:
        tracemalloc.stop()
    assert refused.value.reason == "too_large"


def test_a_zstd_window_that_takes_much_memory_is_refused() -> None:
    wide = zstandard.ZstdCompressionParameters(window_log=27, write_content_size=False)
    stream = zstandard.ZstdCompressor(compression_params=wide).compressobj()
    body = stream.compress(bytes(100)) + stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK) + stream.flush()
    with pytest.raises(BadInput):
        expand(body, "zstd", 5000)
