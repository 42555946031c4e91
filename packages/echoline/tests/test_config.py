"""Settings from file, variables and flags, each with its origin; wrong ones are named."""

from pathlib import Path

import pytest

from echoline import config
from echoline.config import MIB, Loaded, RetentionRule, days
from echoline.errors import BadConfig


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, in which no settings file lies by accident."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def from_file(folder: Path, text: str) -> Loaded:
    file = folder / "settings.toml"
    file.write_text(text, "utf-8")
    return config.load(environ={}, file=file)


def test_without_anything_all_is_default() -> None:
    loaded = config.load(environ={})
    assert (loaded.settings.server.http_port, loaded.settings.retention.raw) == (4318, "14d")
    assert set(loaded.origins.values()) == {"default"}


def test_flags_win_over_variables_and_those_over_the_file(folder: Path) -> None:
    (folder / "echoline.toml").write_text("[server]\ngrpc_port = 1\nhttp_port = 2\napi_port = 3\n", "utf-8")
    variables = {"ECHOLINE_SERVER__HTTP_PORT": "20", "ECHOLINE_SERVER__API_PORT": "30"}
    loaded = config.load({"server.api_port": 300, "server.host": None}, variables)
    server = loaded.settings.server
    assert (server.grpc_port, server.http_port, server.api_port, server.host) == (1, 20, 300, "127.0.0.1")
    assert [loaded.origins[f"server.{name}"] for name in ("grpc_port", "http_port", "api_port", "host")] == [
        "echoline.toml",
        "ECHOLINE_SERVER__HTTP_PORT",
        "flag",
        "default",
    ]


def test_the_file_in_the_data_directory_is_found(folder: Path) -> None:
    data_dir = folder / "data"
    data_dir.mkdir()
    (data_dir / "echoline.toml").write_text("[limits]\nmax_attributes = 7\n", "utf-8")
    assert config.load(environ={"ECHOLINE_DATA_DIR": str(data_dir)}).settings.limits.max_attributes == 7


def test_the_file_that_a_variable_names_is_read(folder: Path) -> None:
    (folder / "other.toml").write_text("[store]\nquery_threads = 2\n", "utf-8")
    assert config.load(environ={"ECHOLINE_CONFIG": "other.toml"}).settings.store.query_threads == 2


def test_lists_come_from_variables_by_commas() -> None:
    loaded = config.load(environ={"ECHOLINE_SERVER__ALLOWED_HOSTS": "a.example,b.example"})
    assert loaded.settings.server.allowed_hosts == ("a.example", "b.example")


def test_rules_come_from_the_file(folder: Path) -> None:
    loaded = from_file(folder, '[[retention.rules]]\nkeep = "2y"\nsignal = "traces"\nservice = "shop-*"\n')
    assert loaded.settings.retention.rules == (RetentionRule("2y", "traces", "shop-*"),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[server]\nhttp_prot = 1\n", ["server.http_prot", "did you mean 'server.http_port'"]),
        ("[serve]\nhost = 1\n", ["serve"]),
        ('[server]\nhttp_port = "many"\n', ["server.http_port", "'many'"]),
        ("[server]\nhttp_port = 70000\n", ["server.http_port", "70000", "0 to 65535"]),
        ("[limits]\nmax_depth = 0\n", ["limits.max_depth", "above 0"]),
        ('[retention]\nraw = "soon"\n', ["retention.raw", "'soon'", "14d"]),
        ('[[retention.rules]]\nkeep = "0d"\n', ["retention.rules", "0d"]),
        ('[[retention.rules]]\nkeep = "1d"\nsignal = "smoke"\n', ["retention.rules", "smoke"]),
        ('[redaction]\nmode = "burn"\n', ["redaction.mode", "'burn'"]),
        ("[server\n", ["not TOML"]),
    ],
)
def test_wrong_settings_are_named(folder: Path, text: str, words: list[str]) -> None:
    with pytest.raises(BadConfig) as caught:
        from_file(folder, text)
    assert [word for word in words if word not in str(caught.value)] == []


def test_unknown_variables_and_missing_files_are_named(folder: Path) -> None:
    with pytest.raises(BadConfig, match="ECHOLINE_SERVER__PORT"):
        config.load(environ={"ECHOLINE_SERVER__PORT": "1"})
    with pytest.raises(BadConfig, match=r"nowhere\.toml does not exist"):
        config.load(environ={}, file=folder / "nowhere.toml")


def test_variables_of_the_agent_are_no_settings_of_the_server() -> None:
    agents = {"ECHOLINE_AGENT_ARGUMENTS": "shop.*", "ECHOLINE_AGENT_OFF": "logs", "ECHOLINE_REVISION": "2ac8988"}
    assert config.load(environ=agents).settings == config.load(environ={}).settings


@pytest.mark.parametrize(("text", "number"), [("14d", 14), ("6w", 42), ("2y", 730), ("off", None)])
def test_days_have_units(text: str, number: int | None) -> None:
    assert days(text) == number


@pytest.mark.parametrize("text", ["", "14", "d", "-1d", "1.5d", "0d", "14 d", "forever"])
def test_other_texts_are_no_days(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{text}$"):
        days(text)


def test_bounds_hold_each_other() -> None:
    settings = config.load(environ={}).settings
    assert settings.receive.max_body_bytes < settings.receive.max_decompressed_bytes <= 64 * MIB
    assert settings.receive.segment_bytes < settings.receive.max_journal_bytes
    assert settings.store.query_memory_bytes < settings.store.max_memory_bytes
