import os
import subprocess
import sys
from pathlib import Path

import pytest

from echoline.errors import BadConfig
from echoline.journal.ownership import claim


def test_a_journal_has_one_owner_at_a_time(tmp_path: Path) -> None:
    with claim(tmp_path / "journal"), pytest.raises(BadConfig, match=f"process id {os.getpid()};"):
        claim(tmp_path / "journal")
    claim(tmp_path / "journal").close()


def test_an_owner_that_dies_leaves_the_journal_free(tmp_path: Path) -> None:
    code = "import os, pathlib, sys\nfrom echoline.journal.ownership import claim\n"
    code += "claim(pathlib.Path(sys.argv[1]))\nos._exit(1)"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    claim(tmp_path).close()


def test_the_folders_are_private(tmp_path: Path) -> None:
    claim(tmp_path / "a" / "journal").close()
    modes = [(tmp_path / "a" / name).stat().st_mode & 0o777 for name in ("journal", "journal/segments")]
    assert modes == [0o700, 0o700]
