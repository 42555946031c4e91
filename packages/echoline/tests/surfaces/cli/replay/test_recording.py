from pathlib import Path

import pytest
import zstandard

from echoline.errors import BadInput
from echoline.surfaces.cli.replay.recording import Body, bodies, signal_of
from recordings_maker import recorded, write_recording


def test_bodies_come_in_order_with_their_offsets(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "traces.otlp.zst", [b"one", b"", b"three"])
    assert list(bodies(path)) == [Body(4, b"one"), Body(11, b""), Body(15, b"three")]


def test_an_empty_stream_has_no_bodies(tmp_path: Path) -> None:
    assert list(bodies(write_recording(tmp_path / "logs.otlp.zst"))) == []


def test_several_frames_are_one_stream(tmp_path: Path) -> None:
    path = tmp_path / "traces.otlp.zst"
    whole = recorded([b"a" * 100, b"b" * 100])
    path.write_bytes(zstandard.compress(whole[:50]) + zstandard.compress(whole[50:]))
    assert [body.data[:1] for body in bodies(path)] == [b"a", b"b"]


def _broken(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(BadInput) as error:
        list(bodies(path))
    return str(error.value).removeprefix(f"{path} ")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is cut off: its zstd stream does not end at byte 0"),
        (b"plain text", "is no zstd stream within its first 10 bytes"),
        (zstandard.compress(b"x" * 5000)[:-4], "is cut off: its zstd stream does not end at byte"),
        (zstandard.compress(recorded([b"one"]) + b"\0\0\0\7only"), "is cut off: the request at offset 7 is not whole"),
        (zstandard.compress(b"{json}"), "is no recorded OTLP: a length of 2,070,573,935 bytes at offset 0"),
    ],
    ids=["empty", "foreign", "cut frame", "cut body", "foreign frame"],
)
def test_a_broken_file_is_named_with_its_offset(tmp_path: Path, content: bytes, words: str) -> None:
    assert _broken(tmp_path / "traces.otlp.zst", content).startswith(words)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nosuch\.zst cannot be read: No such file"):
        list(bodies(tmp_path / "nosuch.zst"))


def test_the_signal_stands_in_the_name() -> None:
    assert [signal_of(Path(name)) for name in ("a/traces.otlp.zst", "Shop-Logs.zst", "profiles.otlp.zst")] == [
        "traces",
        "logs",
        "profiles",
    ]
    with pytest.raises(BadInput, match=r"give --signal traces\|logs\|metrics"):
        signal_of(Path("recording.zst"))
