"""Reads tables of what is sent and what is expected, which anybody can extend without Python.

In `lines` each line is `sent => expected`; in `blocks` several lines are sent, then a line begins with `=>`, and a
first line in square brackets names the system. `#` begins a comment where a line or block begins; "" is `(empty)`.
"""

from pathlib import Path

EMPTY = "(empty)"


def lines(file: Path) -> list[tuple[str, str]]:
    rows = [line for line in file.read_text("utf-8").splitlines() if line.strip() and not line.startswith("#")]
    split = [row.rsplit(" => ", 1) if " => " in row else [row.removesuffix(" =>"), ""] for row in rows]
    return [(_text(sent), _text(expected)) for sent, expected in split]


def blocks(file: Path) -> list[tuple[str, str, str]]:
    """System, sent, expected."""
    found = []
    for block in file.read_text("utf-8").split("\n\n"):
        rows = block.strip("\n").splitlines()
        while rows and rows[0].startswith("# "):
            rows.pop(0)
        if rows:
            system = rows.pop(0)[1:-1] if rows[0].startswith("[") and rows[0].endswith("]") else ""
            end = next(number for number, row in enumerate(rows) if row.startswith("=>"))
            sent, expected = "\n".join(rows[:end]), "\n".join(rows[end:]).removeprefix("=>")
            found.append((system, _text(sent), _text(expected)))
    return found


def _text(cell: str) -> str:
    return cell.strip(" ").replace(EMPTY, "")
