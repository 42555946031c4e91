"""Finds the installed packages that are the program's own: `pip install .` copies a program to where libraries lie."""

import contextlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path


def installed_from_folders(paths: Iterable[str] = sys.path) -> frozenset[str]:
    """Top-level modules of distributions that were installed from a folder, not from an index, an archive or git.

    Source: `direct_url.json`, https://packaging.python.org/en/latest/specifications/direct-url/
    """
    found: set[str] = set()
    for path in paths:
        with contextlib.suppress(OSError, ValueError):
            for origin in Path(path).glob("*.dist-info/direct_url.json"):
                if "dir_info" in json.loads(origin.read_text("utf-8")):
                    found.update(_modules(origin.with_name("RECORD").read_text("utf-8")))
    return frozenset(found)


def _modules(record: str) -> Iterator[str]:
    for line in record.splitlines():
        first, _, rest = line.partition(",")[0].partition("/")
        if rest and "." not in first:
            yield first
        elif not rest and first.endswith(".py"):
            yield first.removesuffix(".py")
