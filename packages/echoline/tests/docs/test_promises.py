"""docs/promises.md says of each promise what keeps it; what it names must be there."""

import re
from dataclasses import dataclass
from pathlib import Path

from documents import commands, names_of_tests, tasks
from echoline.surfaces.cli.catalogue import COMMANDS

REPOSITORY = Path(__file__).parents[4]
PAGE = (REPOSITORY / "docs/promises.md").read_text("utf-8")
PARTS = [
    "From spans to code",
    "Findings",
    "See it",
    "Delivery",
    "Steer it",
    "The insight loop",
    "In the editor",
]
# How many promises each document makes: a row that gets lost is noticed.
PROMISES = {"D": 32, "O": 42, "F": 38, "M": 64, "T": 18}


@dataclass(frozen=True)
class Promise:
    """One row of the page."""

    id: str
    text: str
    heading: str
    command: str
    test: str
    state: str

    @property
    def is_here(self) -> bool:
        return self.state.startswith("kept") or (self.state.startswith("other way") and "planned" not in self.state)


def rows() -> list[Promise]:
    lines = [line for line in PAGE.splitlines() if re.match(r"\| [A-Z]\d+ \|", line)]
    return [Promise(*(cell.strip() for cell in line.strip("|").split("|"))) for line in lines]


PROMISED = rows()
HERE = [promise for promise in PROMISED if promise.is_here]


def test_no_promise_is_lost() -> None:
    expected = [f"{letter}{number}" for letter, many in PROMISES.items() for number in range(1, many + 1)]
    assert [promise.id for promise in PROMISED] == expected


def test_every_promise_has_a_heading_and_a_known_state() -> None:
    planned = "|".join(PARTS)
    state = rf"kept|not software|planned: ({planned})|other way: .+|other way, planned: ({planned})\. .+"
    assert [each for each in PROMISED if not (each.text and each.heading and re.match(state, each.state))] == []


def test_what_keeps_a_promise_is_there() -> None:
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    there = {entry.name for entry in COMMANDS} | set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {promise: commands(promise.command) | tasks(promise.command) for promise in HERE}
    assert [promise for promise, names in named.items() if not names or names - there] == []


def test_what_proves_a_promise_is_there() -> None:
    proofs = names_of_tests()
    assert [promise.id for promise in HERE if promise.test.strip("`") not in proofs] == []


def test_what_is_not_there_names_no_proof() -> None:
    assert [each.id for each in PROMISED if each not in HERE and (each.command or each.test)] == []


def test_parts_that_are_named_are_those_that_are_planned() -> None:
    explained = PAGE.split("A test checks this page")[0].replace("\n", " ")
    assert re.findall(r"(?<!\*)\*([A-Z][\w ]+)\*(?!\*)", explained) == PARTS
