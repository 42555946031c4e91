from inline_snapshot import snapshot

from answer_builders import drawn
from echoline.model.answers import Health, Stored
from echoline.surfaces.cli.rendering.health import HealthPicture

WELL = Health("ok", "0.1.0", Stored(42_492, 156, 6_203), {}, {}, {}, 0, 0.0)
ILL = Health(
    "degraded", "0.1.0", Stored(1, 0, 0), {"too_old": 12, "no_trace_id": 30}, {"value": 2}, {"queue_full": 4}, 3, 61.5,
    ("loading stands still: disk full",),
)  # fmt: skip


def test_a_healthy_server_is_told_in_three_lines() -> None:
    assert drawn(HealthPicture(WELL, "http://here")) == snapshot("""\

✓ Echoline 0.1.0 at http://here: ok
  stored      42,492 spans, 156 log records, 6,203 metric points
  lag         none
""")


def test_an_ill_one_tells_why_and_what_it_could_not_keep() -> None:
    assert drawn(HealthPicture(ILL, "http://here")) == snapshot("""\

✗ Echoline 0.1.0 at http://here: degraded
  stored      1 span, 0 log records, 0 metric points
  lag         1 min 02 s
  refused     30 no_trace_id, 12 too_old, 4 queue_full
  cut         2 value
  quarantined 3 requests; `echoline quarantine` shows them
  ✗ loading stands still: disk full
""")
