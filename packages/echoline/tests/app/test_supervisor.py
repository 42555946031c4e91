import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from echoline.app.children import Child, launch
from echoline.app.listeners import Running
from echoline.app.signals import caught
from echoline.app.supervisor import Supervised, Supervisor
from echoline.config import ServerConfig, Settings
from echoline.errors import BadConfig

# A process that takes a free port unless it is told one; `refuse` never starts, `stubborn` does not end when asked.
PROGRAM = """
import signal, socket, sys, time
from echoline.app.children import become
from echoline.errors import BadConfig

def main(settings, parent, tell):
    if sys.argv[1] == "refuse": raise BadConfig("port 1 is in use")
    if sys.argv[1] == "stubborn": signal.signal(signal.SIGTERM, signal.SIG_IGN)
    listener = socket.create_server(("127.0.0.1", settings.server.http_port))
    tell({"http": f"http://127.0.0.1:{listener.getsockname()[1]}"})
    time.sleep(60)

become(main, int(sys.argv[3]))
"""
Make = Callable[[str], Supervisor]


@pytest.fixture
def make() -> Iterator[Make]:
    """A supervisor of one process of small size, with what it told under `running`."""
    made: list[Supervisor] = []

    def launched(name: str, settings: Settings) -> Child:
        return launch(name, settings, [sys.executable, "-c", PROGRAM])

    def supervisor(name: str) -> Supervisor:
        settings = Settings(server=ServerConfig(http_port=0))
        made.append(Supervisor(settings, Running("1", Path("/")), [Supervised(name)], lambda _: None, launched))
        return made[-1]

    yield supervisor
    for each in (each for supervisor_ in made for each in supervisor_.processes if each.child):
        each.child.kill()  # type: ignore[union-attr]


def _settle(supervisor: Supervisor) -> None:
    until = time.monotonic() + 30
    while not supervisor.is_settled and time.monotonic() < until:
        supervisor.look(time.monotonic())
        time.sleep(0.01)


@pytest.mark.exclusive
def test_a_killed_process_comes_back_on_the_same_port(make: Make) -> None:
    supervisor = make("receive")
    _settle(supervisor)
    first = supervisor.running
    os.kill(first.processes["receive"], signal.SIGKILL)
    while supervisor.is_settled:
        supervisor.look(time.monotonic())
    _settle(supervisor)
    assert supervisor.running.listeners == first.listeners
    assert supervisor.running.processes["receive"] != first.processes["receive"]


def test_pauses_grow_with_each_death_in_a_row(make: Make) -> None:
    supervisor, each = make("receive"), Supervised("receive")
    pauses = []
    for _ in range(9):
        supervisor._bury(each, now_s=1.0, why="x")
        pauses.append(round(each.due_s - 1.0, 1))
    assert pauses == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 15.0, 15.0]


def test_a_long_life_forgives_earlier_deaths(make: Make) -> None:
    each = Supervised("receive", deaths=8, started_s=1.0)
    make("receive")._bury(each, now_s=100.0, why="x")
    assert each.due_s == pytest.approx(100.2)


def test_a_first_start_that_fails_is_the_callers_matter(make: Make) -> None:
    with pytest.raises(BadConfig, match="port 1 is in use"):
        _settle(make("refuse"))


def test_a_later_start_that_fails_is_tried_again(make: Make) -> None:
    supervisor = make("refuse")
    supervisor.processes[0].deaths = 1
    until = time.monotonic() + 20
    while supervisor.processes[0].deaths == 1 and time.monotonic() < until:
        supervisor.look(time.monotonic())
    assert supervisor.processes[0].deaths == 2


@pytest.mark.parametrize(("name", "is_clean"), [("receive", True), ("stubborn", False)])
def test_all_are_asked_to_end_and_killed_when_asked_twice(make: Make, name: str, is_clean: bool) -> None:
    supervisor = make(name)
    _settle(supervisor)
    with caught() as signals:
        if not is_clean:
            os.kill(os.getpid(), signal.SIGINT)
        assert supervisor.end(signals) is is_clean
    child = supervisor.processes[0].child
    assert child
    assert not child.is_alive
