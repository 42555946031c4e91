import subprocess
import sys

from echoline.statistics.special import special


def test_it_is_scipys() -> None:
    assert special().gammaln(5) == special().gammaln(5.0)
    assert special().stdtr(10, 0.0) == 0.5


def test_the_answering_process_starts_without_scipy() -> None:
    loaded = "import sys, echoline.app.serve; print('scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
