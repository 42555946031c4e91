import json
import stat
from pathlib import Path

from inline_snapshot import snapshot

from echoline.app.listeners import Running, pinned
from echoline.config import Settings

READY = {"grpc": "127.0.0.1:5317", "http": "http://127.0.0.1:5318"}


def _running() -> Running:
    alone = Running("0.1.0", Path("/data"), processes={"up": 1})
    return alone.joined_by("receive", 2, READY).joined_by("serve", 3, {"api": "http://[::1]:5319", "engine_pid": 4})


def test_processes_and_what_they_started_are_known_by_name() -> None:
    assert _running().processes == {"up": 1, "receive": 2, "serve": 3, "engine": 4}
    assert _running().joined_by("serve", 9, {"engine_pid": 10}).processes == {
        "up": 1,
        "receive": 2,
        "serve": 9,
        "engine": 10,
    }


def test_there_is_one_line_per_listener() -> None:
    assert _running().lines() == snapshot(
        ["  OTLP/gRPC  127.0.0.1:5317", "  OTLP/HTTP  http://127.0.0.1:5318", "  API        http://[::1]:5319"]
    )


def test_the_file_names_ports_and_processes_and_is_private(tmp_path: Path) -> None:
    _running().write(tmp_path / "run.json")
    assert json.loads((tmp_path / "run.json").read_text()) == snapshot(
        {
            "version": "0.1.0",
            "data_dir": "/data",
            "listeners": {"grpc": "127.0.0.1:5317", "http": "http://127.0.0.1:5318", "api": "http://[::1]:5319"},
            "ports": {"grpc": 5317, "http": 5318, "api": 5319},
            "processes": {"up": 1, "receive": 2, "serve": 3, "engine": 4},
        }
    )
    assert stat.S_IMODE((tmp_path / "run.json").stat().st_mode) == 0o600


def test_pinned_settings_keep_the_ports_that_were_taken() -> None:
    server = pinned(Settings(), _running().listeners).server
    assert (server.grpc_port, server.http_port, server.api_port) == (5317, 5318, 5319)
    assert pinned(Settings(), {}) == Settings()


def test_one_who_started_it_is_told_everything_at_once() -> None:
    assert Running("", Path()).joined_by("demo", 5, _running().ready()).listeners == _running().listeners
