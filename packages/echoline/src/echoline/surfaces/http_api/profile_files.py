"""Profiles as files that other programs read: folded stacks for flame graphs, and pprof.

pprof is a gzipped protobuf message (`perftools.profiles.Profile`). Few of its fields are needed, so it is written by
hand.
"""

import gzip
from collections.abc import Iterable

from echoline.model.answers_profiles import FoldedStack, Profile, StackFrame
from echoline.model.instants import nanoseconds

# Field numbers of pprof's profile.proto.
_SAMPLE_TYPE, _SAMPLE, _LOCATION, _FUNCTION, _STRINGS = 1, 2, 4, 5, 6
_TIME, _DURATION, _PERIOD_TYPE, _DEFAULT_TYPE = 9, 10, 11, 14


def folded(profile: Profile) -> bytes:
    """A line for each stack: its frames, a space, and its value."""
    return "".join(f"{stack} {stack.value}\n" for stack in profile.stacks).encode()


def pprof(profile: Profile) -> bytes:
    """All stacks of the profile, with how often they were found and their values."""
    return gzip.compress(_Writer(profile).message(), mtime=0)


class _Writer:
    """Builds one message: functions and locations are named by numbers from 1 on, texts from 0 on, which is empty."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._texts = {"": 0}
        self._functions: dict[tuple[str, str], int] = {}
        self._locations: dict[StackFrame, int] = {}

    def message(self) -> bytes:
        """Its bytes; every field that names a text is made before the texts are written."""
        profile, since_ns = self._profile, nanoseconds(self._profile.since)
        measured = self._type(profile.type, profile.unit)
        parts = [_bytes(_SAMPLE_TYPE, self._type("samples", "count")), _bytes(_SAMPLE_TYPE, measured)]
        parts += [_bytes(_SAMPLE, self._sample(stack)) for stack in profile.stacks]
        parts += [_bytes(_LOCATION, self._location(*each)) for each in self._locations.items()]
        parts += [_bytes(_FUNCTION, self._function(*each)) for each in self._functions.items()]
        parts += [
            _number(_TIME, since_ns),
            _number(_DURATION, nanoseconds(profile.until) - since_ns),
            _bytes(_PERIOD_TYPE, measured),
            _number(_DEFAULT_TYPE, self._text(profile.type)),
        ]
        return b"".join([*parts, *(_bytes(_STRINGS, text.encode()) for text in self._texts)])

    def _text(self, text: str) -> int:
        return self._texts.setdefault(text, len(self._texts))

    def _type(self, kind: str, unit: str) -> bytes:
        return _number(1, self._text(kind)) + _number(2, self._text(unit))

    def _sample(self, stack: FoldedStack) -> bytes:
        """pprof has the innermost frame first."""
        places = [self._locations.setdefault(frame, len(self._locations) + 1) for frame in reversed(stack.frames)]
        return _packed(1, places) + _packed(2, (stack.hits, stack.value))

    def _location(self, frame: StackFrame, number: int) -> bytes:
        function = self._functions.setdefault((frame.function, frame.file), len(self._functions) + 1)
        return _number(1, number) + _bytes(4, _number(1, function) + _number(2, frame.line))

    def _function(self, named: tuple[str, str], number: int) -> bytes:
        name, file = map(self._text, named)
        return _number(1, number) + _number(2, name) + _number(3, name) + _number(4, file)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value) if value else b""


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _packed(field: int, values: Iterable[int]) -> bytes:
    return _bytes(field, b"".join(map(_varint, values)))


def _varint(value: int) -> bytes:
    """Negative numbers take ten bytes, as protobuf wants it."""
    value &= 0xFFFFFFFFFFFFFFFF
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
