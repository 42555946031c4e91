"""A running Echoline that has the recording of the example shop, and a way to ask it as a user does."""

import json
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from echoline.surfaces.cli import program
from echoline_process import Started, echoline, settled, started

RECORDING = Path(__file__).parents[3] / "recordings" / "shop"


@dataclass(frozen=True)
class Told:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Ask = Callable[..., Told]


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """Echoline with the recorded shop, moved to now and loaded."""
    with started("up", tmp_path_factory.mktemp("shop") / "data") as instance:
        files = [RECORDING / f"{signal}.otlp.zst" for signal in ("traces", "logs", "metrics")]
        done = echoline("replay", *files, "--shift", "now", "--to", instance.url("http"))
        assert done.returncode == 0, done.stderr
        settled(instance)
        yield instance
        instance.end()


@pytest.fixture
def ask(shop: Started, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Runs a command against the shop in this process; `width` is that of the terminal."""

    def run(*arguments: str, width: int = 100) -> Told:
        monkeypatch.setenv("COLUMNS", str(width))
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setenv("TZ", "UTC")
        monkeypatch.setenv("ECHOLINE_URL", shop.url("api"))
        capsys.readouterr()
        code = program.main(program.Processes(lambda *_: 0, lambda *_: nullcontext({})), list(arguments))
        shown = capsys.readouterr()
        return Told(code, shown.out, shown.err)

    return run
