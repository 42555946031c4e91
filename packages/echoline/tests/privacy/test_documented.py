"""docs/redaction.md says what the code does."""

import re
from pathlib import Path
from typing import get_args, get_type_hints

from echoline.config import RedactionConfig
from echoline.privacy.detectors import KINDS
from echoline.privacy.key_names import exempt_kinds


def _page(repository: Path) -> str:
    return (repository / "docs/redaction.md").read_text("utf-8")


def test_every_kind_is_documented_and_no_other(repository: Path) -> None:
    table = _page(repository).split("## Kinds")[1].split("###")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(KINDS)


def test_every_mode_is_documented(repository: Path) -> None:
    table = _page(repository).split("## Modes")[1].split("## Settings")[0]
    modes = get_args(get_type_hints(RedactionConfig)["mode"])
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == list(modes)


def test_the_attributes_said_to_keep_addresses_do(repository: Path) -> None:
    said = _page(repository).split("name our own side:")[1].split(";")[0]
    names = [name.replace("*", "ip") for name in re.findall(r"`([\w.*]+)`", said)]
    assert len(names) == 10
    assert [name for name in names if "ip" not in exempt_kinds(name)] == []
