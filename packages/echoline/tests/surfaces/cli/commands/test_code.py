"""`echoline code`: from a program under the agent to what its functions are given."""

import json
import sys
from pathlib import Path
from typing import Any

from echoline.model.answers_parameters import Parameters
from echoline.surfaces.cli.client import Server
from echoline_process import Started, echoline, settled, started
from surfaces.cli.commands.conftest import Ask
from waiting import wait_until

PROGRAM = """
import time
from echoline_agent import instrument
import flask

@instrument
def total(lines, coupon=None, password="hunter22", pin=12345):
    time.sleep(0.03 if len(lines) > 100 else 0.001)
    if coupon == "EXPIRED":
        raise ValueError("no such coupon")
    return len(lines)

for n in range(60):
    try:
        total([1] * (200 if n % 4 == 0 else n % 5), {0: "EXPIRED", 1: "SUMMER"}.get(n % 6))
    except ValueError:
        pass
"""


def run(instance: Started, data: Path, text: str, service: str, **environ: str) -> None:
    program = data.with_name(f"{service}_main.py")
    program.write_text(text)
    named = {"OTEL_SERVICE_NAME": service, **environ}
    done = echoline("run", "--data-dir", data, "--", sys.executable, program, **named)
    assert done.returncode == 0, done.stderr
    settled(instance)


def test_what_a_function_is_given_tells_slow_and_failing_calls_apart(tmp_path: Path) -> None:
    data, key = tmp_path / "data", "python:shop_main:total"
    told = {"ECHOLINE_AGENT_ARGUMENTS": "shop_main.*", "ECHOLINE_AGENT_ARGUMENT_TEXTS": "*.coupon,*.password"}
    with started("up", data) as instance:
        run(instance, data, PROGRAM, "shop", **told)
        question = ("code", key, "--slower-than", "20ms", "--data-dir", data)

        def asked() -> Any:
            return json.loads(echoline(*question, "--json").stdout)

        server = Server(instance.url("api"))

        def calls() -> int:
            return server.get(f"code/{key}/parameters", Parameters, {}).calls

        wait_until(lambda: calls() == 60, timeout_s=90)
        found, picture = asked(), echoline(*question)
        refused = echoline("code", "--parameters", "--data-dir", data)
        instance.end()
    items = {each["key"].removeprefix("code.argument."): each for each in found["items"]}
    assert (items["coupon"]["null_share"], items["coupon"]["distinct"]) == (40 / 60, 2)
    assert (items["lines.length"]["lowest"], items["lines.length"]["highest"]) == (0, 200)
    assert "hunter22" not in json.dumps(found), "redacted before it is stored"
    assert found["slow"]["selected"] == 15
    assert (found["slow"]["numbers"][0]["key"], found["slow"]["numbers"][0]["above"]) == (
        *("code.argument.lines.length", 1.0),
    )
    assert found["failing"]["selected"] == 10
    assert ("code.argument.coupon", "EXPIRED") in [(each["key"], each["value"]) for each in found["failing"]["values"]]
    assert picture.returncode == 0, picture.stderr
    assert "60 of 60 calls" in picture.stdout
    assert "higher in 100 of 100 pairs" in picture.stdout
    assert max(map(len, picture.stdout.splitlines())) <= 100
    assert (refused.returncode, "needs a key" in refused.stderr) == (2, True)


def test_spans_without_functions_are_told_with_what_makes_them_name_theirs(ask: Ask) -> None:
    """The shop was recorded without the agent."""
    told = ask("code", "--service", "shop")
    assert "No span of service shop names its function." in told.out
    assert "echoline run -- COMMAND" in told.out
