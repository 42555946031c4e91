"""Source files over HTTP, at the revision that runs."""

from pathlib import Path
from typing import TYPE_CHECKING

from asking import api_over, problem
from batches import NOW_NS, SECOND_NS, of, span
from echoline.config import RepositoryConfig
from kept import keep
from made_repository import MadeRepository

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

CART = "def total():\n    return 1\n"


def test_a_file_is_told_as_it_runs_or_at_the_revision_that_is_chosen(
    engine: "Engine", folder: Path, tmp_path: Path
) -> None:
    made = MadeRepository(tmp_path / "code")
    first = made.commit("first", {"src/shop/cart.py": CART, "a/same.py": "", "b/same.py": ""})
    made.git("tag", "v1")
    second = made.commit("second", {"src/shop/cart.py": CART.replace("1", "2")})
    newest = made.commit("third", {"src/shop/cart.py": CART.replace("1", "3") + "# long\n" * 100_000})
    resource = of(service="shop", environment="prod", version="", revision=second)
    keep(engine, "traces", span(resource=resource, start_ns=NOW_NS - 60 * SECOND_NS))
    config = RepositoryConfig(path=str(made.folder), services=("shop", "idle"))
    with api_over(engine, folder, repositories=(RepositoryConfig(path="/gone"), config)) as api:
        running = api.get("code/file?path=shop/cart.py").json()
        chosen = api.get("code/file?path=src/shop/cart.py&revision=v1&service=shop").json()
        idle = api.get("code/file?path=cart.py&service=idle").json()
        unknown = problem(api.get("code/file?path=shop/carts.py&service=shop"), 404)
        nobody = problem(api.get("code/file?path=shop/cart.py&service=shop&revision=v2"), 404)
        several = problem(api.get("code/file?path=same.py&service=shop"), 400)
        other = problem(api.get("code/file?path=shop/cart.py&service=other"), 404)
        api.parts.library.close()
    assert running == {
        "repository": "code", "revision": second, "path": "src/shop/cart.py", "text": CART.replace("1", "2"),
        "is_cut": False, "is_deployed": True, "service": "shop",
    }  # fmt: skip
    assert (chosen["revision"], chosen["text"], chosen["is_deployed"]) == (first, CART, False)
    assert (idle["revision"], idle["is_cut"], idle["text"].endswith("# long\n")) == (newest, True, True)
    assert len(idle["text"]) <= 400_000
    assert "near to it: src/shop/cart.py" in unknown
    assert "no revision 'v2'" in nobody
    assert "the end of 2 files: a/same.py, b/same.py" in several
    assert "/gone" in other
