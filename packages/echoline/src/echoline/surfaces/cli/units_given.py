"""Refuses numbers without a unit, which the API would take for unix seconds or nanoseconds."""

import re

import typer

# What begins with as many digits is a time in unix seconds, after 1973.
_BARE = re.compile(r"-?\d{1,8}(\.\d*)?", re.ASCII)
_NUMBER = re.compile(r"-?\d+(\.\d*)?", re.ASCII)


def time(text: str | None) -> str | None:
    """A time or how long ago, as it was given; for Typer's `callback`."""
    if text and _BARE.fullmatch(text.strip()):
        raise typer.BadParameter(f"{text} of what? {text}m, {text}h or {text}d")
    return text


def length(text: str | None) -> str | None:
    """A length of time, as it was given; for Typer's `callback`."""
    if text and _NUMBER.fullmatch(text.strip()):
        raise typer.BadParameter(f"{text} of what? {text}ms, {text}s or {text}m")
    return text
