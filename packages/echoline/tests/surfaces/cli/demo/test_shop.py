import os
import signal
from pathlib import Path

import pytest

from echoline.errors import BadConfig, Unavailable
from echoline.surfaces.cli.demo.shop import Driven, drive, find

SUMMARY = '{"requests": 3, "by_status": {"200": 3}, "seconds": 1.5, "services": ["shop"], "version": "1"}'


def _script(folder: Path, code: str) -> Path:
    path = folder / "start.py"
    path.write_text(f"import sys, time\n{code}")
    return path


def test_the_shop_of_the_checkout_is_found(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find() == repository / "examples" / "shop" / "start.py"


def test_without_a_checkout_there_is_no_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("echoline.__file__", str(tmp_path / "lib" / "echoline" / "__init__.py"))
    with pytest.raises(BadConfig, match="run the demo from a checkout"):
        find()


def test_progress_is_told_and_the_last_line_is_the_summary(tmp_path: Path) -> None:
    told: list[str] = []
    script = _script(tmp_path, f"print('up', sys.argv[1:], file=sys.stderr)\nprint('noise')\nprint('''{SUMMARY}''')")
    assert drive(script, "http://x:1", 1.5, told.append) == Driven(3, {"200": 3}, 1.5, ["shop"])
    given = ["--otlp", "http://x:1", "--seconds", "1.5", "--seed", "1", "--launcher", "echoline-agent"]
    assert told == [f"up {given}"]


def test_a_shop_that_fails_is_told_in_its_own_words(tmp_path: Path) -> None:
    script = _script(tmp_path, "print('no such module', file=sys.stderr)\nsys.exit(1)")
    with pytest.raises(Unavailable, match="the example shop ended with exit code 1: no such module"):
        drive(script, "http://x:1", 1.0, lambda _: None)


def test_an_interrupted_shop_is_stopped_first(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    script = _script(
        tmp_path,
        f"""
import pathlib, signal
signal.signal(signal.SIGTERM, lambda *_: (pathlib.Path({str(gone)!r}).touch(), sys.exit(130)))
print("ready", file=sys.stderr, flush=True)
time.sleep(60)
""",
    )
    with pytest.raises(KeyboardInterrupt):
        drive(script, "http://x:1", 1.0, lambda _: os.kill(os.getpid(), signal.SIGINT))
    assert gone.exists()
