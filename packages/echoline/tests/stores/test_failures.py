import pytest

from echoline.errors import BadInput, Busy, EcholineError, Unavailable
from echoline.stores.failures import failure


@pytest.mark.parametrize(
    ("code", "error"),
    [(62, BadInput), (396, BadInput), (241, Busy), (252, Busy), (159, Unavailable), (243, Unavailable)],
)
def test_a_code_says_whether_asking_again_may_help(code: int, error: type[EcholineError]) -> None:
    found = failure(RuntimeError(f"Code: {code}. DB::Exception: no (version 26.9.2.1)"))
    assert type(found) is error
    assert "version" not in str(found)


def test_a_failed_sync_may_pass() -> None:
    assert isinstance(failure(RuntimeError("Code: 204. DB::ErrnoException: Cannot fsync, errno: 5")), Unavailable)


def test_what_has_no_code_is_no_fault_of_a_statement() -> None:
    assert isinstance(failure(RuntimeError("Failed to open the database")), Unavailable)
