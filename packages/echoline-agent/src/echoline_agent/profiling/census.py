"""Which functions were entered at all: counted by the interpreter's own events, each function once.

Python 3.12 and later tell each start of a function, and stop telling it for good when the answer is DISABLE: after its
first call a function costs nothing.
"""

import sys
import time
from types import CodeType
from typing import Any

from echoline_agent.profiling.definitions import Definition, defined_in, definition, is_function

TOOL = "echoline-census"
# 0, 1, 2 and 5 are spoken for: debuggers, coverage, profilers, optimisers.
_TOOL_IDS = (4, 3)
MOST = 100_000
"""Functions kept; those beyond are not counted, and the census is then incomplete."""

_LIBRARIES = ("/site-packages/", "/dist-packages/", "/lib/python3.")


class Census:
    """The functions entered and defined since `start`, by file, qualified name and first line.

    A module that is imported later tells all its functions when its own code starts.
    """

    def __init__(self, *, with_libraries: bool = False) -> None:
        self.entered: dict[Definition, int] = {}
        """When each was first entered, nanoseconds since 1970."""
        self.defined: dict[Definition, None] = {}
        self.files: set[str] = set()
        """Those of which all functions are in `defined`."""
        self._with_libraries = with_libraries
        self._monitoring: Any = None
        self._disable: object = None
        self._tool = 0

    @property
    def is_running(self) -> bool:
        return self._monitoring is not None

    def start(self) -> str | None:
        """Starts counting, or says why it cannot."""
        monitoring = getattr(sys, "monitoring", None)
        if monitoring is None:
            version = ".".join(map(str, sys.version_info[:2]))
            return f"Python {version} cannot tell which functions are entered; 3.12 and later can"
        free = next((each for each in _TOOL_IDS if monitoring.get_tool(each) is None), None)
        if free is None:
            return "both places for tools like it (sys.monitoring 3 and 4) are taken"
        monitoring.use_tool_id(free, TOOL)
        self._monitoring, self._tool, self._disable = monitoring, free, monitoring.DISABLE
        monitoring.register_callback(free, monitoring.events.PY_START, self._started)
        monitoring.set_events(free, monitoring.events.PY_START)
        return None

    def again(self) -> None:
        """Forgets who was entered, and has each function tell once more."""
        self.entered.clear()
        if self._monitoring is not None:
            self._monitoring.restart_events()

    def stop(self) -> None:
        if self._monitoring is not None:
            self._monitoring.set_events(self._tool, 0)
            self._monitoring.free_tool_id(self._tool)
            self._monitoring = None

    def _started(self, code: CodeType, _offset: int) -> object:
        # Whatever is raised here would be raised in the program.
        try:
            self._note(code)
        except Exception:  # noqa: BLE001
            return self._disable
        return self._disable

    def _note(self, code: CodeType) -> None:
        file = code.co_filename
        if file.startswith("<") or (not self._with_libraries and any(each in file for each in _LIBRARIES)):
            return
        if code.co_name == "<module>":
            self.files.add(file)
            if len(self.defined) < MOST:
                self.defined.update((definition(each), None) for each in defined_in(code))
        elif is_function(code) and len(self.entered) < MOST:
            self.entered.setdefault(definition(code), time.time_ns())
