"""The table of renames against the registry that OpenTelemetry publishes for Python."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from echoline.conventions.semconv import DB_SYSTEMS, JOINS, RENAMES, RESPELLED

REPLACED = re.compile(r'= "(?P<old>[^"]+)"\n"""\nDeprecated: Replaced by `(?P<new>[^`]+)`')


def registry() -> dict[str, str]:
    """Old names and what the registry says they became, where it is one name."""
    package = import_module("opentelemetry.semconv._incubating.attributes")
    folders = [Path(folder) for folder in package.__path__]
    texts = [(folders[0] / f"{module.name}.py").read_text("utf-8") for module in iter_modules(package.__path__)]
    return {found["old"]: found["new"] for text in texts for found in REPLACED.finditer(text)}


NEW = {line.old: {output.new for output in line.outputs} for line in RENAMES}


def test_no_rename_contradicts_the_registry() -> None:
    # Where the side of the call decides, the registry names both; net.peer.ip is the client's address on servers too.
    sided = {line.old for line in RENAMES if line.side}
    wrong = {old: new for old, new in registry().items() if old in NEW and new not in NEW[old] and old not in sided}
    assert wrong == {}


def test_every_deprecation_of_the_conventions_that_we_use_has_its_line() -> None:
    ours = ("http.", "net.", "db.", "code.", "deployment.", "vcs.", "messaging.", "rpc.")
    joined = {name for line in JOINS for name in (line.first, line.second)}
    missing = {old for old in registry() if old.startswith(ours)} - set(NEW) - joined
    # These become several attributes whose names hold a part of the old one, or nothing that is one value.
    assert missing == {
        "db.connection_string",
        "db.elasticsearch.path_parts",
        "rpc.connect_rpc.request.metadata",
        "rpc.connect_rpc.response.metadata",
        "rpc.grpc.request.metadata",
        "rpc.grpc.response.metadata",
    }


def test_nothing_is_renamed_to_an_old_name() -> None:
    assert {output.new for line in (*RENAMES, *RESPELLED) for output in line.outputs} & set(NEW) == set()


def test_systems_get_names_of_today() -> None:
    values = import_module("opentelemetry.semconv._incubating.attributes.db_attributes").DbSystemNameValues
    assert set(DB_SYSTEMS.values()) <= {value.value for value in values}


def test_function_names_hold_their_namespace_once() -> None:
    code, rpc = JOINS
    assert code.spell("shop.cart", "total") == "shop.cart.total"
    assert code.spell("App\\Cart", "total") == "App\\Cart::total"
    assert code.spell("shop::cart", "total") == "shop::cart::total"
    assert code.spell("shop.cart", "shop.cart.total") == "shop.cart.total"
    assert code.spell("", "total") == "total"
    assert rpc.spell("shop.Cart", "Total") == "shop.Cart/Total"
    assert rpc.spell("shop.Cart", "shop.Cart/Total") == "shop.Cart/Total"


def test_every_rename_stands_in_the_document(repository: Path) -> None:
    text = (repository / "docs/conventions.md").read_text("utf-8")
    names = {line.old for line in RENAMES} | {output.new for line in (*RENAMES, *RESPELLED) for output in line.outputs}
    names |= {name for line in JOINS for name in (line.first, line.second, line.new)}
    assert {name for name in names if f"`{name}`" not in text} == set()
