"""Revisions, and code as it was deployed, asked of a server that reads a repository."""

import json
import time
import urllib.request
from pathlib import Path

from echoline_process import Started, echoline, settled, started
from made_repository import MadeRepository

CART = "class Cart:\n    def total(self):\n        return 1\n"


def send(instance: Started, revision: str) -> None:
    """One span of a function of the cart."""
    now_ns = time.time_ns()
    attributes = {"service.name": "shop", "deployment.environment.name": "prod", "vcs.ref.head.revision": revision}
    code = {"code.function.name": "shop.cart.Cart.total", "code.file.path": "/app/shop/cart.py"}
    span = {
        "traceId": "1" * 32, "spanId": "2" * 16, "name": "GET /cart", "kind": 2, "attributes": listed(code),
        "startTimeUnixNano": str(now_ns - 10**9), "endTimeUnixNano": str(now_ns),
    }  # fmt: skip
    spans = {"resource": {"attributes": listed(attributes)}, "scopeSpans": [{"spans": [span]}]}
    body = json.dumps({"resourceSpans": [spans]}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{instance.url('http')}/v1/traces", body, headers)
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200


def listed(attributes: dict[str, str]) -> list[dict[str, object]]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()]


def test_a_file_that_is_not_here_is_printed_as_it_runs(tmp_path: Path) -> None:
    made = MadeRepository(tmp_path / "code")
    first = made.commit("Open the shop", {"src/shop/cart.py": CART})
    running = made.commit("Charge two", {"src/shop/cart.py": CART.replace("1", "2")})
    made.commit("Charge three", {"src/shop/cart.py": CART.replace("1", "3")})
    config = tmp_path / "echoline.toml"
    config.write_text(f'[[repositories]]\npath = "{made.folder}"\nservices = ["shop"]\n')
    with started("up", tmp_path / "data", "--config", config) as instance:
        send(instance, running)
        settled(instance)

        def ask(*words: str) -> str:
            done = echoline(*words, "--url", instance.url("api"), COLUMNS="120")
            return done.stdout + done.stderr

        text, chosen = ask("code", "shop/cart.py"), ask("code", "shop/cart.py", "--revision", first[:8])
        unknown, missing = ask("code", "shop/cart.py", "--revision", "mian"), ask("code", "shop/card.py")
        table = ask("revisions")
        nobody = ask("revisions", "--service", "shpo")
        instance.end()
    assert text.startswith(f"shop/cart.py · code at {running[:9]} · as shop runs it · ")
    assert "return 2" in text
    assert "return 1" in chosen
    assert "No span of this revision" in chosen
    assert "near to it: main" in unknown
    assert "near to it: src/shop/cart.py" in missing
    assert [line.split()[0] for line in table.splitlines()[3:]][1:] == [running[:9], first[:9]]
    assert "shop prod" in table.splitlines()[4]
    assert "nothing of service shpo has been received" in nobody
