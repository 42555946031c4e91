"""How much one request may unfold to: a few bytes can name one long stack or text a million times."""

from dataclasses import dataclass

from echoline.errors import BadInput

# A frame takes a byte on the wire, and more than one where calls were inlined; an attribute of a sample takes one.
_ALWAYS = 10_000
_FRAMES_PER_BYTE = 4
_ATTRIBUTES_PER_BYTE = 1


@dataclass
class Allowance:
    """What is left of each."""

    text_bytes: int
    frames: int
    attributes: int

    @classmethod
    def of(cls, request_bytes: int, max_body_bytes: int) -> "Allowance":
        """For a request of that size, where none may be larger than the other one."""
        return cls(
            max_body_bytes, _ALWAYS + _FRAMES_PER_BYTE * request_bytes, _ALWAYS + _ATTRIBUTES_PER_BYTE * request_bytes
        )

    def take(self, *, text_bytes: int = 0, frames: int = 0, attributes: int = 0) -> None:
        """Raises BadInput, reason `too_many_items`, when there is not so much left."""
        self.text_bytes -= text_bytes
        self.frames -= frames
        self.attributes -= attributes
        if min(self.text_bytes, self.frames, self.attributes) < 0:
            raise BadInput("its tables are named far more often than a profile would", reason="too_many_items")
