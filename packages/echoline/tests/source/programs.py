"""Programs for tests, from texts."""

from collections.abc import Mapping

from echoline.source.program import Program


def program(files: Mapping[str, str]) -> Program:
    """Of files by path, imported from the root."""
    names = {path: path[:-3].replace("/", ".").removesuffix(".__init__") for path in files}
    return Program({names[path]: (path, text.encode()) for path, text in files.items()})
