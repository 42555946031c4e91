"""Answers about deployments: when a release started where, and what it did."""

from dataclasses import dataclass
from typing import Literal

from echoline.model.answers import Answer
from echoline.model.answers_compare import Change, Shift
from echoline.model.deployments import Verdict
from echoline.model.instants import Instant


@dataclass(frozen=True, slots=True)
class Deployment(Answer):
    """A release starting in an environment."""

    id: str
    service: str
    environment: str
    version: str
    revision: str
    """A commit, as telemetry or somebody told; empty when nobody did."""
    previous_version: str | None
    """What ran there before; null when nothing did."""
    previous_revision: str | None
    is_rollback: bool
    """It had run there before, and another one in between."""
    announced: Instant | None
    """When somebody told of it; null when nobody did."""
    first_seen: Instant | None
    """The minute of its first call; null while it is only announced."""
    last_seen: Instant | None
    overlap_until: Instant | None
    """Until when the release before it ran beside it; null when it did not."""
    calls: int
    verdict: Verdict
    is_final: bool
    """Whether the verdict will not change any more."""


@dataclass(frozen=True, slots=True)
class Receipt(Answer):
    """What a deployment did, as far as can be said."""

    verdict: Verdict
    is_final: bool
    summary: str
    """In one sentence."""
    smallest_visible: float | None
    """The smallest relative change of an endpoint's time that would have been seen in four of five cases, in endpoints
    with at least half of all calls; null when nothing can be said."""
    compared: int
    """How many operations had enough calls on both sides."""
    calls_before: int
    calls_after: int
    method: Literal["windows", "cohorts"]
    """One after the other, or side by side in the same minutes."""
    before_since: Instant
    before_until: Instant
    after_since: Instant
    after_until: Instant
    shifts: tuple[Shift, ...]
    changes: tuple[Change, ...]
    """What got worse or better, what is new and what is gone, the gravest first; at most twenty."""
    made: Instant


@dataclass(frozen=True, slots=True)
class DeploymentDetail(Answer):
    """A deployment with its receipt."""

    deployment: Deployment
    receipt: Receipt | None
    """Null while it waits for traffic, and for a first release, which has nothing to be compared with."""
    advice: str = ""
    """What is missing to say more, and the line that mends it."""


@dataclass(frozen=True, slots=True)
class DeploymentTold(Answer):
    """What was noted of a release."""

    service: str
    environment: str
    version: str
    revision: str
    deployed: Instant | None
    """When it was deployed; null when only the revision of a version was told."""
    is_new: bool
    """False when the same had been told before."""
