"""A program under the agent, from its CPU to what `echoline profiles` says."""

import json
import sys
from pathlib import Path
from typing import Any

from echoline_process import echoline, settled, started

PROGRAM = """
import time
from opentelemetry import trace

def burn(seconds):
    end_s = time.thread_time() + seconds
    while time.thread_time() < end_s:
        pass

def checkout():
    with trace.get_tracer("shop").start_as_current_span("checkout"):
        burn(1.5)

checkout()
burn(0.5)
"""


def test_the_cpu_of_a_program_is_charged_to_its_functions_and_spans(tmp_path: Path) -> None:
    program, data = tmp_path / "shop_main.py", tmp_path / "data"
    program.write_text(PROGRAM)
    with started("up", data) as instance:
        done = echoline("run", "--data-dir", data, "--", sys.executable, program, OTEL_SERVICE_NAME="shop")
        assert done.returncode == 0, done.stderr
        settled(instance)

        def profile(*flags: str) -> Any:
            asked = echoline("profiles", "--data-dir", data, "--service", "shop", "--json", *flags)
            return json.loads(asked.stdout)

        whole, of_span = profile(), profile("--operation", "checkout")
        (span,) = json.loads(echoline("traces", "--data-dir", data, "--json").stdout)["items"]
        instance.end()
    burn = next(each for each in whole["functions"] if each["function"].endswith(".burn"))
    assert (burn["file"], burn["own_approximate"]) == (str(program), 0)
    assert burn["code_object"].endswith(":burn")
    assert 1.6e9 < burn["own"] < 2.6e9
    assert span["name"] == "checkout"
    assert 1.2e9 < of_span["value"] < 2.0e9
