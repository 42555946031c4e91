"""The tables of one profiles request: strings, attributes and stacks by their indexes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from echoline.decoding.profiles.allowance import Allowance


class Frame(NamedTuple):
    """One call of a stack."""

    function: str
    file: str
    line: int


class Broken(Exception):
    """An index points outside of its table."""


class Dictionary:
    """Looks up what samples point at; index 0 of every table stands for nothing. `cut` counts what was left out.

    Where it unfolds more than the request is allowed, it raises BadInput, reason `too_many_items`.
    """

    def __init__(self, tables: Any, max_frames: int, allowance: Allowance) -> None:
        self._tables, self._max_frames, self.allowance = tables, max_frames, allowance
        self._frames: dict[int, tuple[Frame, ...]] = {}
        self._stacks: dict[int, tuple[Frame, ...]] = {}
        self.cut: Counter[str] = Counter()

    @cached_property
    def _strings(self) -> Sequence[str]:
        return list(self._tables.string_table)

    def text(self, index: int) -> str:
        """A string. Raises Broken."""
        if index == 0:
            return ""
        return str(_at(self._strings, index))

    def named(self, index: int) -> str:
        """A string that an attribute names; "" for one that is not there, which is counted."""
        try:
            found = self.text(index)
        except Broken:
            self.cut["invalid_index"] += 1
            return ""
        self.allowance.take(text_bytes=len(found))
        return found

    def member(self, value: Any) -> tuple[str | None, Any]:
        """Takes an AnyValue apart, for values.canonical; its string may stand in the table."""
        name = value.WhichOneof("value")
        if name == "string_value_strindex":
            return "string_value", self.named(value.string_value_strindex)
        return name, None if name is None else getattr(value, name)

    def attribute(self, index: int) -> tuple[str, Any]:
        """Key and AnyValue. Raises Broken."""
        found = _at(self._tables.attribute_table, index)
        return self.text(found.key_strindex), found.value

    def link(self, index: int) -> tuple[bytes, bytes]:
        """Trace id and span id, empty for none. Raises Broken."""
        if index == 0:
            return b"", b""
        found = _at(self._tables.link_table, index)
        return found.trace_id, found.span_id

    def stack(self, index: int) -> tuple[Frame, ...]:
        """Its frames, outermost first; empty for index 0. Raises Broken.

        Of more frames than allowed the outermost are cut, and the stack is counted (`stack_depth`).
        """
        if index == 0:
            return ()
        known = self._stacks.get(index)
        if known is None:
            known = self._stacks[index] = self._unfolded(_at(self._tables.stack_table, index).location_indices)
        return known

    def _unfolded(self, locations: Sequence[int]) -> tuple[Frame, ...]:
        most = self._max_frames
        found: list[Frame] = []
        for location in locations[: most + 1]:
            found += self._located(location)
            if len(found) > most:
                self.cut["stack_depth"] += 1
                break
        self.allowance.take(frames=min(len(found), most))
        return tuple(reversed(found[:most]))

    def _located(self, index: int) -> tuple[Frame, ...]:
        """The frames at a location, innermost first: several where calls were inlined."""
        known = self._frames.get(index)
        if known is None:
            known = self._frames[index] = tuple(self._read(_at(self._tables.location_table, index)))
        return known

    def _read(self, location: Any) -> Iterator[Frame]:
        binary = ""
        if location.mapping_index:
            binary = self.text(_at(self._tables.mapping_table, location.mapping_index).filename_strindex)
        address = f"{location.address:#x}" if location.address else "?"
        if not location.lines:
            yield Frame(address, binary, 0)
        for line in location.lines[: self._max_frames + 1]:
            function = _at(self._tables.function_table, line.function_index)
            name = self.text(function.name_strindex) or self.text(function.system_name_strindex) or address
            file = self.text(function.filename_strindex) or binary
            yield Frame(name, file, min(max(line.line, 0), 2**31 - 1))


def _at(table: Any, index: int) -> Any:
    if not 0 <= index < len(table):
        raise Broken
    return table[index]
