"""Puts values into statements as server-side parameters, each with a name of its own."""

from echoline.kinds import Param
from echoline.model.window import Window


class Params:
    """Collects the values of one statement. What `put` returns stands in the SQL in the value's place."""

    def __init__(self) -> None:
        self.values: dict[str, Param] = {}

    def put(self, value: Param, kind: str = "String") -> str:
        """Takes a value of a ClickHouse type and names its place: `{p0:String}`."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"{{{name}:{kind}}}"

    def time(self, time_ns: int) -> str:
        """A moment as DateTime64(9)."""
        return f"fromUnixTimestamp64Nano({self.put(time_ns, 'Int64')}, 'UTC')"

    def second(self, time_ns: int) -> str:
        """A moment as DateTime, the type of rollups."""
        return f"toDateTime({self.put(time_ns // 1_000_000_000, 'Int64')}, 'UTC')"

    def within(self, window: Window, column: str = "start") -> str:
        """The condition that a DateTime64(9) column lies in the window."""
        return f"{column} >= {self.time(window.since_ns)} AND {column} < {self.time(window.until_ns)}"
