"""What was installed from a folder is the program, also where libraries lie."""

import json
from pathlib import Path

import pytest

from echoline_agent.functions import program
from echoline_agent.functions.own_packages import installed_from_folders
from echoline_agent.functions.program import Kind, Program

RECORD = "shop/__init__.py,,\nshop/cart.py,sha256=x,10\nserve.py,,\nshop-1.dist-info/RECORD,,\n../../bin/shop,,\n"


def install(folder: Path, name: str, origin: object | None, record: str = RECORD) -> None:
    info = folder / f"{name}-1.dist-info"
    info.mkdir()
    (info / "RECORD").write_text(record)
    if origin is not None:
        (info / "direct_url.json").write_text(origin if isinstance(origin, str) else json.dumps(origin))


def test_a_distribution_from_a_folder_is_the_programs(tmp_path: Path) -> None:
    install(tmp_path, "shop", {"url": "file:///src", "dir_info": {}})
    assert installed_from_folders([str(tmp_path)]) == {"shop", "serve"}


@pytest.mark.parametrize(
    "origin", [None, {"url": "file:///shop.whl", "archive_info": {}}, {"url": "https://x", "vcs_info": {}}, "no JSON"]
)
def test_others_are_libraries(tmp_path: Path, origin: object | None) -> None:
    install(tmp_path, "shop", origin)
    assert installed_from_folders([str(tmp_path), str(tmp_path / "missing"), __file__]) == frozenset()


def test_its_functions_are_named_unless_it_is_excluded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "installed_from_folders", lambda: frozenset({"shop"}))
    file = "/venv/lib/python3.12/site-packages/shop/cart.py"
    assert Program().kind(file, "shop.cart") is Kind.PROGRAM
    assert Program(exclude=["shop"]).kind(file, "shop.cart") is Kind.LIBRARY
