"""Writes configuration.md from the settings and their docstrings: `python docs/build_configuration.py [--check]`.

With --check nothing is written; exit code 1 says that the page is stale.
"""

import ast
import inspect
import sys
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from echoline import config

PAGE = Path(__file__).with_name("configuration.md")
INTRODUCTION = """\
# Settings

This page is made from the settings' docstrings by `make docs`; change them in
`packages/echoline/src/echoline/config.py`.

Settings come from these places, later ones win:

1. the defaults below,
2. a settings file: the one named by `--config` or `ECHOLINE_CONFIG`, else `echoline.toml` in the working directory,
   else `echoline.toml` in the data directory,
3. variables: `ECHOLINE_` and the name in capitals with two underscores for the dot, like
   `ECHOLINE_RECEIVE__MAX_BODY_BYTES`; lists are separated by commas,
4. flags: `--data-dir`, `--host`, `--grpc-port`, `--http-port`, `--api-port`, and `--set section.name=value` for any
   other.

`echoline config show` prints the effective ones and where each came from. A wrong one stops the start with exit code 2
and says which setting, which value, and what is allowed.

```toml
data_dir = "/srv/echoline"

[server]
allowed_hosts = ["telemetry.example"]

[[retention.rules]]
signal = "logs"
service = "noisy-*"
keep = "3d"

[[repositories]]
path = "/srv/shop"
services = ["shop-*"]

[[redaction.rules]]
name = "customer number"
pattern = 'C-\\d{8}'
```
"""
BYTE_UNITS = ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))


def page() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *_top(), *_sections()])


def field_docstrings(kind: type) -> dict[str, str]:
    """The string below each field of a dataclass, by the field's name; a field without one is left out."""
    body = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(body, ast.ClassDef)
    found: dict[str, str] = {}
    for field, below in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
            found[field.target.id] = str(ast.literal_eval(below.value))
    return found


def settings_classes(kind: type = config.Settings) -> Iterator[tuple[str, type]]:
    """The settings' dataclasses, each with the section it stands for: "" for the top, "retention.rules" for a list."""
    yield "", kind
    for name, section in _nested(kind):
        yield name, section
        for below, rule in _nested(section):
            yield f"{name}.{below}", rule


def _nested(kind: type) -> Iterator[tuple[str, type]]:
    for name, hint in get_type_hints(kind).items():
        for each in (hint, *get_args(hint)):
            if isinstance(each, type) and is_dataclass(each):
                yield name, each


def _top() -> Iterator[str]:
    nested = {name for name, _ in _nested(config.Settings)}
    yield from _table([field for field in fields(config.Settings) if field.name not in nested], config.Settings, "")


def _sections() -> Iterator[str]:
    for section, kind in settings_classes():
        if section:
            is_list = "." in section or section == "repositories"
            yield f"## `[[{section}]]`" if is_list else f"## `[{section}]`"
            yield ""
            yield inspect.cleandoc(kind.__doc__ or "")
            yield ""
            lists = set() if is_list else {name for name, _ in _nested(kind)}
            yield from _table([field for field in fields(kind) if field.name not in lists], kind, section)


def _table(shown: list[Field[Any]], kind: type, section: str) -> Iterator[str]:
    words = field_docstrings(kind)
    prefix = f"{section}." if section and "." not in section and section != "repositories" else ""
    yield "| setting | default | |"
    yield "|---|---|---|"
    for field in shown:
        text = " ".join(words.get(field.name, "").split()) or _allowed(get_type_hints(kind)[field.name])
        text = text.replace("|", r"\|")
        yield f"| `{prefix}{field.name}` | {_default(field)} | {text} |"
    yield ""


def _allowed(hint: Any) -> str:
    return "One of " + ", ".join(f"`{value}`" for value in get_args(hint)) + "." if get_origin(hint) is Literal else ""


def _default(field: Field[Any]) -> str:
    if field.default is MISSING:
        return "the platform's user data directory" if field.name == "data_dir" else "must be given"
    value = field.default
    if field.name.endswith("_bytes"):
        unit = next(((size, name) for size, name in BYTE_UNITS if value % size == 0 and value >= size), None)
        return f"{value} ({value // unit[0]} {unit[1]})" if unit else str(value)
    return {(): "none", "": "empty"}.get(value, f"`{value}`")


def main() -> int:
    """Writes the page, or says whether it is stale."""
    if "--check" in sys.argv[1:]:
        is_fresh = PAGE.is_file() and PAGE.read_text("utf-8") == page()
        print("docs/configuration.md is fresh" if is_fresh else "docs/configuration.md is stale: run `make docs`")
        return 0 if is_fresh else 1
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
