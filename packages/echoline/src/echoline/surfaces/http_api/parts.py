"""What the API works with: handed over by the process that mounts it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from echoline.config import RedactionConfig, Settings
from echoline.journal.status import ReceiveStatus
from echoline.kinds import Param
from echoline.model.answers_redaction import RedactionPreview
from echoline.pipeline.quarantine import Quarantine
from echoline.source.library import Library
from echoline.state.deployments import Deployments
from echoline.state.tokens import Tokens
from echoline.tokens_file import Authority


class EngineClient(Protocol):
    """The engine's process, asked from any thread."""

    def query(
        self,
        sql: str,
        params: Mapping[str, Param] | None = None,
        *,
        timeout_s: float | None = None,
        query_id: str = "",
    ) -> pa.Table: ...

    def cancel(self, query_id: str) -> None: ...

    def operate(self, operation: str, *, timeout_s: float = 3600.0, **arguments: object) -> dict[str, object]: ...

    def stream(self, operation: str, *, timeout_s: float = 3600.0, **arguments: object) -> Iterator[bytes]: ...


@dataclass(frozen=True)
class Parts:
    """Everything that answers depend on."""

    engine: EngineClient
    settings: Settings
    authority: Authority
    tokens: Tokens
    deployments: Deployments
    quarantine: Quarantine
    library: Library
    receive_status: Callable[[], ReceiveStatus | None]
    """What the receiving process said last; None when it never ran here."""
    otlp_http: Callable[[], str]
    """Where the receiving process takes OTLP/HTTP, or would: http://host:port."""
    redaction_preview: Callable[[RedactionConfig, Sequence[tuple[str, str]]], list[RedactionPreview]]
    """Keys and values before and after redaction by these settings. Raises BadConfig for rules that cannot be meant."""
    clock: Callable[[], int]
    """Nanoseconds since 1970."""
    version: str
