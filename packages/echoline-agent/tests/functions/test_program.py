"""What is installed, standard or ours is not the program's, unless the settings say so."""

import contextlib
import sysconfig
from pathlib import Path

import pytest
from opentelemetry import trace

import echoline_agent.guard
from echoline_agent.functions import program as program_module
from echoline_agent.functions.program import Kind, Program

LIBRARIES = sysconfig.get_path("purelib")
SCRIPTS = sysconfig.get_path("scripts")
STANDARD = Path(contextlib.__file__).parent


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("/srv/shop/cart.py", Kind.PROGRAM),
        ("shop/cart.py", Kind.PROGRAM),
        (__file__, Kind.PROGRAM),
        (f"{LIBRARIES}/shop/cart.py", Kind.LIBRARY),
        ("/srv/.venv/lib/python3.12/site-packages/shop/cart.py", Kind.LIBRARY),
        ("/usr/lib/python3/dist-packages/shop.py", Kind.LIBRARY),
        (f"{STANDARD}/json/decoder.py", Kind.LIBRARY),
        (f"{SCRIPTS}/gunicorn", Kind.LIBRARY),
        ("<string>", Kind.LIBRARY),
        ("<frozen runpy>", Kind.LIBRARY),
        (contextlib.__file__, Kind.TELEMETRY),
        (trace.__file__, Kind.TELEMETRY),
        (echoline_agent.guard.__file__, Kind.TELEMETRY),
        (f"{STANDARD}/asyncio/events.py", Kind.BEGINNING),
        (f"{LIBRARIES}/uvicorn/server.py", Kind.BEGINNING),
        (f"{LIBRARIES}/flask/app.py", Kind.DISPATCHER),
        ("/srv/shop/flask/app.py", Kind.PROGRAM),
    ],
)
def test_files_are_told_apart(file: str, kind: Kind) -> None:
    program = Program()
    assert program.kind(file, "any") is kind
    assert program.kind(file, "any") is kind
    assert bool(program.stops[file]) == (kind not in {Kind.LIBRARY, Kind.TELEMETRY})


def test_settings_include_and_exclude_packages() -> None:
    program = Program(include=["shop"], exclude=["shop.generated", "tools"])
    installed = f"{LIBRARIES}/shop"
    assert program.kind(f"{installed}/cart.py", "shop.cart") is Kind.PROGRAM
    assert program.kind(f"{installed}/generated/api.py", "shop.generated.api") is Kind.LIBRARY
    assert program.kind(f"{installed}ping/cart.py", "shopping.cart") is Kind.LIBRARY
    assert program.kind("/srv/tools/run.py", "tools.run") is Kind.LIBRARY


def test_a_program_that_makes_up_files_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program_module, "BOUND", 10)
    program = Program()
    for number in range(35):
        program.kind(f"/srv/made/up{number}.py", "made.up")
    assert len(program.kinds) <= 10
    assert len(program.stops) <= 10
