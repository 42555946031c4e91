"""Starting costs a program nothing until it imports what can be instrumented."""

import subprocess
import sys


def test_starting_imports_no_opentelemetry() -> None:
    program = (
        "import sys; from echoline_agent import settings, start; start.start(settings.read({}));"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")
