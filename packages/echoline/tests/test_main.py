"""What `echoline` imports, how fast it answers, and what its errors look like."""

import json
import subprocess
import sys
from contextlib import nullcontext
from importlib.metadata import version
from pathlib import Path

import pytest

from echoline.surfaces.cli import program
from echoline.surfaces.cli.catalogue import COMMANDS
from echoline_process import command, echoline, environment, processor_seconds

HEAVY = {"chdb", "pyarrow", "fastapi", "sqlalchemy", "numpy", "grpc", "uvicorn", "starlette", "pydantic", "google"}
NOTHING = program.Processes(lambda *_: 0, lambda *_: nullcontext({}))


def _imported(code: str) -> set[str]:
    """The top-level names of what a fresh interpreter has imported after some code."""
    code = f"import sys\n{code}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment())
    return set(done.stdout.split())


def test_no_command_imports_what_only_a_process_needs() -> None:
    modules = (f"echoline.surfaces.cli.commands.{module}" for module in sorted({entry.module for entry in COMMANDS}))
    assert not HEAVY & _imported(f"import echoline.__main__, {', '.join(modules)}")


def test_a_child_imports_no_terminal() -> None:
    assert not {"typer", "rich", *HEAVY} & _imported("import echoline.__main__, echoline.app.up")


def test_receive_imports_no_engine_and_no_framework() -> None:
    light = {"chdb", "pyarrow", "fastapi", "sqlalchemy", "typer", "rich", "pydantic"}
    assert not light & _imported(
        "import echoline.app.receive\nfrom echoline.registry import component\n"
        "for name in ('otlp_http', 'otlp_grpc'): component('receivers', name)"
    )


@pytest.mark.exclusive
def test_the_help_costs_little_more_than_the_library_that_draws_it() -> None:
    """Of processor time; the best of some."""
    typer = min(processor_seconds([sys.executable, "-c", "import typer"]) for _ in range(7))
    assert min(processor_seconds(command("--help")) for _ in range(7)) <= 3 * typer


@pytest.mark.parametrize("name", [entry.name for entry in COMMANDS])
def test_every_command_of_the_catalogue_has_a_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(NOTHING, [name, "--help"]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith(f"Usage: echoline {name} ")
    assert shown.err == ""


def test_the_help_names_every_command_but_the_hidden_ones() -> None:
    text = echoline("--help").stdout
    assert [entry.name for entry in COMMANDS if f"\n  {entry.name} " not in text] == ["engine"]


def test_version() -> None:
    assert echoline("--version").stdout == f"echoline {version('echoline')}\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["tracs"], "No such command 'tracs'. Did you mean 'traces'"),
        (["up", "--prot", "1"], "No such option: --prot"),
        (["up", "--http-port", "many"], "Invalid value for '--http-port'"),
        (["up", "--http-port", "70000"], "setting 'server.http_port' = 70000 (flag): allowed is 0 to 65535"),
        (["up", "--set", "retention.raw"], "--set 'retention.raw': expected SECTION.NAME=VALUE"),
        (["up", "--set", "retention.row=1d"], "unknown setting 'retention.row' (flag); did you mean 'retention.raw'?"),
        (["up", "--config", "nosuch.toml"], "settings file nosuch.toml does not exist"),
        (["replay"], "Missing argument"),
    ],
)
def test_wrong_usage_is_one_line_and_exits_2(arguments: list[str], words: str) -> None:
    done = echoline(*arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"echoline: {words}")


def test_a_broken_settings_file_is_one_line_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "echoline.toml").write_text("[server\nhost = 1")
    done = echoline("up", "--data-dir", tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"echoline: settings file {tmp_path}/echoline.toml is not TOML: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands(shell: str) -> None:
    words = {"COMP_WORDS": "echoline ser", "COMP_CWORD": "1", "_TYPER_COMPLETE_ARGS": "echoline ser"}
    done = echoline(_ECHOLINE_COMPLETE=f"complete_{shell}", _TYPER_COMPLETE_FISH_ACTION="get-args", **words)
    assert done.returncode == 0
    assert {"serve", "services"} <= set(done.stdout.replace('"', " ").replace(":", " ").split())


def test_config_show_tells_values_and_origins(tmp_path: Path) -> None:
    (tmp_path / "echoline.toml").write_text('[retention]\nraw = "30d"\n')
    done = echoline(
        "config",
        "show",
        "--data-dir",
        tmp_path,
        "--set",
        "server.api_port=0",
        "--json",
        ECHOLINE_STORE__QUERY_THREADS="2",
    )
    items = {item["name"]: (item["value"], item["origin"]) for item in json.loads(done.stdout)["items"]}
    assert items["retention.raw"] == ("30d", f"{tmp_path}/echoline.toml")
    assert items["server.api_port"] == (0, "flag")
    assert items["store.query_threads"] == (2, "ECHOLINE_STORE__QUERY_THREADS")
    assert items["retention.rollups"] == ("400d", "default")


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    show = " ".join(command("config", "show", "--json", "--data-dir", tmp_path))
    script = f"{show} | head -c 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=environment(), check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "{", "")


def test_a_terminal_without_block_characters_gets_question_marks(tmp_path: Path) -> None:
    done = echoline("doctor", "--data-dir", tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert "? versions" in done.stdout
    assert "Traceback" not in done.stderr


def test_config_show_fits_the_terminal(tmp_path: Path) -> None:
    lines = echoline("config", "show", "--data-dir", tmp_path).stdout.splitlines()
    assert lines[0].split() == ["setting", "value", "origin"]
    assert max(map(len, lines)) <= 100
