"""Answers about revisions: commits, and where each of them has come to."""

from dataclasses import dataclass

from echoline.model.answers import Answer
from echoline.model.instants import Instant


@dataclass(frozen=True, slots=True)
class Arrival(Answer):
    """A deployment that a revision came with."""

    deployment: str
    """Its id."""
    service: str
    environment: str
    version: str
    revision: str
    """What the deployment is built from."""
    first_seen: Instant | None
    """Null while it is only announced."""
    is_built_from: bool
    """Whether it is built from this very revision. Otherwise the revision lies between what ran before and this one."""


@dataclass(frozen=True, slots=True)
class Revision(Answer):
    """A commit, or what a program reports as one."""

    id: str
    """In full, if a repository knows it."""
    repository: str
    """Name of the repository that has it; empty when only telemetry tells of it."""
    subject: str
    author: str
    committed: Instant | None
    """Null for a revision that no repository knows."""
    is_merge: bool
    tags: tuple[str, ...]
    deployments: tuple[Arrival, ...]
    """The deployments that it came with, the newest first; none while it has not been deployed."""
