"""The agent never raises into its host."""

import pytest

from echoline_agent import guard, loud


def test_what_fails_is_counted_and_told_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loud, "_said", set())
    guard.failures.clear()

    @guard.guard("naming")
    def divide(by: int) -> int:
        return 6 // by

    assert [divide(3), divide(0), divide(0)] == [2, None, None]
    assert guard.failures == {"naming": 2}
    assert capsys.readouterr().err.count("naming failed") == 1


def test_what_ends_the_program_still_ends_it() -> None:
    @guard.guard("ending")
    def leave() -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        leave()
