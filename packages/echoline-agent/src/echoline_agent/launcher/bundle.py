"""Makes the bundle: the agent and the OpenTelemetry that it is installed with, for programs of other environments."""

import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import echoline_agent
from echoline_agent.bundled import MANIFEST

AGENT = "echoline-agent"
FORMAT = "2"
INSTALLED = "site-packages"
"""What tells libraries from the program's own code, to the agent and to every debugger."""
LEFT_OUT = frozenset({"__pycache__", "tests", "test"})
UNNEEDED = frozenset({"psutil"})
"""Asked for by OpenTelemetry, but a program's own one of any version will do."""


@dataclass(frozen=True)
class Parts:
    """The two folders of a bundle. The agent's is on the path of every program, the other one only where needed."""

    agent: Path
    rest: Path

    def variable(self) -> str:
        """The value of ECHOLINE_AGENT_BUNDLE."""
        return f"{self.agent}{os.pathsep}{self.rest}"


def made(environ: Mapping[str, str]) -> Parts:
    """The bundle of the installed distributions, from the cache or new. Raises OSError where it cannot be written."""
    cache = _cache(environ)
    source = Path(echoline_agent.__file__).parent
    sources = sorted(path for path in source.rglob("*") if path.suffix == ".py")
    state = [f"{path.relative_to(source)} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in sources]
    agent = _folder(cache, "agent", state, lambda place: _copy_packages(source.parent, place))
    distributions = dict(_needed(AGENT))
    versions = sorted(f"{name}=={distribution.version}" for name, distribution in distributions.items())
    rest = _folder(cache, "rest", versions, lambda place: _copy_distributions(distributions, place))
    return Parts(agent, rest)


def _cache(environ: Mapping[str, str]) -> Path:
    """A folder that only this user can write to; programs will run what is in it."""
    home = environ.get("XDG_CACHE_HOME") or (f"{environ['HOME']}/.cache" if environ.get("HOME") else "")
    if home:
        try:
            place = Path(home) / "echoline" / "agent"
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.access(place, os.W_OK):
                return place
        except OSError:
            pass  # read-only, or somebody else's
    place = Path(tempfile.gettempdir()) / f"echoline-agent-{os.getuid()}"
    place.mkdir(mode=0o700, exist_ok=True)
    if place.stat().st_uid != os.getuid() or place.stat().st_mode & 0o022:
        raise PermissionError(f"{place} belongs to somebody else, or others may write to it: remove it")
    return place


def _folder(cache: Path, name: str, state: Iterable[str], fill: Callable[[Path], None]) -> Path:
    """The folder for this state, filled once: what is there is complete, since it is renamed into its place."""
    key = hashlib.sha256("\n".join([FORMAT, *state]).encode()).hexdigest()[:16]
    place = cache / f"{name}-{key}"
    if place.is_dir():
        return place / INSTALLED
    new = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=cache))
    try:
        (new / INSTALLED).mkdir()
        fill(new / INSTALLED)
        new.rename(place)
    except OSError:
        shutil.rmtree(new, ignore_errors=True)
        if not place.is_dir():  # another start was quicker
            raise
    return place / INSTALLED


def _copy_packages(source: Path, place: Path) -> None:
    for package in ("echoline_agent", "echoline_rules"):
        if (source / package).is_dir():
            shutil.copytree(source / package, place / package, ignore=shutil.ignore_patterns("__pycache__"))


def _copy_distributions(distributions: Mapping[str, importlib.metadata.Distribution], place: Path) -> None:
    for distribution in distributions.values():
        for file in distribution.files or ():
            if LEFT_OUT.isdisjoint(file.parts) and ".." not in file.parts and (source := Path(file.locate())).is_file():
                target = place / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
    content = {
        "distributions": {name: distribution.version for name, distribution in distributions.items()},
        "requirements": _requirements(distributions),
    }
    (place / MANIFEST).write_text(json.dumps(content, indent=1), "utf-8")


def _needed(name: str) -> Iterator[tuple[str, importlib.metadata.Distribution]]:
    """What a distribution needs, and what that needs, without itself."""
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [Requirement(name)]
    while waiting:
        requirement = waiting.pop()
        key = (normalised(requirement.name), frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        try:
            distribution = importlib.metadata.distribution(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another platform, or not asked for here
        if key[0] != AGENT:
            yield key[0], distribution
        waiting += _asks_for(distribution, requirement.extras)


def _asks_for(distribution: importlib.metadata.Distribution, extras: Iterable[str]) -> list[Requirement]:
    asked = [Requirement(text) for text in distribution.requires or ()]
    environments = [{"extra": extra} for extra in ("", *extras)]
    return [
        requirement
        for requirement in asked
        if requirement.marker is None or any(requirement.marker.evaluate(extra) for extra in environments)
    ]


def _requirements(distributions: Mapping[str, importlib.metadata.Distribution]) -> dict[str, str]:
    """What all of them together ask of each library that is not OpenTelemetry's."""
    wanted: dict[str, SpecifierSet] = {}
    for distribution in distributions.values():
        for requirement in _asks_for(distribution, ()):
            name = normalised(requirement.name)
            if not name.startswith("opentelemetry-") and name not in UNNEEDED:
                wanted[name] = wanted.get(name, SpecifierSet()) & requirement.specifier
    return {name: str(specifier) for name, specifier in wanted.items() if str(specifier)}


def normalised(name: str) -> str:
    """A distribution's name as indexes spell it."""
    return re.sub(r"[-_.]+", "-", name).lower()
