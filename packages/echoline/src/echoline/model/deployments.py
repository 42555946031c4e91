"""What is known of releases and deployments: runs in telemetry, what somebody told, and what was kept of both."""

from dataclasses import dataclass, field
from typing import Literal, get_args

Verdict = Literal["announced", "first", "waiting", "better", "worse", "unchanged", "unknown"]
"""Not seen yet; nothing to compare with; not judged yet; what it did; too little traffic to say, also in the end."""
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """A version and a revision as a service reports them; either may be empty."""

    version: str
    revision: str

    @property
    def is_named(self) -> bool:
        return bool(self.version or self.revision)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of time in which a release of a service had calls in an environment, without a long pause."""

    service: str
    environment: str
    release: Release
    since_ns: int
    """Start of its first minute."""
    until_ns: int
    """End of its last minute."""
    calls: int


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody said of a release, by the API: which revision a version is, or that it is being deployed."""

    service: str
    environment: str
    """Empty: in all of them."""
    version: str
    revision: str
    told_ns: int
    deployed_ns: int | None = None
    """When it was deployed; None when only the revision was told."""


@dataclass(frozen=True, slots=True)
class Started:
    """A release starting in an environment: a deployment."""

    id: str
    service: str
    environment: str
    release: Release
    """Its revision is the one told, where telemetry has none."""
    reported: frozenset[Release]
    """The release as telemetry has it: with and without a revision that was told."""
    previous: Release | None
    """What ran there before; None when nothing did."""
    previous_reported: frozenset[Release] = field(default_factory=frozenset)
    is_rollback: bool = False
    """It had run there before, and another one in between."""
    announced_ns: int | None = None
    since_ns: int | None = None
    """First seen; None while it is only announced."""
    until_ns: int | None = None
    """End of the last minute in which it was seen."""
    overlap_until_ns: int | None = None
    """Until when the release before it was seen beside it; None when it was not."""
    calls: int = 0
