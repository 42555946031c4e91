"""All configured repositories, opened once, with what has been worked out about them."""

import os
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from echoline.config import RepositoryConfig, Settings
from echoline.errors import BadInput, EcholineError
from echoline.model.revisions import Difference, Repository
from echoline.source import clones
from echoline.source.cache import Cache
from echoline.source.commits import Commits
from echoline.source.diffs import difference
from echoline.source.grammars import variant_of
from echoline.source.identity import Identity
from echoline.source.index import Index, files, index
from echoline.source.parsed import Parsed
from echoline.source.program import Program
from echoline.source.repositories import OpenRepository, name_of, open_repository, repository_of
from echoline.source.resolving import resolve
from echoline.source.states import states

# An index of 20,000 code objects is about 10 MB.
_INDEXES_KEPT = 8


@dataclass(frozen=True)
class _Shelf:
    repository: OpenRepository
    parsed: Parsed
    identity: Identity
    commits: Commits


class Library:
    """What others ask about code; safe to use from several threads. Nothing is read before it is asked for."""

    def __init__(self, settings: Settings, environ: Mapping[str, str] | None = None) -> None:
        self._settings = settings
        self._environ = os.environ if environ is None else environ
        self._shelves: dict[str, _Shelf] = {}
        self._indexes: OrderedDict[tuple[str, str], Index] = OrderedDict()
        self._failures: dict[str, str] = {}
        self._cache: Cache | None = None
        self._lock = threading.RLock()

    @property
    def names(self) -> tuple[str, ...]:
        """Of all configured repositories."""
        return tuple(map(name_of, self._settings.repositories))

    def repository_of(self, service: str) -> str | None:
        """Name of the repository whose code a service runs."""
        given = repository_of(self._settings, service)
        return name_of(given) if given else None

    def repository(self, name: str) -> OpenRepository:
        """Raises BadInput for a name that is not configured, or a repository that cannot be read."""
        return self._shelf(name).repository

    def identity(self, name: str) -> Identity:
        """Follows code objects through its history. Raises as `repository` does."""
        return self._shelf(name).identity

    def commits(self, name: str) -> Commits:
        """Its commits, tags and branches. Raises as `repository` does."""
        return self._shelf(name).commits

    def commits_named(self, text: str) -> tuple[tuple[str, ...], ...]:
        """The commits of a branch, or the one of a tag, in each repository that can be read and has it."""
        return tuple(filter(None, (each.named(text) for each in self._readable())))

    def names_of_commits(self) -> tuple[str, ...]:
        """Tags and branches of all repositories that can be read."""
        found = [each.now() for each in self._readable()]
        return tuple(name for each in found for name in (*each.tags, *each.branches))

    def resolve(self, name: str, revision: str) -> str:
        """Full id of the commit that is meant. Raises BadInput with the nearest names."""
        return resolve(self.repository(name).git, revision)

    def index(self, name: str, revision: str = "") -> Index:
        """Code objects at a revision, by default the newest. Raises BadInput for one that nobody knows."""
        shelf = self._shelf(name)
        full = self._full(name, revision)
        with self._lock:
            if (name, full) not in self._indexes:
                self._indexes[name, full] = index(shelf.repository, shelf.parsed, full)
            self._indexes.move_to_end((name, full))
            while len(self._indexes) > _INDEXES_KEPT:
                self._indexes.popitem(last=False)
            return self._indexes[name, full]

    def text(self, name: str, revision: str, path: str) -> str | None:
        """The text of a file at a revision; None when it has none there, or one too large."""
        blob = self.files(name, revision).get(path)
        content = self.repository(name).blobs.read(blob) if blob else None
        return content.decode("utf-8", "replace") if content is not None else None

    def files(self, name: str, revision: str = "") -> dict[str, str]:
        """Blobs of all files of a revision by their paths. Raises as `index` does."""
        return files(self.repository(name), self._full(name, revision))

    def program(self, name: str, revision: str = "") -> Program:
        """The Python of a revision: what `routes` and `call_graph` read."""
        found = self.index(name, revision)
        python = {path: blob for path, blob in found.blobs.items() if variant_of(path) == "python"}
        contents = self._shelf(name).parsed.contents(python)
        return Program({found.modules.module(path): (path, content) for path, content in contents})

    def difference(self, name: str, old: str, new: str) -> Difference:
        """What differs between two revisions, given by any name that they have."""
        shelf = self._shelf(name)
        git = shelf.repository.git
        return difference(shelf.repository, shelf.parsed, resolve(git, old), resolve(git, new))

    def states(self, seen: Mapping[str, Iterable[str]] | None = None) -> tuple[Repository, ...]:
        """The state of each repository; `seen` has revisions that programs reported, by repository."""
        return states(self._settings, self._environ, seen=seen, unreachable=dict(self._failures))

    def fetch(self, *, only_due: bool = False) -> None:
        """Brings copies of repositories with a URL up to date; one that fails does not stop the others."""
        for given in self._settings.repositories:
            if given.url and (not only_due or self._is_due(given)):
                try:
                    clones.bring_up_to_date(given, self._settings.data_dir, self._settings.source, self._environ)
                    self._failures.pop(name_of(given), None)
                except EcholineError as error:
                    self._failures[name_of(given)] = str(error)

    def close(self) -> None:
        """Ends what reads, and lets go of the cache."""
        with self._lock:
            for shelf in self._shelves.values():
                shelf.repository.close()
            self._shelves.clear()
            self._indexes.clear()
            if self._cache is not None:
                self._cache.close()
                self._cache = None

    def _full(self, name: str, revision: str) -> str:
        repository = self.repository(name)
        full = resolve(repository.git, revision) if revision else repository.newest()
        if not full:
            raise BadInput(f"repository {name} has no commit yet", reason="empty")
        return full

    def _readable(self) -> Iterator[Commits]:
        for name in self.names:
            try:
                commits = self.commits(name)
                commits.now()
            except EcholineError:  # `states` says why
                continue
            yield commits

    def _is_due(self, given: RepositoryConfig) -> bool:
        return clones.is_due(self._settings.data_dir, given.url, self._settings.source.fetch_interval_s)

    def _shelf(self, name: str) -> _Shelf:
        with self._lock:
            if name not in self._shelves:
                given = next((each for each in self._settings.repositories if name_of(each) == name), None)
                if given is None:
                    known = ", ".join(self.names) or "none is configured"
                    raise BadInput(f"no repository {name!r}; there are: {known}", reason="unknown_repository")
                self._shelves[name] = self._opened(given)
            return self._shelves[name]

    def _opened(self, given: RepositoryConfig) -> _Shelf:
        repository = open_repository(given, self._settings.data_dir, self._settings.source, self._environ)
        if self._cache is None:
            self._cache = Cache(self._settings.data_dir / "repositories" / "worked-out.sqlite")
        parsed = Parsed(repository.blobs, self._cache)
        commits = Commits(repository.git, most=self._settings.source.max_commits)
        return _Shelf(repository, parsed, Identity(repository, parsed, self._cache), commits)
