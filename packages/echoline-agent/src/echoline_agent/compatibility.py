"""Judges whether the agent fits an environment: which OpenTelemetry it has, and whether ours can stand beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

FLOOR = (1, 38)
"""The oldest release of OpenTelemetry's SDK in a program's own environment that is tested."""
PYTHONS = ((3, 11), (3, 14))

Use = Literal["own", "bundle", "bundle alone", "nothing"]


@dataclass(frozen=True)
class Verdict:
    """Whose OpenTelemetry is used, and what is in the way."""

    use: Use
    """`own`: what the environment has. `bundle`: ours behind it. `bundle alone`: ours in the place of its API."""
    refusal: str = ""
    """Why nothing can be done, with the packages to install."""
    install: tuple[str, ...] = ()
    """Requirements for pip that mend it."""


@dataclass(frozen=True)
class Bundle:
    """What the bundle brings: distributions with versions, and what they ask of those that are not OpenTelemetry's."""

    distributions: Mapping[str, str]
    requirements: Mapping[str, str]
    """Of each shared library: a specifier such as `>=5,<8`."""


def judge(there: Mapping[str, str], bundle: Bundle) -> Verdict:
    """The verdict on an environment with these distributions (normalised names, versions)."""
    sdk, api = there.get("opentelemetry-sdk"), there.get("opentelemetry-api")
    theirs = {name: version for name, version in there.items() if name.startswith("opentelemetry-")}
    is_same = all(bundle.distributions.get(name, version) == version for name, version in theirs.items())
    if sdk is not None and not is_same:
        return _own(sdk, there)
    if sdk is not None and bundle.distributions.keys() <= there.keys():
        return Verdict("own")
    if clash := _clashes(there, bundle):
        names = ", ".join(f"{name} {there[name]}" for name in clash)
        wanted = tuple(f"{name}{bundle.requirements[name]}" for name in clash)
        return Verdict("nothing", f"its {names} is too old or too new for OpenTelemetry's exporters", wanted)
    is_older = api is not None and release(api) < release(bundle.distributions["opentelemetry-api"])
    return Verdict("bundle alone" if is_older else "bundle")


def _own(sdk: str, there: Mapping[str, str]) -> Verdict:
    """Releases are never mixed: what the environment lacks of its own release has to be installed there."""
    if release(sdk) < FLOOR:
        floor = ".".join(map(str, FLOOR))
        return Verdict(
            "nothing",
            f"its OpenTelemetry {sdk} is older than {floor}, the oldest that the agent works with",
            (f"opentelemetry-sdk>={floor}", f"opentelemetry-exporter-otlp-proto-http>={floor}", "echoline-agent"),
        )
    missing = [
        name
        for name in ("opentelemetry-exporter-otlp-proto-http", "opentelemetry-instrumentation")
        if name not in there
    ]
    if missing:
        return Verdict(
            "nothing", f"its OpenTelemetry {sdk} lacks {' and '.join(missing)}", (f"opentelemetry-sdk=={sdk}", *missing)
        )
    return Verdict("own")


def _clashes(there: Mapping[str, str], bundle: Bundle) -> list[str]:
    from packaging.specifiers import SpecifierSet

    return [
        name
        for name, specifier in bundle.requirements.items()
        if name in there and not SpecifierSet(specifier).contains(there[name], prereleases=True)
    ]


def release(version: str) -> tuple[int, int]:
    """Major and minor number of a version; (0, 0) for what is none."""
    parts = version.split(".")
    try:
        return int(parts[0]), int(parts[1])
    except (ValueError, IndexError):
        return 0, 0
