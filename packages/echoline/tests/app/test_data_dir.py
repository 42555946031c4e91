import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from echoline.app.data_dir import owned, prepare
from echoline.errors import BadConfig

HOLD = """
import sys, pathlib
from echoline.app.data_dir import owned
with owned(pathlib.Path(sys.argv[1])):
    print(flush=True)
    sys.stdin.read()
"""


def test_a_new_folder_is_private(tmp_path: Path) -> None:
    prepare(tmp_path / "new" / "data")
    assert stat.S_IMODE((tmp_path / "new" / "data").stat().st_mode) == 0o700


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    for place in (tmp_path / "data", tmp_path / "data" / "below"):
        with pytest.raises(BadConfig, match="is no folder; choose another one with --data-dir"):
            prepare(place)


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """Root may write everywhere, so a folder stands where the lock file would be."""
    (tmp_path / "up.lock").mkdir()
    with pytest.raises(BadConfig, match=r"'data_dir' = '.*' cannot be written \(Is a directory\)"), owned(tmp_path):
        pass


def test_a_folder_in_use_is_refused_with_the_number_of_its_owner(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as owner:
        assert owner.stdout
        assert owner.stdout.readline() == b"\n"
        with pytest.raises(BadConfig, match=rf"belongs to a running Echoline \(process {owner.pid}\)"), owned(tmp_path):
            pass
        owner.kill()
    with owned(tmp_path):  # a killed owner leaves no lock behind
        assert (tmp_path / "up.lock").read_text() == str(os.getpid())
