"""Every component file is registered and documented: entry points are read when a distribution is installed, so a
forgotten line would be silent."""

import inspect
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src/echoline"
# A file right in the folder of such a kind is a component; what components share lies in folders below.
KINDS = ["receivers", "collectors", "processors", "findings", "sinks"]
# A store is many files; these are the two that one asks for.
STORES = {"echoline.stores.client", "echoline.stores.embedded"}
REGISTERED = [point for kind in [*KINDS, "stores"] for point in entry_points(group=f"echoline.{kind}")]


@pytest.mark.parametrize("kind", KINDS)
def test_every_component_file_is_registered(kind: str) -> None:
    files = {f"echoline.{kind}.{file.stem}" for file in (SOURCE / kind).glob("*.py") if file.stem != "__init__"}
    registered = {point.module for point in REGISTERED}
    assert files - registered == set(), "add them to packages/echoline/pyproject.toml, then `make sync`"


def test_both_stores_are_registered() -> None:
    assert {point.module for point in entry_points(group="echoline.stores")} == STORES


@pytest.mark.parametrize("point", REGISTERED, ids=lambda point: point.value)
def test_every_component_loads_and_says_what_it_is(point: EntryPoint, repository: Path) -> None:
    loaded = point.load()
    assert inspect.getdoc(loaded)
    file = Path(inspect.getfile(loaded)).relative_to(SOURCE).as_posix()
    assert f"`{file}`" in (repository / "ARCHITECTURE.md").read_text("utf-8")


def test_every_group_is_of_a_known_kind() -> None:
    groups = {group for group in entry_points().groups if group.startswith("echoline.")}
    assert groups <= {f"echoline.{kind}" for kind in [*KINDS, "stores"]}
