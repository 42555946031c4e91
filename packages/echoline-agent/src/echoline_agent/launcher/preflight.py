"""Looks at a command before it is started: what cannot work is refused with the line that mends it."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from echoline_agent.bundled import mending
from echoline_agent.compatibility import PYTHONS, Bundle, judge
from echoline_agent.launcher.command import Missing, Python, Wrapper

ANSWER_S = 30.0
WRAPS = "is not a Python program: the Python programs that it starts are instrumented, and say so where they cannot be"
DOUBLED = (
    "opentelemetry-instrument instruments this program already, so the agent stays out of it; leave it out of the "
    "command to get functions, revisions and profiles as well"
)
DJANGO_SERVERS = frozenset({"runserver", "testserver"})

# Understood by every Python since 2.7: it has to tell us that it is too old.
PROBE = """
import json, sys
found = {}
try:
    from importlib.metadata import version
    for name in sys.argv[1:]:
        try:
            found[name] = version(name)
        except Exception:
            pass
except ImportError:
    pass
name = getattr(getattr(sys, "implementation", None), "name", "cpython")
print("\\n" + json.dumps([name, list(sys.version_info[:2]), sys.prefix, found]))
"""


@dataclass(frozen=True)
class Answer:
    """What the interpreter of a command said of itself."""

    implementation: str
    version: tuple[int, int]
    prefix: str
    distributions: Mapping[str, str]


@dataclass(frozen=True)
class Judgement:
    """Refused when `refusal` says why; else started, after saying `remarks`."""

    refusal: str = ""
    remarks: tuple[str, ...] = ()


def judged(what: Python | Wrapper | Missing, bundle: Bundle, environ: Mapping[str, str]) -> Judgement:
    """Whether a command can be instrumented."""
    match what:
        case Missing(name):
            return Judgement(f"there is no program {name!r} on PATH")
        case Wrapper(executable):
            return Judgement(remarks=(f"{executable} {WRAPS}",))
        case Python():
            refusal = _flags(what) or _django(what, environ) or _interpreter(what, bundle, environ)
            return Judgement(refusal) if refusal else Judgement(remarks=_doubled(what))


def _flags(python: Python) -> str:
    for letter, why in (("I", "isolates it"), ("E", "ignores PYTHONPATH"), ("S", "leaves out sitecustomize")):
        if letter in python.flags:
            return (
                f"python -{letter} {why}, so that nothing can be injected: leave out -{letter}, or make "
                "`import echoline_agent.auto` the first line of the program"
            )
    return ""


def _django(python: Python, environ: Mapping[str, str]) -> str:
    script = (python.script or "").rpartition("/")[2]
    is_django = script in ("django-admin", "django-admin.py") or python.module == "django"
    serves = bool(python.arguments) and python.arguments[0] in DJANGO_SERVERS
    has_settings = environ.get("DJANGO_SETTINGS_MODULE") or any(
        argument.startswith("--settings") for argument in python.arguments
    )
    if is_django and serves and not has_settings:
        return "Django has no settings here: export DJANGO_SETTINGS_MODULE=yourproject.settings"
    return ""


def _interpreter(python: Python, bundle: Bundle, environ: Mapping[str, str]) -> str:
    answer = ask(python.executable, sorted(bundle.distributions), environ)
    if isinstance(answer, str):
        return answer
    (low, high) = PYTHONS
    if answer.implementation != "cpython" or not low <= answer.version <= high:
        return (
            f"{python.executable} is {answer.implementation} {'.'.join(map(str, answer.version))}; "
            f"CPython {'.'.join(map(str, low))} to {'.'.join(map(str, high))} can be instrumented: use one"
        )
    verdict = judge(answer.distributions, bundle)
    if verdict.use == "nothing":
        return f"{verdict.refusal}: {mending(python.executable, verdict.install)}"
    return ""


def _doubled(python: Python) -> tuple[str, ...]:
    script = (python.script or "").rpartition("/")[2]
    if script == "opentelemetry-instrument":
        return (DOUBLED,)
    return ()


def ask(executable: str, names: Sequence[str], environ: Mapping[str, str]) -> Answer | str:
    """What an interpreter says of itself and these distributions; a refusal where it says nothing that makes sense."""
    try:
        done = subprocess.run(
            [executable, "-c", PROBE, *names], capture_output=True, text=True, timeout=ANSWER_S, env=environ, check=True
        )
        implementation, version, prefix, found = json.loads(done.stdout.splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        told = getattr(error, "stderr", None) or error
        return f"{executable} does not start, so the program would not either: {str(told).strip()[-300:]}"
    return Answer(implementation, (version[0], version[1]), prefix, found)
