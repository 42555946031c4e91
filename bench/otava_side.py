"""Runs in Otava's environment: reads series, writes for each setting whether a change point near the step is found."""

import json
import sys
from pathlib import Path

from otava.analysis import compute_change_points

PS = (1e-2, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 1e-6)
# A long series takes it a second for all settings, so it gets fewer.
LONG = 100
LONG_PS = (1e-4, 3e-5, 1e-5)
NEAR_MINUTES = 20


def settings(series: dict[str, list[list[float]]], at: int) -> dict[str, bool]:
    """Only change points within 20 minutes of the step count: elsewhere they would not be laid on the deployment."""
    found = {}
    for name, blocks in series.items():
        places, values = [place for place, _ in blocks], [value for _, value in blocks]
        for p in LONG_PS if len(values) > LONG else PS:
            found[f"{name}, {p:g}"] = any(abs(places[point] - at) <= NEAR_MINUTES for point in _points(values, p))
    return found


def _points(values: list[float], p: float) -> list[int]:
    try:
        points, _ = compute_change_points(values, window_len=50, max_pvalue=p, min_magnitude=0.0)
    except ValueError:  # too short for it
        return []
    return [int(point.index) for point in points]


if __name__ == "__main__":
    given, said, at = sys.argv[1:]
    Path(said).write_text(json.dumps([settings(each, int(at)) for each in json.loads(Path(given).read_text())]))
