"""Every question, asked of the recorded shop: as JSON, at 100 and at 80 columns."""

import json
from collections import Counter

import pytest

from surfaces.cli.commands.conftest import RECORDING, Ask

FACTS = json.loads((RECORDING / "facts.json").read_text())
QUESTIONS = [
    ["services"],
    ["endpoints"],
    ["operations", "--service", "shop", "--sort", "p95"],
    ["operations", "--kind", "client"],
    ["traces", "--sort", "slowest"],
    ["traces", "--errors", "--operation", "POST /checkout"],
    ["traces", "--heat"],
    ["traces", "--errors", "--differences"],
    ["errors", "--stack"],
    ["logs", "order"],
    ["logs", "--severity", "error", "--whole"],
    ["patterns"],
    ["metrics", "--service", "shop"],
    ["metrics", "http.server.request.duration", "--by", "http.route", "--function", "p95"],
    ["metrics", "http.server.request.duration", "--function", "rate", "--since", "1h"],
    ["revisions"],
    ["deployments"],
    ["health"],
    ["quarantine", "list"],
    ["tokens", "list"],
    ["export", "--list"],
]


@pytest.mark.parametrize("question", QUESTIONS, ids=" ".join)
def test_a_question_is_answered_as_json(ask: Ask, question: list[str]) -> None:
    told = ask(*question, "--json")
    assert (told.code, told.err) == (0, "")
    assert isinstance(told.json, dict)


@pytest.mark.parametrize("width", [100, 80])
@pytest.mark.parametrize("question", QUESTIONS, ids=" ".join)
def test_a_picture_fits_the_terminal(ask: Ask, question: list[str], width: int) -> None:
    told = ask(*question, width=width)
    assert (told.code, told.err) == (0, "")
    assert max(map(len, told.out.splitlines())) <= width
    assert "\x1b" not in told.out


def test_endpoints_have_the_calls_that_were_recorded(ask: Ask) -> None:
    calls: Counter[str] = Counter()
    for each in ask("endpoints", "--json", "--limit", "100").json["items"]:
        calls[each["name"]] += each["calls"]
    assert calls == FACTS["traces"]["server_ops"]


def test_health_counts_what_was_replayed(ask: Ask) -> None:
    stored = ask("health", "--json").json["stored"]
    assert stored["spans"] == FACTS["traces"]["spans"]
    assert stored["logs"] == FACTS["logs"]["records"]
    assert stored["metric_points"] == FACTS["metrics"]["datapoints"]


def test_a_trace_is_found_by_the_beginning_of_its_id(ask: Ask) -> None:
    (found,) = ask("traces", "-o", "POST /checkout", "--limit", "1", "--json").json["items"]
    by_beginning = ask("trace", found["trace_id"][:16], "--json").json
    assert by_beginning["trace_id"] == found["trace_id"]
    assert by_beginning["spans_total"] == found["spans"]
    picture = ask("trace", found["trace_id"][:16].upper()).out
    assert picture.startswith(f"Trace {found['trace_id']}\n")
    assert "shop  POST /checkout" in picture
    assert ask("trace", found["trace_id"], "--all").out.count("\n") > picture.count("\n")


def test_pages_follow_each_other(ask: Ask) -> None:
    first = ask("operations", "--limit", "3", "--json").json
    second = ask("operations", "--limit", "3", "--cursor", first["next"], "--json").json
    together = ask("operations", "--limit", "6", "--json").json
    assert first["items"] + second["items"] == together["items"]
    assert "There are more: --limit shows them." in ask("operations", "--limit", "3").out


def test_an_empty_window_says_where_the_data_is(ask: Ask) -> None:
    told = ask("traces", "--since", "3d", "--until", "2d")
    assert told.code == 0
    assert told.out.startswith("No traces fit from ")
    assert "see --since 1h" in told.out
    assert "nothing of service nosuch has been received" in ask("traces", "-s", "nosuch").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["trace", "nonsense"], "echoline: trace_id = 'nonsense' does not fit: Id of the trace"),
        (["trace", "0" * 32], "echoline: no trace '00000000000000000000000000000000'; it may not have arrived yet"),
        (["endpoints", "--since", "yesterday"], "echoline: since = 'yesterday' does not fit: Start of the window: "),
        (
            ["traces", "--min-duration", "long"],
            "echoline: min_duration = 'long' does not fit: At least this long: 250ms",
        ),
        (["operations", "--kind", "box"], "echoline: kind = 'BOX': it should be 'UNSPECIFIED', "),
        (["traces", "--differences"], "echoline: nothing is selected"),
        (["metrics", "--by", "http.route"], "echoline: metrics: --function, --by, --attribute and --step draw one"),
        (["metrics", "http.server.request.duration", "-f", "sum"], "echoline: 'sum' does not fit a histogram"),
        (["delete"], "echoline: delete: say what, by --service, --environment or --before"),
        (["delete", "-s", "shop"], "echoline: delete: this would delete service shop; add --yes"),
        (["quarantine", "purge"], "echoline: name one request, or give --all"),
        (["rules", "test"], "echoline: rules test: give texts"),
        (["rules", "test", "x", "--rule", "bare"], "echoline: rule 'bare': expected NAME=PATTERN"),
    ],
)
def test_a_wrong_question_is_one_line_and_exits_2(ask: Ask, arguments: list[str], words: str) -> None:
    told = ask(*arguments)
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith(words)
    assert told.err.count("\n") == 1


def test_rules_are_tried_on_given_and_on_stored_texts(ask: Ask) -> None:
    texts = ("card 4111 1111 1111 1111", "http.user=ORD-17")
    given = ask("rules", "test", *texts, "--rule", "order=ORD-[0-9]+", "--json").json
    assert [bool(item["hits"]) for item in given["items"]] == [True, True]
    assert "4111" not in given["items"][0]["value_after"]
    picture = ask("rules", "test", "card 4111 1111 1111 1111", "plain").out
    assert picture.startswith("- card 4111 1111 1111 1111\n+ card ")
    assert "1 text changed · 1 text stays as it is" in picture
    assert ask("rules", "test", "--stored", "logs", "--json").json["items"]
