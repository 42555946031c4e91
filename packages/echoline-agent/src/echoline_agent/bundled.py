"""Joins the bundle to a program's environment, if it has to and can be: behind everything of the program's own."""

import importlib.metadata
import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType

from echoline_agent.compatibility import Bundle, judge
from echoline_agent.loud import say

MANIFEST = "manifest.json"


def manifest(folder: Path) -> Bundle:
    """What a bundle says of itself. Raises OSError or ValueError where it is no bundle."""
    content = json.loads((folder / MANIFEST).read_text("utf-8"))
    return Bundle(content["distributions"], content["requirements"])


def join(environ: Mapping[str, str] = os.environ) -> bool:
    """Makes OpenTelemetry importable; False, loudly, where that cannot be: then the agent stays out of the way."""
    _, _, place = environ.get("ECHOLINE_AGENT_BUNDLE", "").partition(os.pathsep)
    if not place:
        return True  # the environment that the agent itself is installed in
    folder = Path(place)
    bundle = manifest(folder)
    there = installed(bundle.distributions)
    if place not in sys.path:
        sys.path.append(place)
    verdict = judge(there, bundle)
    if verdict.use in ("own", "nothing"):
        sys.path.remove(place)
    if verdict.use == "bundle alone":
        _replace_api(folder)
    if verdict.use == "nothing":
        say(f"{sys.executable} is not instrumented: {verdict.refusal}; {mending(sys.executable, verdict.install)}")
        return False
    return True


def installed(names: Iterable[str]) -> dict[str, str]:
    """Which of these distributions are here, and their versions."""
    found: dict[str, str] = {}
    for name in names:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def mending(python: str, install: tuple[str, ...]) -> str:
    """The line that installs what is missing."""
    return f"{python} -m pip install " + " ".join(f"'{requirement}'" for requirement in install)


def _replace_api(folder: Path) -> None:
    """Takes all of `opentelemetry` from the bundle: an SDK works only with the API of its own release.

    The API keeps its promises over releases, so libraries that were written for an older one go on.
    """
    package = ModuleType("opentelemetry")
    package.__path__ = [str(folder / "opentelemetry")]
    sys.modules.setdefault("opentelemetry", package)
