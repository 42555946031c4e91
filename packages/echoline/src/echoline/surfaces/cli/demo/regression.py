"""The end of the demo in a few lines: which endpoint got worse, since when, by how much, and in which function."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text

from echoline.model.answers_code import CodeObject
from echoline.model.answers_compare import Change, Comparison, Measured, MeasureName
from echoline.model.answers_deployments import Deployment
from echoline.model.instants import nanoseconds
from echoline.surfaces.cli.demo.history import Commit
from echoline.surfaces.cli.rendering import changes, clock, styles, units

# The repository is in a temporary folder, whose name says nothing.
_PARTS = 3
_TIME: Sequence[MeasureName] = ("duration", "self_time")


@dataclass(frozen=True)
class Regression:
    """What got worse, and what is known about it."""

    endpoint: Change
    time: Measured
    deployment: Deployment
    commit: Commit | None
    query: Measured | None
    """The statement that is now asked most often beyond what it was."""
    function: Change | None
    """The one that is new or slower and takes most time."""
    code: CodeObject | None


def regression(
    found: Comparison, deployment: Deployment, commits: Sequence[Commit], code: Mapping[str, CodeObject]
) -> Regression | None:
    """The gravest one; None when no endpoint became slower for sure."""
    own = [each for each in found.items if each.service == deployment.service]
    slower = ((each, _worse(each, "duration")) for each in own if each.subject == "endpoint")
    endpoint, time = next(((each, by) for each, by in slower if by is not None), (None, None))
    if endpoint is None or time is None:
        return None
    queries = [by for each in own if each.subject == "query" and (by := _worse(each, "queries"))]
    functions = [each for each in own if each.subject == "code_object" and (each.presence == "new" or _slower(each))]
    function = max(functions, key=_spent_ns, default=None)
    return Regression(
        endpoint=endpoint,
        time=time,
        deployment=deployment,
        commit=next((each for each in commits if each.revision == deployment.revision), None),
        query=max(queries, key=lambda each: each.after - each.before, default=None),
        function=function,
        code=code.get(function.id) if function else None,
    )


def _worse(change: Change, name: MeasureName) -> Measured | None:
    return next((each for each in change.measures if each.measure == name and each.verdict == "worse"), None)


def _slower(change: Change) -> bool:
    return any(_worse(change, name) for name in _TIME)


def _spent_ns(change: Change) -> int:
    """More of its own time than before."""
    return change.after.calls * (change.after.self_ns or 0) - change.before.calls * (change.before.self_ns or 0)


def lines(found: Regression, now_ns: int) -> Text:
    """The few lines that one would show to a colleague."""
    text = Text()
    for place, line in enumerate(_lines(found, now_ns)):
        text.append("\n" if place else "")
        text.append_text(line)
    return text


def _lines(found: Regression, now_ns: int) -> Iterator[Text]:
    change, deployed = found.time.change or 0.0, found.deployment
    much = changes.relative(change)
    yield Text.assemble(
        ("▲ ", styles.ERROR), (found.endpoint.name, "bold"), " is slower: ",
        (f"{units.duration(found.time.before)} → {units.duration(found.time.after)}", "bold"), " a call",
        (f"  {much} beside the rest of the service", styles.QUIET) if _differs(found.time) else "",
    )  # fmt: skip
    since = clock.ago(nanoseconds(deployed.first_seen), now_ns) if deployed.first_seen else ""
    yield Text.assemble("  since     ", (f"{deployed.service} {deployed.version}", "bold"), f", deployed {since}")
    if found.commit:
        yield Text.assemble(
            "  commit    ", (found.commit.revision[:9], styles.QUIET), f" {found.commit.subject}",
            (f"  {found.commit.author}", styles.QUIET),
        )  # fmt: skip
    if found.function:
        yield _function(found.function, found.code)
    if found.query:
        yield Text(f"  queries   one of them {_times(found.query.before)} → {_times(found.query.after)} per request")


def _function(change: Change, code: CodeObject | None) -> Text:
    where = f"{'/'.join(Path(code.file).parts[-_PARTS:])}:{code.line}" if code and code.line > 0 else ""
    own = change.after.calls * (change.after.self_ns or 0)
    what = "is new" if change.presence == "new" else "takes more time of its own"
    name = code.qualname if code else change.id.rpartition(":")[2]
    spans = units.several(change.after.calls, "span")
    return Text.assemble(
        "  function  ", (name, "bold"), f" {what}: {units.duration(own)} in {spans}",
        (f"  {where}", styles.QUIET),
    )  # fmt: skip


def _differs(time: Measured) -> bool:
    """Whether the change is told beside a shift of the whole service, so that after ÷ before is another number."""
    plain = time.after / time.before - 1 if time.before else 0.0
    return time.change is not None and abs(plain - time.change) > 0.2 * abs(plain)


def _times(number: float) -> str:
    return f"{number:.2g}"
