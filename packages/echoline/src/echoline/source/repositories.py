"""Repositories as the settings name them: opened, brought up to date, and the state that each is in."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import urlsplit

from echoline.config import RepositoryConfig, Settings, SourceConfig
from echoline.errors import BadInput, EcholineError
from echoline.source.blobs import Blobs
from echoline.source.clones import clone_folder, token_of
from echoline.source.git import Git
from echoline.source.revisions import branches, has_commits


@dataclass(frozen=True)
class OpenRepository:
    """A repository that can be read."""

    name: str
    given: RepositoryConfig
    git: Git
    blobs: Blobs
    bounds: SourceConfig

    def branch(self) -> str:
        """The branch that is deployed from; "" when there is none, as on a detached HEAD.

        Raises BadInput when the configured one does not exist.
        """
        wanted = self.given.branch
        known = branches(self.git)
        if wanted:
            found = next((each for each in (wanted, f"origin/{wanted}") if each in known), None)
            if found is None:
                listed = ", ".join(list(known)[:5]) or "none"
                raise BadInput(
                    f"repository {self.name} has no branch {wanted!r}; it has: {listed}", reason="unknown_branch"
                )
            return found
        try:
            head = self.git.text("symbolic-ref", "--quiet", "--short", "HEAD")
        except BadInput:
            return ""
        return head if head in known else ""

    def newest(self) -> str:
        """Full id of the newest commit of that branch, or of what is checked out; "" in an empty repository."""
        if not has_commits(self.git):
            return ""
        return self.git.text("rev-parse", "--verify", "--end-of-options", f"{self.branch() or 'HEAD'}^{{commit}}")

    def close(self) -> None:
        """Ends the git that reads blobs."""
        self.blobs.close()


def name_of(given: RepositoryConfig) -> str:
    """What it is called: as configured, else the last part of its path or URL."""
    if given.name:
        return given.name
    if given.path:
        return Path(given.path).expanduser().resolve().name or given.path
    path = urlsplit(given.url).path or given.url.partition(":")[2]
    return path.rstrip("/").removesuffix(".git").rsplit("/", 1)[-1] or given.url


def runs(given: RepositoryConfig, service: str) -> bool:
    """Whether the service runs code of this repository."""
    return not given.services or any(fnmatchcase(service, pattern) for pattern in given.services)


def open_repository(
    given: RepositoryConfig, data_dir: Path, bounds: SourceConfig, environ: Mapping[str, str] | None = None
) -> OpenRepository:
    """A repository ready to be read; nothing is fetched.

    Raises BadInput, with the reason `missing` or `not_a_repository`, when there is nothing to read.
    """
    environ = os.environ if environ is None else environ
    folder = Path(given.path).expanduser().absolute() if given.path else clone_folder(data_dir, given.url)
    if not folder.is_dir():
        hint = "check the path" if given.path else "it has not been cloned yet; `echoline repositories --fetch` does"
        raise BadInput(f"repository {name_of(given)}: there is no folder {folder}; {hint}", reason="missing")
    # Of a partial copy, what is missing may have to be fetched.
    token = token_of(given, environ) if given.url else ""
    git = Git(folder, timeout_s=bounds.git_timeout_s, environ=environ, remote=given.url, token=token)
    _check_is_repository(git, name_of(given))
    return OpenRepository(name_of(given), given, git, Blobs(git, max_bytes=bounds.max_file_bytes), bounds)


def opened(settings: Settings, environ: Mapping[str, str] | None = None) -> dict[str, OpenRepository]:
    """Every repository that can be read, by name; those that cannot are left out, and `states` says why."""
    found = {}
    for given in settings.repositories:
        try:
            found[name_of(given)] = open_repository(given, settings.data_dir, settings.source, environ)
        except EcholineError:
            continue
    return found


def repository_of(settings: Settings, service: str) -> RepositoryConfig | None:
    """The repository whose code a service runs: the first whose patterns name it, else the first for every service."""
    fitting = [given for given in settings.repositories if runs(given, service)]
    return min(fitting, key=lambda given: not given.services, default=None)


def _check_is_repository(git: Git, name: str) -> None:
    try:
        top = git.text("rev-parse", "--git-dir", "--show-prefix").splitlines()
    except BadInput as error:
        raise BadInput(
            f"repository {name}: {git.folder} is not a git repository; name the folder that holds .git",
            reason="not_a_repository",
        ) from error
    if len(top) > 1 and top[1]:
        root = git.text("rev-parse", "--show-toplevel")
        raise BadInput(
            f"repository {name}: {git.folder} is only a folder of the repository {root}; name that one",
            reason="not_a_repository",
        )
