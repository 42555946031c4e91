"""What the command line says when it is used in another way than it can be; in one process, without a server."""

import re
from contextlib import nullcontext

import pytest

from echoline.surfaces.cli import program
from echoline.surfaces.cli.catalogue import COMMANDS, Entry

Captured = pytest.CaptureFixture[str]


def _told(capsys: Captured, *arguments: str) -> str:
    nothing = program.Processes(lambda *_: 0, lambda *_: nullcontext({}))
    assert program.main(nothing, list(arguments)) == program.USAGE
    return capsys.readouterr().err


@pytest.mark.parametrize("group", [(), ("config",), ("quarantine",), ("tokens",)])
def test_a_group_alone_prints_its_help_as_it_is(capsys: Captured, group: tuple[str, ...]) -> None:
    told = _told(capsys, *group)
    assert told.startswith(" ".join(["Usage: echoline", *group, "[OPTIONS] COMMAND"]))
    assert "(see echoline" not in told


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_help_says_what_stands_for_a_value_and_no_type(capsys: Captured, entry: Entry) -> None:
    nothing = program.Processes(lambda *_: 0, lambda *_: nullcontext({}))
    assert program.main(nothing, [entry.name, "--help"]) == program.FINE
    told = capsys.readouterr().out
    assert re.findall(r"<[a-z]+|\[str\]|\[\[", told.replace("<*>", "")) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("endpoints", "--since", "5"), "Invalid value for '--since': 5 of what? 5m, 5h or 5d"),
        (("traces", "--min-duration", "5"), "Invalid value for '--min-duration': 5 of what? 5ms, 5s or 5m"),
        (("endpoints", "--sort", "fast"), "Invalid value for '--sort': 'fast' is not one of "),
        (("replay", "/no/such"), "/no/such cannot be read: No such file or directory\n"),
    ],
)
def test_wrong_usage_is_told_in_a_persons_words(capsys: Captured, arguments: tuple[str, ...], words: str) -> None:
    assert _told(capsys, *arguments).startswith(f"echoline: {words}")
