"""The package itself costs its host nothing."""

import subprocess
import sys


def test_importing_the_package_loads_nothing_else() -> None:
    loaded = "import sys; before = set(sys.modules); import echoline_agent; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["echoline_agent"]
