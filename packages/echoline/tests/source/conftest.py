"""Repositories for the tests of reading them."""

from pathlib import Path

import pytest

from echoline.config import RepositoryConfig, SourceConfig
from echoline.source.repositories import OpenRepository, open_repository
from made_repository import MadeRepository


@pytest.fixture
def made(tmp_path: Path) -> MadeRepository:
    """An empty repository to write into."""
    return MadeRepository(tmp_path / "code")


def read(made: MadeRepository, bounds: SourceConfig | None = None, **given: object) -> OpenRepository:
    """What was made, opened as a configured repository."""
    config = RepositoryConfig(path=str(made.folder), **given)  # type: ignore[arg-type]
    return open_repository(config, made.folder / "nowhere", bounds or SourceConfig())
