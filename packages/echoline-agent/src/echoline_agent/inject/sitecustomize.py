"""Python imports this at start when `echoline-agent run` has put its folder on PYTHONPATH: it starts the agent.

It runs in whatever interpreter the command starts, old ones too: so its syntax is plain, and nothing may go wrong.
"""

import os
import sys


def _start() -> None:
    """Puts the agent behind everything of the program's own, and starts it."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 14) or sys.implementation.name != "cpython":
        version = sys.implementation.name + " " + ".".join(map(str, sys.version_info[:2]))
        sys.stderr.write("echoline: " + version + " is not instrumented; CPython 3.11 to 3.14 are\n")
        return
    agent = os.environ.get("ECHOLINE_AGENT_BUNDLE", "").split(os.pathsep)[0]
    if agent and agent not in sys.path:
        sys.path.append(agent)
    from echoline_agent import injected

    injected.start_here()


def _chain() -> None:
    """Runs the sitecustomize that this one hides."""
    import importlib.machinery

    here = os.path.dirname(os.path.realpath(__file__))  # noqa: PTH120
    others = [path for path in sys.path if os.path.realpath(path or ".") != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(sys.modules[__name__])


try:
    _start()
except Exception as error:  # noqa: BLE001
    sys.stderr.write("echoline: the agent could not start, the program goes on: " + repr(error) + "\n")
_chain()
