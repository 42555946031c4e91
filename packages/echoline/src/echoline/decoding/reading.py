"""Requests → wire columns, by the fastest way that can read each."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from echoline.decoding import fast, oracle, otlp_json
from echoline.decoding.bulk import check_items, check_objects
from echoline.decoding.compression import expand
from echoline.decoding.json_repair import repaired_json
from echoline.decoding.repair import repaired
from echoline.decoding.wire import Wire, join
from echoline.errors import BadInput
from echoline.model.batch import BadRequest
from echoline.model.records import WIRE_FORMATS, PlainSignal, Request, WireFormat

# Counting takes time; for smaller bodies it is enough that the fast way sees when they swell.
_LARGE = 2 << 20


@dataclass(frozen=True)
class Reading:
    """One call's work; `bad` gathers the requests that no way can read."""

    signal: PlainSignal
    requests: Sequence[Request]
    max_depth: int
    max_body_bytes: int
    is_fast: bool
    bad: list[BadRequest] = field(default_factory=list)

    def wire(self) -> Wire:
        """All that can be read. The rows of a request stand together, in its order."""
        wires = []
        for wire_format in WIRE_FORMATS:
            numbers = [number for number, request in enumerate(self.requests) if request.format == wire_format]
            wires += self._wires(wire_format, numbers) if numbers else []
        return join(self.signal, wires or [oracle.read(self.signal, (), (), self.max_depth)])

    def _wires(self, wire_format: WireFormat, numbers: Sequence[int]) -> list[Wire]:
        """Reads all at once; if that fails, one half after the other, until what fails is alone."""
        try:
            return [self._together(wire_format, numbers)]
        except BadInput:
            if len(numbers) == 1:
                return self._alone(numbers[0])
            middle = len(numbers) // 2
            return self._wires(wire_format, numbers[:middle]) + self._wires(wire_format, numbers[middle:])

    def _together(self, wire_format: WireFormat, numbers: Sequence[int]) -> Wire:
        bodies = (self._body(number) for number in numbers)
        if wire_format == "json":
            return otlp_json.read(self.signal, bodies, numbers, self.max_depth)
        read = fast.read if self.is_fast else oracle.read
        return read(self.signal, bodies, numbers, self.max_depth)

    def _alone(self, number: int) -> list[Wire]:
        """Reads what the fast way refused: as it is, else repaired; what cannot be read at all becomes bad."""
        request = self.requests[number]
        try:
            return [
                _repairing(self.signal, request.format, self._body(number, is_suspect=True), number, self.max_depth)
            ]
        except BadInput as error:
            self.bad.append(BadRequest(number, error.reason, str(error)))
            return []

    def _body(self, number: int, *, is_suspect: bool = False) -> bytes:
        """The body as its sender made it, whose items have been counted if it is large or suspect."""
        request = self.requests[number]
        body = expand(request, self.max_body_bytes)
        if request.format == "json":
            check_objects(body)
        elif is_suspect or len(body) > _LARGE:
            check_items(self.signal, body, is_thorough=is_suspect)
        return body


def _repairing(signal: PlainSignal, wire_format: WireFormat, body: bytes, number: int, max_depth: int) -> Wire:
    read = otlp_json.read if wire_format == "json" else oracle.read
    try:
        return read(signal, [body], [number], max_depth)
    except BadInput:
        mended, strings = repaired_json(body) if wire_format == "json" else repaired(signal, body)
        return replace(read(signal, [mended], [number], max_depth), cut={"invalid_utf8": strings})
