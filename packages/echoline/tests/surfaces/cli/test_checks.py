import os
import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from echoline import tokens_file
from echoline.config import ServerConfig, Settings, StoreConfig
from echoline.model.tokens import TokenHash
from echoline.surfaces.cli.check import Check
from echoline.surfaces.cli.checks import of_this_machine
from echoline.surfaces.cli.connection import Run

FREE = ServerConfig(grpc_port=0, http_port=0, api_port=0)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "data").mkdir(0o700)
    return Settings(data_dir=tmp_path / "data", server=FREE, store=StoreConfig())


def _checks(settings: Settings, run: Run | None = None) -> dict[str, Check]:
    return {check.name: check for check in of_this_machine(settings, run)}


def test_a_machine_that_is_ready_has_only_to_start(settings: Settings) -> None:
    checks = _checks(settings)
    assert {name: check.state for name, check in checks.items() if check.state != "good" and name != "disk"} == {
        "running": "bad"
    }
    assert checks["running"].mend == "echoline up"
    (running, *_) = of_this_machine(settings, None, "http://127.0.0.1:4319")
    assert running.found.endswith("but another Echoline answers at http://127.0.0.1:4319")
    assert running.mend == "export ECHOLINE_URL=http://127.0.0.1:4319"
    assert checks["versions"].found.startswith("Python 3.")


def test_listeners_are_tried(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        run = Run({"http": f"http://{address}", "grpc": "127.0.0.1:1"}, {"up": 1})
        checks = _checks(settings, run)
    assert (checks["OTLP/HTTP"].state, checks["OTLP/gRPC"].state) == ("good", "bad")
    assert checks["OTLP/gRPC"].found == "127.0.0.1:1 does not answer: Connection refused"


def test_a_port_in_use_is_told_with_the_way_out(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        checks = _checks(replace(settings, server=replace(FREE, http_port=port)))
    assert checks["OTLP/HTTP"] == Check(
        "OTLP/HTTP", "bad", f"127.0.0.1:{port} cannot be used: Address already in use", "echoline up --http-port 0"
    )


def test_a_port_that_another_echoline_has_is_not_bad(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = replace(FREE, api_port=server.getsockname()[1])
        checks = of_this_machine(replace(settings, server=taken), None, "http://127.0.0.1:4319")
    (api,) = (check for check in checks if check.name == "API")
    assert (api.state, api.mend) == ("advice", "echoline up --api-port 0")


def test_a_folder_that_others_can_read_is_bad(settings: Settings) -> None:
    settings.data_dir.chmod(0o755)
    assert _checks(settings)["data"].mend == f"chmod 700 {settings.data_dir}"


def test_a_folder_is_told_with_its_size_or_as_not_there_yet(settings: Settings) -> None:
    (settings.data_dir / "x").write_bytes(b"x" * 2048)
    assert _checks(settings)["data"].found == f"{settings.data_dir}, 2.00 KiB"
    missing = replace(settings, data_dir=settings.data_dir / "new" / "er")
    assert _checks(missing)["data"].state == "advice"
    assert _checks(replace(settings, data_dir=settings.data_dir / "x"))["data"].state == "bad"


def test_an_open_address_without_a_token_is_bad(settings: Settings) -> None:
    open_ = replace(settings, server=replace(FREE, host="0.0.0.0"))
    assert _checks(open_)["tokens"].mend == "echoline tokens create --scope ingest"
    tokens_file.publish(tokens_file.path_in(settings.data_dir), [TokenHash("0" * 64, ("ingest",))])
    assert _checks(open_)["tokens"].found == "1 valid token; every request needs one"


def test_little_room_is_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = os.statvfs_result((4096, 4096, 10**6, 10, 10, 0, 0, 0, 0, 255))
    monkeypatch.setattr(os, "statvfs", lambda _: usage)
    assert _checks(settings)["disk"].state == "bad"


def test_a_clock_that_went_back_is_told(settings: Settings) -> None:
    checks = of_this_machine(settings, None, written_ns=time.time_ns() + 3600 * 10**9)
    (clock,) = (check for check in checks if check.name == "clock")
    assert clock.state == "bad"
    assert "gone back by 3600 s" in clock.found
