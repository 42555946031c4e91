"""What traces say stands in tables/stack_traces.txt; here is what holds for all of them, and for real ones."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decoding.test_corpora import bodies
from decoding_checks import decoded
from echoline.conventions.stack_traces import Frame, frames, raised
from tables import blocks

TRACES = [(sent, expected) for _, sent, expected in blocks(Path(__file__).parent / "tables" / "stack_traces.txt")]


def told(stack: str) -> str:
    origin, marked = raised(stack), []
    for frame in frames(stack):
        mark = ("! " if frame == origin else "") + ("(library) " if frame.is_library else "")
        marked.append(f"{mark}{frame.file}:{frame.line} {frame.function}")
    return "\n".join(marked)


@pytest.mark.parametrize(("sent", "expected"), TRACES)
def test_traces_are_read_as_the_table_says(sent: str, expected: str) -> None:
    assert told(sent) == expected.strip()


@given(st.text(alphabet='at File"(:)/.js@ 1\n|', max_size=200))
def test_any_text_is_read(stack: str) -> None:
    found = frames(stack)
    assert (raised(stack) is None) == (all(frame.is_instrumentation for frame in found))


@pytest.mark.parametrize("piece", ['File "', "at ", "at a.b(", "a@", "at x (/", "Caused by: ", " "])
def test_a_long_text_takes_no_long_time(piece: str) -> None:
    stack = (piece * 400)[:1_900] + "\n"
    began_s = time.process_time()
    assert frames(stack * 100) == ()
    assert time.process_time() - began_s < 2


def of_corpus(corpora: Path, application: str) -> set[str]:
    """The distinct stack traces that an application sent."""
    found = set[str]()
    for signal in ("traces", "logs"):
        pool = decoded(signal, *bodies(corpora, application, signal)).batch.pool
        pairs = zip(pool.keys.to_pylist(), pool.values.to_pylist(), strict=True)
        found |= {text for key, text in pairs if key == "exception.stacktrace"}
    return found


@pytest.mark.corpora
@pytest.mark.parametrize(("application", "many"), [("mealie", 17), ("django-oscar", 11), ("flaskr", 0)])
def test_every_frame_of_real_traces_is_read(corpora: Path, application: str, many: int) -> None:
    stacks = of_corpus(corpora, application)
    assert len(stacks) == many
    for stack in stacks:
        assert len(frames(stack)) == stack.count('\n  File "') + stack.startswith('  File "')
        assert raised(stack) or all(frame.is_instrumentation for frame in frames(stack))


@pytest.mark.corpora
def test_real_errors_come_from_the_program_where_it_had_a_part(corpora: Path) -> None:
    origins = {raised(stack) for stack in of_corpus(corpora, "mealie")}
    transport = "/srv/application/src/mealie/mealie/pkgs/safehttp/transport.py"
    assert Frame("python", "handle_async_request", transport, 73, is_library=False) in origins
