"""Whatever is sent, the sender is told, it is counted by reason, and what comes after it is there as it was sent."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

import grpc
import pytest

from echoline.model.answers import Health, Page
from echoline.model.answers_admin import QuarantineList
from echoline.model.answers_doctor import ReadinessCard
from echoline.model.answers_metrics import Metric, SeriesSet
from echoline.model.answers_traces import Trace
from echoline.surfaces.cli.client import Server
from echoline_process import Started, echoline, settled
from receiving import Answer
from route.bad_requests import ALL, CUT, MARK, QUARANTINED, REJECTED, Bad, headers_of, healthy, trace_id
from sending import METHODS, PATHS, post
from waiting import wait_until

pytestmark = pytest.mark.xdist_group("route")


@dataclass(frozen=True)
class Outcome:
    """What became of all bad requests: answers by name, and health before and after."""

    server: Server
    answers: dict[str, Answer]
    before: Health
    after: Health

    def more(self, count: str) -> Counter[str]:
        """What was added to one of the counts of health."""
        return Counter(getattr(self.after, count)) - Counter(getattr(self.before, count))

    def trace(self, name: str) -> Trace:
        return self.server.get(f"traces/{trace_id(name).hex()}", Trace)


@pytest.fixture(scope="module")
def outcome(running: Started) -> Outcome:
    """All are sent to one Echoline, each followed by one that is whole."""
    server, url = Server(running.url("api")), running.url("http")
    before, answers = settled(running), {}
    for name, bad in ALL.items():
        answers[name] = post(url, bad.body, PATHS[bad.signal], headers_of(bad))
        assert post(url, healthy(name)).status == 200
    refused = sum(bool(bad.refused) for bad in ALL.values())
    settled(running)
    wait_until(lambda: sum(server.get("health", Health).refused.values()) == sum(before.refused.values()) + refused)
    return Outcome(server, answers, before, server.get("health", Health))


@pytest.mark.parametrize("name", ALL)
def test_the_sender_is_told(outcome: Outcome, name: str) -> None:
    assert outcome.answers[name].status == ALL[name].status


@pytest.mark.parametrize("name", ALL)
def test_what_comes_after_it_is_there_as_it_was_sent(outcome: Outcome, name: str) -> None:
    (span,) = outcome.trace(f"after {name}").spans
    assert (span.sent_name, span.duration_ns, span.attributes) == (f"{MARK} after {name}", 12_000_000, {"after": name})


@pytest.mark.parametrize("count", ["refused", "rejected", "cut"])
def test_each_is_counted_by_its_reason(outcome: Outcome, count: str) -> None:
    expected: Counter[str] = Counter()
    for bad in ALL.values():
        expected.update({bad.refused: 1} if count == "refused" and bad.refused else {})
        expected.update({} if count == "refused" else getattr(bad, count))
    assert outcome.more(count) == expected


def test_doctor_shows_each_reason(running: Started, outcome: Outcome) -> None:
    done = echoline("doctor", "--url", running.url("api"))
    words = " ".join(done.stdout.split())
    reasons = {bad.refused for bad in ALL.values()} | {reason for bad in ALL.values() for reason in bad.rejected}
    reasons |= {reason for bad in ALL.values() for reason in bad.cut}
    assert {reason for reason in reasons if reason not in words} == set()
    assert "quarantine" in words


@pytest.mark.parametrize("name", [name for name, bad in REJECTED.items() if trace_id(name) in bad.body])
def test_a_bad_item_takes_no_other_with_it(outcome: Outcome, name: str) -> None:
    assert [span.sent_name for span in outcome.trace(name).spans] == [f"{MARK} {name}"]


def test_what_is_cut_keeps_the_rest(outcome: Outcome) -> None:
    spans = {name: outcome.trace(name).spans[0] for name, bad in CUT.items() if trace_id(name) in bad.body}
    assert spans["an end before its start"].duration_ns == 0
    assert spans["10,000 attributes"].attributes == {f"key.{n}": n for n in range(256)}
    long = str(spans["a value of 1 MB"].attributes["long"])
    assert (len(long.encode()), long[:12], long[-1]) == (64 * 1024 - 1, MARK, "é")
    assert spans["invalid UTF-8"].attributes == {"odd": "caf\ufffd\ufffd"}
    assert spans["duplicate keys"].attributes == {"j": 0, "k": MARK}


def test_a_deep_value_ends_at_its_bound(outcome: Outcome) -> None:
    attributes = outcome.trace("too deep").spans[0].attributes
    assert attributes == {"deep": json.loads("[" * 16 + '"…"' + "]" * 16), "flat": 1}


def test_nul_characters_stay(outcome: Outcome) -> None:
    assert outcome.trace("a NUL").spans[0].attributes == {"nul": "a\0b"}


def test_a_clock_an_hour_ahead_is_told_by_doctor(outcome: Outcome, running: Started) -> None:
    assert outcome.trace("a clock an hour ahead").spans_total == 1
    cards = outcome.server.get("readiness", Page[ReadinessCard]).items
    (card,) = (each for each in cards if each.service == "an hour ahead")
    (clock,) = (point for point in card.points if point.point == "clock")
    assert (clock.is_good, clock.found.startswith("its newest data is 35")) == (False, True)
    assert "in the future" in " ".join(echoline("doctor", "--url", running.url("api")).stdout.split())


def test_a_metric_with_conflicting_types_is_kept_in_each(outcome: Outcome) -> None:
    asked = {"service": "of two minds"}
    found = outcome.server.get("metrics", Page[Metric], asked).items
    assert sorted((each.name, each.type, each.points) for each in found) == [
        ("conflicting", kind, 1) for kind in ("gauge", "histogram", "sum")
    ]
    assert outcome.server.get("metrics/conflicting/series", SeriesSet, asked).notes


@pytest.mark.parametrize("name", QUARANTINED)
def test_a_request_that_cannot_be_decoded_is_set_aside_with_its_bytes(outcome: Outcome, name: str) -> None:
    bad = QUARANTINED[name]
    kept = outcome.server.get("quarantine", QuarantineList).items
    (found,) = (each for each in kept if (each.reason, each.size_bytes) == (bad.quarantined, len(bad.body)))
    with outcome.server.opened("GET", f"quarantine/{found.id}") as body:
        assert body.read() == bad.body


def test_what_is_set_aside_is_counted(outcome: Outcome) -> None:
    assert outcome.after.quarantined == outcome.before.quarantined + len(QUARANTINED)


@pytest.mark.parametrize("name", ["garbage", "a cut body", "a bomb"])
def test_over_grpc_what_can_never_pass_is_an_invalid_argument(running: Started, name: str) -> None:
    bad: Bad = ALL[name]
    with grpc.insecure_channel(running.url("grpc")) as channel:
        call: Any = channel.unary_unary(METHODS[bad.signal])
        with pytest.raises(grpc.RpcError) as refused:
            call(bad.body, timeout=20)
        assert refused.value.code().name == "INVALID_ARGUMENT"
        call(healthy(f"{name} over gRPC"), timeout=20)
    settled(running)
    assert Server(running.url("api")).get(f"traces/{trace_id(f'after {name} over gRPC').hex()}", Trace).spans_total == 1


def test_nothing_received_is_printed(running: Started, outcome: Outcome) -> None:
    printed = running.output.read_text()
    assert MARK not in printed
    assert len(printed.splitlines()) == 5
