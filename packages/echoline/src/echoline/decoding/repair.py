"""Makes protobuf bodies readable that protobuf refuses for text that is no UTF-8 or for values nested too deep."""

from functools import cache

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from echoline.decoding.descriptors import NESTED, REQUEST_NAMES, lenient, string_fields
from echoline.decoding.values import DEEPEST
from echoline.errors import BadInput
from echoline.model.records import Signal


def repaired(signal: Signal, body: bytes) -> tuple[bytes, int]:
    """The body with U+FFFD for what is no UTF-8, and the number of strings in which it stands now.

    An array or map that is deeper than any setting allows is emptied; reading cuts and counts it.
    Raises BadInput, reason `malformed`, for bytes that are no message at all.
    """
    repair = _Repair()
    try:
        message = _kind(REQUEST_NAMES[signal]).FromString(body)
        repair.message(message, DEEPEST + 1)
    except DecodeError as error:
        raise BadInput(f"body is no OTLP protobuf: {error}", reason="malformed") from error
    return message.SerializeToString(), repair.strings


class _Repair:
    """One body's repair: `strings` counts those that were mended."""

    def __init__(self) -> None:
        self.strings = 0

    def message(self, message: Message, room: int) -> None:
        """Mends a message in place; arrays and maps may be nested as deep as there is room."""
        for field, value in message.ListFields():
            if field.full_name in _strings():
                self._text(message, field, value)
            elif field.name in NESTED:
                nested = self._nested(field, b"".join(value), room)
                message.ClearField(field.name)
                getattr(message, field.name).append(nested)
            elif field.message_type is not None:
                for each in value if field.is_repeated else [value]:
                    self.message(each, room)

    def _text(self, message: Message, field: FieldDescriptor, value: bytes | list[bytes]) -> None:
        if field.is_repeated:
            getattr(message, field.name)[:] = [self._utf8(each) for each in value if isinstance(each, bytes)]
        elif isinstance(value, bytes):
            setattr(message, field.name, self._utf8(value))

    def _utf8(self, text: bytes) -> bytes:
        mended = text.decode(errors="replace").encode()
        self.strings += mended != text
        return mended

    def _nested(self, field: FieldDescriptor, blob: bytes, room: int) -> bytes:
        if room == 0:
            return b""
        message = _kind(NESTED[field.name]).FromString(blob)
        self.message(message, room - 1)
        return message.SerializeToString()


@cache
def _kind(name: str) -> type[Message]:
    return GetMessageClass(_pool().FindMessageTypeByName(name))


_pool = cache(lenient)
_strings = cache(string_fields)
