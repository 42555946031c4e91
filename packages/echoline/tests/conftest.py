"""What every test may ask for, and the rule about skipping."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from groups import Groups

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

REPOSITORY = Path(__file__).parents[3]
MAY_SKIP = REPOSITORY / "tests" / "may-skip.txt"
CORPORA = "corpora"
_DATABASES = itertools.count()
# The same examples in each run: what fails here fails everywhere.
settings.register_profile("same", derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
# Modules of which asserts tell what they compared, like those of tests.
pytest.register_assert_rewrite("exactly_once")


def corpora_folder() -> Path | None:
    """The folder of recorded applications, if this machine has it."""
    named = os.environ.get("ECHOLINE_CORPORA")
    folder = Path(named) if named else REPOSITORY.parent / "shared" / "corpora"
    return folder if (folder / "mealie" / "facts.json").is_file() else None


@pytest.fixture(scope="session")
def corpora() -> Path:
    """Recorded telemetry of real applications; skips by name where it is not."""
    folder = corpora_folder()
    if folder is None:
        pytest.skip(f"{CORPORA}: no recorded applications here; set ECHOLINE_CORPORA to their folder")
    return folder


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Engine]":
    """The one engine of this test process: chdb opens one path per process."""
    from echoline.config import StoreConfig
    from echoline.stores.engine import Engine  # nothing that does not need the engine should load it

    engine = Engine(tmp_path_factory.mktemp("engine"), StoreConfig())
    yield engine
    engine.close()


@pytest.fixture
def engine(opened: "Engine") -> "Iterator[Engine]":
    """An engine with empty tables of its own."""
    other = opened.another(f"test_{next(_DATABASES)}")
    yield other
    opened.execute(f"DROP DATABASE {other.database} SYNC")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A skip must begin with a program named in tests/may-skip.txt; any other one is a failure."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):  # type: ignore[attr-defined]
        reason = report.longrepr[2].removeprefix("Skipped: ")  # type: ignore[attr-defined]
        allowed = {line.split("#")[0].strip() for line in MAY_SKIP.read_text().splitlines()} - {""}
        if reason.split(":")[0] not in allowed:
            report.outcome = "failed"  # type: ignore[attr-defined]
            report.longrepr = f"{item.nodeid} skipped for {reason!r}, which {MAY_SKIP.name} does not name"  # type: ignore[attr-defined]
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Groups | None:
    """What `--dist loadgroup` means here: see groups.py."""
    return Groups(config, log) if config.getvalue("dist") == "loadgroup" else None
