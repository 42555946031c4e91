"""The rule about skipping, tried on a small suite of its own."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]


def test_a_skip_for_an_unnamed_program_fails_the_run(pytester: pytest.Pytester, repository: Path) -> None:
    rule = (repository / "packages/echoline/tests/conftest.py").read_text()
    pytester.makeconftest(
        rule.replace('REPOSITORY / "tests" / "may-skip.txt"', f"Path({str(repository / 'tests/may-skip.txt')!r})")
    )
    pytester.makepyfile(
        """
        import pytest
        def test_named(): pytest.skip("node: not here")
        def test_unnamed(): pytest.skip("too tired")
        """
    )
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(skipped=1, failed=1)
