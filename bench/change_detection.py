"""How often comparisons cry wolf on noise, how often they see a step, and whether they state that rightly.

    .venv/bin/python bench/change_detection.py [--series 60] [--steps 40] [--no-peer]

Noise is drawn from fixed seeds: 19 kinds on which the constants of `echoline.statistics` were chosen, and 14 of another
family on which none was. Apache Otava, in an environment of its own, gets the same series, and the most favourable of
many settings among those that flag at most as many series of noise as 1 %.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from multiprocessing import Pool
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "packages/echoline/tests"))

import noise  # noqa: E402
from change_study import DURATIONS, Outcome, Task, answer, flagged, outcome, stated, tasks  # noqa: E402
from echoline.statistics.controls import course  # noqa: E402
from echoline.statistics.durations import compare_durations  # noqa: E402
from echoline.statistics.many import among_many  # noqa: E402
from echoline.statistics.series import DurationSeries, Floats  # noqa: E402
from echoline.statistics.windows import Windows  # noqa: E402
from echoline.statistics.winsorising import minute_means  # noqa: E402
from peers import Peer, environment  # noqa: E402

OTAVA = Peer("apache-otava", "apache-otava==0.8.*", lambda _env, _work, _port: [])
STEPS = (0.02, 0.05, 0.1, 0.2)
PEER_STEPS = (0.05, 0.1)
ALLOWED = 0.01
BLOCK = 5


def main() -> None:
    """Prints the tables of docs/statistics.md."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--series", type=int, default=60, help="series of noise of each kind")
    parser.add_argument("--steps", type=int, default=40, help="series of each kind with a step, for each step")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--only-peer", action="store_true")
    given = parser.parse_args()
    with Pool(given.processes) as pool:
        ask = lambda work: pool.map(outcome, work, chunksize=20)  # noqa: E731
        if given.only_peer:
            peer(pool, given.series, given.steps)
            return
        durations(ask, given.series, given.steps)
        others(ask, given.series, given.steps)
        contaminated(pool, given.series)
        without(pool, given.series)
        crowd(pool, given.series)
        if not given.no_peer:
            peer(pool, given.series, given.steps)
    cost()


def durations(ask: Callable[[list[Task]], list[Outcome]], series: int, each: int) -> None:
    """False alarms by kind, and power beside what was stated."""
    still = {question: ask(tasks(question, series)) for question in ("durations", "tails")}
    moved = {step: ask(tasks("durations", each, step)) for step in STEPS}
    tails = ask(tasks("slow tails", each))
    print(
        f"\n| noise | series | typical: false % | tail: false % | {' | '.join(f'{s:.0%}' for s in STEPS)} | tail only |"
    )
    print("|---" * (5 + len(STEPS)) + "|")
    for family, kinds in DURATIONS.items():
        for kind in (*kinds, None):
            own = lambda found: [o for o in found if o.task.family == family and kind in (o.task.kind, None)]  # noqa: B023, E731
            row = [f"{100 * flagged(own(still[question])):.2f}" for question in still]
            row += [f"{100 * flagged(own(moved[s])):.0f} ({100 * stated(own(moved[s])):.0f})" for s in STEPS]
            print(f"| {kind or f'**all {family}**'} | {len(own(still['durations']))} | {' | '.join(row)} |", end="")
            print(f" {100 * flagged(own(tails)):.0f} |")


def others(ask: Callable[[list[Task]], list[Outcome]], series: int, each: int) -> None:
    """The same for rates, means per call and rolling deployments."""
    print("\n| question | noise | series | false % | steps: found % (stated %) |\n|---|---|---|---|---|")
    plans = (("rates", (0.5, 1.0, 2.0, 4.0), 5), ("per call", (0.02, 0.05, 0.1), 5), ("rollout", (0.05, 0.1, 0.2), 10))
    for question, steps, times in plans:
        still = ask(tasks(question, times * series))
        moved = {step: ask(tasks(question, times * each, step)) for step in steps}
        for kind in dict.fromkeys(found.task.kind for found in still):
            own = lambda found: [o for o in found if o.task.kind == kind]  # noqa: B023, E731
            seen = (f"{s:+.0%}: {100 * flagged(own(f)):.0f} ({100 * stated(own(f)):.0f})" for s, f in moved.items())
            print(f"| {question} | {kind} | {len(own(still))} | {100 * flagged(own(still)):.2f} | {', '.join(seen)} |")


def innocent(seed: int) -> bool:
    """Whether an operation without a change is flagged when two of its eight controls became slower by a tenth."""
    kind = list(noise.KINDS)[seed % len(noise.KINDS)]
    drawn = noise.draw(noise.KINDS, kind, 10_000 + seed)
    drawn.control_means[:2, noise.AT :] += np.log(1.1)
    return compare_durations(drawn.series, noise.WINDOWS, drawn.controls).is_flagged


def contaminated(pool: Pool, series: int) -> None:  # type: ignore[valid-type]
    """What changed controls do to innocents."""
    count = series * len(noise.KINDS)
    share = np.mean(pool.map(innocent, range(count), chunksize=20))
    print(f"\n2 of 8 controls slower by 10 %: {100 * share:.2f} % of {count} innocents flagged")


def uncalibrated(task: Task) -> tuple[bool, bool, bool]:
    """Whether noise is flagged without history, without controls, and without either."""
    drawn = noise.draw(DURATIONS[task.family], task.kind, task.seed)
    short = Windows(0, noise.WINDOW, noise.WINDOW, 2 * noise.WINDOW)
    series, *controls = [_since(each, noise.HISTORY) for each in (drawn.series, *drawn.controls)]
    return (
        compare_durations(series, short, controls).is_flagged,
        compare_durations(drawn.series, noise.WINDOWS).is_flagged,
        compare_durations(series, short).is_flagged,
    )


def _since(series: DurationSeries, start: int) -> DurationSeries:
    kept = series.minute >= start
    rows = (series.minute[kept] - start, series.log_ns[kept], series.count[kept])
    return DurationSeries(series.minutes - start, *rows)


def without(pool: Pool, series: int) -> None:  # type: ignore[valid-type]
    """What an answer is worth that says it is not calibrated."""
    found = pool.map(uncalibrated, tasks("durations", series), chunksize=20)
    shares = [f"{100 * float(np.mean(each)):.2f} %" for each in zip(*found, strict=True)]
    print(f"\nFalse alarms of {len(found)}: without history {shares[0]}, controls {shares[1]}, either {shares[2]}")


def crowd(pool: Pool, each: int) -> None:  # type: ignore[valid-type]
    """Of what is flagged among many operations of which a tenth changed, how much is false."""
    work = tasks("durations", each) + [task for task in tasks("durations", each, 0.2) if task.seed < each / 10]
    names = [f"{task.family} {task.kind} {task.seed} {task.step}" for task in work]
    said = among_many(dict(zip(names, pool.map(answer, work, chunksize=20), strict=True)))
    believed = [task.step for task, name in zip(work, names, strict=True) if said[name].is_flagged]
    changed = sum(task.step > 0 for task in work)
    print(f"\n{len(work)} operations, {changed} slower by 20 %: {len(believed)} flagged, {believed.count(0.0)} falsely")


def blocks(task: Task) -> dict[str, list[list[float]]]:
    """What Otava is given: means of five minutes, with and without history, as they are and beside the controls."""
    drawn = noise.draw(DURATIONS[task.family], task.kind, task.seed, task.step)
    means = minute_means(drawn.series, noise.WINDOWS)
    shared = course([minute_means(each, noise.WINDOWS) for each in drawn.controls], noise.WINDOWS, noise.MINUTES)
    raw = np.bincount(drawn.minute, drawn.logs, minlength=noise.MINUTES)
    plain = np.divide(raw, means.calls, out=np.zeros(noise.MINUTES), where=means.calls > 0)
    variants = {"raw": plain, "clipped, with controls": means.values - shared.values}
    found = {f"{name}, 4 h": _blocks(values, means.calls, noise.HISTORY) for name, values in variants.items()}
    return found | {
        f"{name}, 28 h": _blocks(values, means.calls, 0) for name, values in variants.items() if name != "raw"
    }


def _blocks(values: Floats, calls: Floats, start: int) -> list[list[float]]:  # type: ignore[return]
    """[position of the block, its mean on the plain scale]; warm-up is left out, as we leave it out."""
    weights = calls.copy()
    weights[noise.AT : noise.AT + noise.WINDOWS.warm_up] = 0
    totals = weights.reshape(-1, BLOCK).sum(axis=1)
    sums = (weights * values).reshape(-1, BLOCK).sum(axis=1)
    places = np.flatnonzero(totals > 0)
    places = places[places * BLOCK >= start]
    return [[float(place * BLOCK), float(np.exp(sums[place] / totals[place]))] for place in places]


def peer(pool: Pool, series: int, each: int) -> None:  # type: ignore[valid-type]
    """Otava on the same series, beside us."""
    work = [*tasks("durations", series), *(task for step in PEER_STEPS for task in tasks("durations", each, step))]
    with tempfile.TemporaryDirectory() as folder:
        given, said = Path(folder) / "given.json", Path(folder) / "said.json"
        given.write_text(json.dumps(pool.map(blocks, work, chunksize=20)))
        python = environment(OTAVA) / "bin/python"
        subprocess.run([python, HERE / "otava_side.py", given, said, str(noise.AT)], check=True)
        answers = json.loads(said.read_text())
    ours = [{"Echoline": each.verdict in ("better", "worse")} for each in pool.map(outcome, work, chunksize=20)]
    heads = " | ".join(f"{step:.0%}" for step in PEER_STEPS)
    print(f"\n| family | what, on which data, p | noise flagged % | {heads} |")
    print("|---" * (3 + len(PEER_STEPS)) + "|")
    for family in DURATIONS:
        for name, *shares in (("Echoline", *_shares(work, ours, "Echoline", family)), *_tuned(work, answers, family)):
            print(f"| {family} | {name} | " + " | ".join(f"{100 * share:.1f}" for share in shares) + " |")


def _tuned(work: list[Task], answers: list[dict[str, bool]], family: str) -> Iterable[tuple[str, *tuple[float, ...]]]:
    """For each kind of data, Otava's setting that finds most steps of 5 % among those with few false alarms."""
    rows = [(setting, *_shares(work, answers, setting, family)) for setting in answers[0]]
    allowed = sorted((row for row in rows if row[1] <= ALLOWED), key=lambda row: -row[2])
    best = {setting.rsplit(",", 1)[0]: (f"Otava, {setting}", *shares) for setting, *shares in reversed(allowed)}
    return best.values()


def _shares(work: list[Task], answers: list[dict[str, bool]], setting: str, family: str) -> Iterable[float]:
    for step in (0.0, *PEER_STEPS):
        chosen = [
            answer[setting]
            for task, answer in zip(work, answers, strict=True)
            if (task.family, task.step) == (family, step)
        ]
        yield float(np.mean(chosen))


def cost() -> None:
    """CPU of one comparison, and what importing takes."""
    drawn = noise.draw(noise.KINDS, "everything", 1)
    series, controls = drawn.series, drawn.controls
    began = time.process_time()
    for _ in range(50):
        compare_durations(series, noise.WINDOWS, controls)
    print(f"\n{(time.process_time() - began) / 50 * 1e3:.1f} ms CPU a comparison ({len(drawn.minute):,} calls, 28 h)")
    for module in ("numpy", "scipy.special", "scipy.stats"):
        code = f"import time; a = time.process_time(); import {module}; print(time.process_time() - a)"
        seconds = min(float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(3))
        print(f"import {module}: {seconds:.2f} s CPU")


if __name__ == "__main__":
    main()
