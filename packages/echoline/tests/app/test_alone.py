import json
from pathlib import Path

import pytest

from echoline.app.alone import alone
from echoline.app.children import Tell
from echoline.config import Settings
from echoline.errors import BadConfig


def test_a_serve_is_found_by_its_folder_as_long_as_it_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found: list[str] = []

    def serve(settings: Settings, parent: int, tell: Tell) -> None:
        tell({"api": "http://127.0.0.1:7", "engine_pid": 5})
        found.append(json.loads((settings.data_dir / "run.json").read_text())["listeners"]["api"])

    assert alone("serve", serve, Settings(data_dir=tmp_path / "data"), tmp_path / "ready") == 0
    assert found == ["http://127.0.0.1:7"]
    assert json.loads((tmp_path / "ready").read_text())["ports"] == {"api": 7}
    assert not (tmp_path / "data" / "run.json").exists()
    assert capsys.readouterr().out == f"echoline serve, data in {tmp_path}/data\n  API        http://127.0.0.1:7\n"


@pytest.mark.parametrize("name", ["receive", "serve"])
def test_one_that_does_not_start_leaves_the_file_of_another_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / "run.json").write_text("another's")

    def refuse(settings: Settings, parent: int, tell: Tell) -> None:
        raise BadConfig("in use")

    with pytest.raises(BadConfig):
        alone(name, refuse, Settings(data_dir=tmp_path))
    assert (tmp_path / "run.json").read_text() == "another's"
