from pathlib import Path

import pytest

from echoline.surfaces.cli.demo.history import history
from echoline.surfaces.cli.demo.shop import find


def test_the_shop_has_a_history_whose_commits_follow_each_other(tmp_path: Path) -> None:
    past = history(find().parent, tmp_path / "shop")
    assert past is not None
    assert [each.subject for each in past.commits] == [
        "Open the shop",
        "Say what to do when an address has an account",
        "Show similar products beside a product",
    ]
    assert [each.author for each in past.commits] == ["Ada Lindqvist", "Ben Okafor", "Ada Lindqvist"]


def test_checking_out_brings_the_code_of_a_commit(tmp_path: Path) -> None:
    past = history(find().parent, tmp_path / "shop")
    assert past is not None
    version, catalogue = (past.folder / "shop" / name for name in ("__init__.py", "web/catalogue.py"))
    assert '"1.5.0"' in version.read_text()
    past.check_out(past.commits[0])
    assert '"1.4.0"' in version.read_text()
    assert "_similar" not in catalogue.read_text()
    past.check_out(past.commits[-1])
    assert "_similar" in catalogue.read_text()


def test_commits_have_the_same_names_each_time(tmp_path: Path) -> None:
    first, second = (history(find().parent, tmp_path / name) for name in ("one", "two"))
    assert first is not None
    assert second is not None
    assert first.commits == second.commits


def test_without_git_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert history(find().parent, tmp_path / "shop") is None
