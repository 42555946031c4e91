"""What one look of `doctor` comes to."""

from dataclasses import dataclass
from typing import Literal

State = Literal["good", "advice", "bad"]


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `mend` is a line to run or to set; empty when there is none or all is well."""

    name: str
    state: State
    found: str
    mend: str = ""
