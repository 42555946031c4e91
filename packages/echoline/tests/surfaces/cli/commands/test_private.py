"""Commands when nothing runs: a private server for the time of the command, or none."""

import json
from pathlib import Path

import psutil
import pytest

from echoline_process import echoline, started
from made_repository import MadeRepository


def _left_running(data_dir: Path) -> list[psutil.Process]:
    return [each for each in psutil.process_iter(["cmdline", "cwd"]) if str(data_dir) in str(each.info["cmdline"])]


def test_a_command_starts_a_server_for_itself_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(0o700)
    done = echoline("services", "--data-dir", tmp_path / "data", "--json")
    assert (done.returncode, json.loads(done.stdout)["items"]) == (0, [])
    assert done.stderr == f"No Echoline is running: starting one on {tmp_path}/data for this command alone …\n"
    assert not (tmp_path / "data" / "run.json").exists()
    assert not _left_running(tmp_path)


def test_repositories_are_listed_by_a_private_server_too(tmp_path: Path) -> None:
    made = MadeRepository(tmp_path / "shop")
    made.commit("Open the shop")
    settings = tmp_path / "echoline.toml"
    settings.write_text(f'[[repositories]]\npath = "{made.folder}"\n[[repositories]]\npath = "/gone"\n')
    (tmp_path / "data").mkdir(0o700)
    arguments = ("repositories", "--data-dir", tmp_path / "data", "--config", settings)
    done = echoline(*arguments)
    assert done.returncode == 0, done.stderr
    assert "Open the shop" in done.stdout
    assert "there is no folder /gone; check the path" in done.stdout.replace("\n", " ")


def test_where_there_is_no_data_a_command_exits_3_and_makes_nothing(tmp_path: Path) -> None:
    done = echoline("services", "--data-dir", tmp_path / "data", ECHOLINE_SERVER__API_PORT="0")
    assert (done.returncode, done.stdout) == (3, "")
    expected = f"echoline: no Echoline runs and there is no data in {tmp_path}/data; start one with `echoline up`\n"
    assert done.stderr == expected
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("arguments", [("services", "--no-start"), ("logs", "--follow")])
def test_without_a_server_of_its_own_a_command_exits_3(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = echoline(*arguments, "--data-dir", tmp_path, ECHOLINE_SERVER__API_PORT="0")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == f"echoline: no Echoline runs on {tmp_path}; start one with `echoline up`\n"


def test_a_token_made_without_a_server_opens_another_address(tmp_path: Path) -> None:
    made = [
        echoline("tokens", "create", name, "--scope", scope, "--data-dir", tmp_path / "data", "--json")
        for name, scope in (("sender", "ingest"), ("reader", "read"))
    ]
    tokens = [json.loads(done.stdout)["secret"] for done in made]
    assert all(token.startswith("echoline_") for token in tokens)
    with started("up", tmp_path / "data", "--host", "127.0.0.2") as instance:
        url = instance.url("api")
        refused = echoline("health", "--url", url)
        assert refused.returncode == 2
        assert refused.stderr.startswith(f"echoline: {url} wants a token; set ECHOLINE_TOKEN or give --token")
        assert echoline("health", "--url", url, ECHOLINE_TOKEN=tokens[1]).returncode == 0
        forbidden = echoline("tokens", "list", "--url", url, "--token", tokens[1])
        assert (forbidden.returncode, "has not the scope 'admin'" in forbidden.stderr) == (2, True)
        assert echoline("tokens", "list", "--data-dir", tmp_path / "data").returncode == 0  # it is our folder
        assert instance.end() == 0
