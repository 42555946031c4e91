"""Hooks run right after a module's import, and never inside one of OpenTelemetry's."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from echoline_agent.deferred import Watch


@pytest.fixture(name="folder")
def a_folder_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(tmp_path))
    finders, modules = list(sys.meta_path), set(sys.modules)
    yield tmp_path
    sys.meta_path[:] = finders
    for name in set(sys.modules) - modules:
        del sys.modules[name]


def test_a_hook_runs_once_after_the_module_has_run(folder: Path) -> None:
    (folder / "watched_one.py").write_text("value = 42\n")
    seen: list[int] = []
    Watch().add("watched_one", lambda module: seen.append(module.value))
    assert seen == []
    module = importlib.import_module("watched_one")
    importlib.reload(module)
    assert seen == [42]


def test_a_module_that_is_there_already_is_hooked_at_once() -> None:
    seen: list[str] = []
    Watch().add("sys", lambda module: seen.append(module.__name__))
    assert seen == ["sys"]


def test_the_module_keeps_the_loader_that_belongs_to_it(folder: Path) -> None:
    (folder / "watched_two.py").write_text("")
    Watch().add("watched_two", lambda _: None)
    module = importlib.import_module("watched_two")
    assert module.__spec__ is not None
    assert type(module.__loader__).__name__ == type(module.__spec__.loader).__name__ == "SourceFileLoader"


def test_a_hook_that_fails_does_not_stop_the_import(folder: Path) -> None:
    (folder / "watched_three.py").write_text("value = 1\n")
    Watch().add("watched_three", lambda module: module.nothing)
    assert importlib.import_module("watched_three").value == 1


def test_a_module_that_fails_is_not_hooked_and_may_be_tried_again(folder: Path) -> None:
    (folder / "watched_four.py").write_text("raise ImportError('not yet')\n")
    seen: list[object] = []
    Watch().add("watched_four", seen.append)
    with pytest.raises(ImportError, match="not yet"):
        importlib.import_module("watched_four")
    assert seen == []


def test_inside_an_import_of_opentelemetry_hooks_wait_until_it_is_whole() -> None:
    """An instrumentation imports its framework while it is itself half imported."""
    import subprocess

    program = """if True:
        import sys
        from echoline_agent.deferred import Watch
        contrib = "opentelemetry.instrumentation.flask"
        Watch().add("flask", lambda _: print(hasattr(sys.modules[contrib], "FlaskInstrumentor")))
        from opentelemetry.instrumentation.flask import FlaskInstrumentor
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
