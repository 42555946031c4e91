"""Fills every string and bytes field of an OTLP message with a canary, as its protobuf descriptor says they are.

`fully_planted(type, canary)` knows no field by name but the ids, so a field that a new OTLP adds is planted by itself.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

# Ids are kept as they are: they must be 16 and 8 bytes long, and nobody writes anything into them.
IDS = {"trace_id": 16, "span_id": 8, "parent_span_id": 8}
# A histogram has one bucket more than bounds, and the first entry of a table of profiles stands for nothing.
_HOW_OFTEN = {"bucket_counts": 2}
_STRINGS = 40
_TABLES = ("mapping_table", "location_table", "function_table", "link_table", "stack_table")
_EVERY = {"attribute_indices": range(40)}
_NUMBERS = {
    FieldDescriptor.CPPTYPE_BOOL: True,
    FieldDescriptor.CPPTYPE_DOUBLE: 1.5,
    FieldDescriptor.CPPTYPE_FLOAT: 1.5,
    FieldDescriptor.CPPTYPE_ENUM: 1,
}


@dataclass
class Planting:
    """Plants one canary everywhere; `places` tells by number in which field of which message each one was put."""

    canary: str
    time_ns: int
    depth: int = 3
    places: dict[int, str] = field(default_factory=dict)

    def text(self, place: str) -> str:
        number = len(self.places)
        self.places[number] = place
        return f"p{number}p {self.canary} behind"

    def variants(self, kind: type[Any], path: str = "", nested: int = 0) -> list[Any]:
        """Messages that together set every field, one for each member of a oneof."""
        chosen = [one for one in kind.DESCRIPTOR.oneofs if not one.name.startswith("_")]
        choices = itertools.zip_longest(*(one.fields for one in chosen)) if chosen else [()]
        made: list[Any] = []
        for choice in choices:
            members = {each.name for each in choice if each is not None}
            others = {each.name for one in chosen for each in one.fields} - members
            fields = [each for each in kind.DESCRIPTOR.fields if each.name not in others]
            made += self._filled(kind, fields, f"{path}.{kind.DESCRIPTOR.name}", nested)
        return made

    def _filled(self, kind: type[Any], fields: list[Any], path: str, nested: int) -> Iterator[Any]:
        """One message, or several where a single message field has several variants: the last one has all the rest."""
        message = kind()
        several: dict[str, list[Any]] = {}
        for each in fields:
            name = f"{path}.{each.name}"
            if each.message_type is None:
                if each.name in _EVERY:
                    getattr(message, each.name).extend(_EVERY[each.name])
                elif each.name == "string_table":
                    places = [f"{name}[{number}]" for number in range(_STRINGS)]
                    message.string_table.extend(self.text(place) for place in places)
                elif each.is_repeated:
                    getattr(message, each.name).extend([self._value(each, name)] * _HOW_OFTEN.get(each.name, 1))
                else:
                    setattr(message, each.name, self._value(each, name))
            elif nested < self.depth * 2 + 6:
                inner = self.variants(each.message_type._concrete_class, path, nested + (path.count("AnyValue") > 0))
                if each.is_repeated:
                    getattr(message, each.name).extend(inner * (2 if each.name in _TABLES else 1))
                else:
                    several[each.name] = inner
        for turn in range(max(map(len, several.values()), default=1)):
            yield self._copy(message, several, turn)

    def _copy(self, message: Any, several: dict[str, list[Any]], turn: int) -> Any:
        copy = type(message)()
        copy.CopyFrom(message)
        for name, inner in several.items():
            getattr(copy, name).CopyFrom(inner[turn % len(inner)])
        if turn and copy.DESCRIPTOR.name == "KeyValue":  # one key a message: of equal ones only the last stays
            copy.key = self.text("KeyValue.key")
        if copy.DESCRIPTOR.name == "KeyValueAndUnit":
            copy.key_strindex = turn + 1
        return copy

    def _value(self, each: Any, name: str) -> object:
        if each.name in IDS:
            return bytes(range(1, IDS[each.name] + 1))
        if each.cpp_type == FieldDescriptor.CPPTYPE_STRING:
            text = self.text(name)
            return text.encode() if each.type == FieldDescriptor.TYPE_BYTES else text
        return self.time_ns if each.name.endswith("unix_nano") else _NUMBERS.get(each.cpp_type, 1)
