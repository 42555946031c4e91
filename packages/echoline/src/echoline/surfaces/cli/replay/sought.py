"""A receiver that is looked for anew whenever it is away: one that is started meanwhile may listen elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass

from echoline.model.records import Signal
from echoline.surfaces.cli.replay.answers import Answer, Away
from echoline.surfaces.cli.replay.patience import Sender


@dataclass
class Sought:
    """Sends to the address that `find` gives, over what `sender` makes of it."""

    find: Callable[[], str]
    sender: Callable[[str], Sender]
    _address: str = ""
    _sender: Sender | None = None

    def send(self, signal: Signal, body: bytes) -> Answer:
        """As the sender at the address does."""
        if self._sender is None:
            self._seek()
        answer = self._sender.send(signal, body) if self._sender else Away("nowhere to send")
        if isinstance(answer, Away):
            self._seek()
        return answer

    def close(self) -> None:
        """Lets go of the connection."""
        if self._sender:
            self._sender.close()

    def _seek(self) -> None:
        address = self.find()
        if address != self._address:
            self.close()
            self._address, self._sender = address, self.sender(address)
