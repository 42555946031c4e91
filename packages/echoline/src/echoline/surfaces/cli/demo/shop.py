"""Finds the example shop and drives it; examples/shop/README.md has the contract."""

import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import echoline
from echoline.errors import BadConfig, Unavailable

START = Path("examples", "shop", "start.py")
STOP_TIMEOUT_S = 30.0


@dataclass(frozen=True)
class Driven:
    """What the shop says at its end."""

    requests: int
    by_status: dict[str, int]
    seconds: float
    services: list[str]


def together(parts: Sequence[Driven]) -> Driven:
    """Several runs of the shop as one."""
    by_status: Counter[str] = Counter()
    for each in parts:
        by_status.update(each.by_status)
    services = list(dict.fromkeys(name for each in parts for name in each.services))
    return Driven(sum(each.requests for each in parts), dict(by_status), sum(each.seconds for each in parts), services)


def find() -> Path:
    """The shop's starter: below the working directory or beside the source. Raises BadConfig if it is not there."""
    places = [Path.cwd(), *Path(echoline.__file__).resolve().parents]
    found = next((place / START for place in places if (place / START).is_file()), None)
    if found is None:
        raise BadConfig(f"the example shop ({START}) is part of the repository; run the demo from a checkout of it")
    return found


def drive(start: Path, otlp: str, seconds: float, tell: Callable[[str], None]) -> Driven:
    """Starts the shop, has it used for some seconds, and stops it; `tell` gets its lines of progress.

    Raises Unavailable in the shop's words when it cannot start or dies. On Ctrl-C it is stopped first.
    """
    command = [sys.executable, str(start), "--otlp", otlp, "--seconds", f"{seconds:g}", "--seed", "1"]
    command += ["--launcher", "echoline-agent"]
    # A process group of its own, so that Ctrl-C reaches only us: the shop is told to end in its own way.
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    ) as process:
        said: list[str] = []
        listener = threading.Thread(target=_listen, args=(process, said, tell), daemon=True)
        listener.start()
        try:
            stdout = process.stdout.read() if process.stdout else ""
            code = process.wait()
        except BaseException:
            _stop(process)
            raise
        listener.join()
    if code:
        raise Unavailable(f"the example shop ended with exit code {code}: {' '.join(said[-3:])}")
    summary = json.loads(stdout.splitlines()[-1])
    return Driven(**{name: summary[name] for name in Driven.__dataclass_fields__})


def _listen(process: "subprocess.Popen[str]", said: list[str], tell: Callable[[str], None]) -> None:
    for line in process.stderr or ():
        said.append(line.strip())
        tell(line.strip())


def _stop(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
