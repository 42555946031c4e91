"""What a receiver said to one export: acknowledged, partly rejected, refused, or to be asked again."""

from dataclasses import dataclass

from echoline.surfaces.cli.replay.protobuf import DELIMITED, VARINT, fields, varint


@dataclass(frozen=True)
class Acknowledged:
    """The receiver has it, but for `rejected` items that it named in a partial success."""

    rejected: int = 0
    message: str = ""


@dataclass(frozen=True)
class Refused:
    """It can never pass; `message` says why in the receiver's words."""

    message: str


@dataclass(frozen=True)
class Away:
    """Not now: the receiver is full, failing or not there. `retry_after_s` is its own wish, if it told one."""

    message: str
    retry_after_s: float | None = None


Answer = Acknowledged | Refused | Away


def acknowledged(body: bytes) -> Acknowledged:
    """Reads an export response: partial_success 1 {rejected items 1, error_message 2}, alike in all signals."""
    rejected, message = 0, ""
    try:
        for number, wire, first, behind in fields(body, 0, len(body)):
            if (number, wire) != (1, DELIMITED):
                continue
            for inner, inner_wire, start, end in fields(body, first, behind):
                if (inner, inner_wire) == (1, VARINT):
                    rejected = varint(body, start, end)[0]
                elif (inner, inner_wire) == (2, DELIMITED):
                    message = body[start:end].decode("utf-8", "replace")
    except ValueError:
        return Acknowledged()  # it answered 200, and its words are only an extra
    return Acknowledged(rejected, message)


def status_message(body: bytes) -> str:
    """The words of a google.rpc.Status (message 2), or of a plain text answer."""
    try:
        for number, wire, first, behind in fields(body, 0, len(body)):
            if (number, wire) == (2, DELIMITED):
                return body[first:behind].decode("utf-8", "replace")
    except ValueError:
        pass
    return body[:200].decode("utf-8", "replace").strip()
