"""Tests that share something expensive stay in one process."""

from pathlib import Path

import pytest

from groups import group_of

pytest_plugins = ["pytester"]

GROUPED = """
    import os, pytest
    pytestmark = pytest.mark.xdist_group("one place")
    @pytest.mark.parametrize("number", range(6))
    def test_it(number): print(f"in process {os.getpid()} of the group")
"""


def test_a_file_names_its_group(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text(GROUPED)
    (tmp_path / "test_two.py").write_text("def test_it(): pass")
    assert (group_of(tmp_path / "test_one.py"), group_of(tmp_path / "test_two.py")) == ("one place", None)


def test_a_group_runs_in_one_process(
    pytester: pytest.Pytester, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(repository / "packages/echoline/tests"))
    pytester.makeconftest((repository / "packages/echoline/tests/conftest.py").read_text())
    pytester.makepyfile(test_one=GROUPED, test_two="def test_it(): pass")
    result = pytester.runpytest_subprocess("-n", "2", "--dist", "loadgroup", "-rP")
    result.assert_outcomes(passed=7)
    assert len({line for line in result.outlines if line.endswith("of the group")}) == 1
