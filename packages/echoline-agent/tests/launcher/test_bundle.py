"""The bundle has what programs of other environments need, and is made once."""

from pathlib import Path

import pytest

from echoline_agent.bundled import manifest
from echoline_agent.launcher import bundle


@pytest.fixture(name="parts", scope="module")
def made_parts(tmp_path_factory: pytest.TempPathFactory) -> bundle.Parts:
    return bundle.made({"XDG_CACHE_HOME": str(tmp_path_factory.mktemp("cache"))})


def test_it_has_the_agent_and_all_that_opentelemetry_needs(parts: bundle.Parts) -> None:
    assert (parts.agent / "echoline_agent" / "inject" / "sitecustomize.py").is_file()
    for package in ("opentelemetry/sdk", "opentelemetry/instrumentation/flask", "google/protobuf", "wrapt", "requests"):
        assert (parts.rest / package).is_dir(), package
    # Without its metadata OpenTelemetry does not find its context.
    assert list(parts.rest.glob("opentelemetry_api-*.dist-info/entry_points.txt"))


def test_it_brings_no_library_that_is_instrumented(parts: bundle.Parts) -> None:
    frameworks = {"flask", "django", "fastapi", "starlette", "celery", "sqlalchemy", "psycopg", "httpx", "redis"}
    assert not frameworks & {path.name for path in parts.rest.iterdir()}


def test_it_says_what_it_asks_of_libraries_that_it_shares(parts: bundle.Parts) -> None:
    said = manifest(parts.rest)
    assert said.distributions["opentelemetry-sdk"]
    assert "echoline-agent" not in said.distributions
    assert set(said.requirements["protobuf"].split(",")) >= {">=5.0"}


def test_a_second_start_makes_nothing(parts: bundle.Parts) -> None:
    cache = parts.rest.parents[1]
    before = sorted(cache.iterdir())
    assert bundle.made({"XDG_CACHE_HOME": str(cache.parents[1])}) == parts
    assert sorted(cache.iterdir()) == before


def test_where_the_cache_cannot_be_written_a_private_folder_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "file").write_text("")
    parts = bundle.made({"XDG_CACHE_HOME": str(tmp_path / "file")})
    assert parts.rest.parents[2] == tmp_path
    assert parts.rest.parents[1].stat().st_mode & 0o077 == 0


def test_a_folder_that_others_may_write_to_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    place = tmp_path / f"echoline-agent-{os.getuid()}"
    place.mkdir()
    place.chmod(0o777)
    with pytest.raises(PermissionError, match="others may write to it"):
        bundle.made({})
