"""`echoline up` on a data directory that it cannot have: one line that says why, exit code 2, nothing changed."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from echoline_process import FREE_PORTS, echoline

STORE_OF_LATER = """
import sys
from pathlib import Path
from echoline.config import StoreConfig
from echoline.stores.engine import Engine
engine = Engine(Path(sys.argv[1]), StoreConfig())
engine.execute("INSERT INTO refusals VALUES (now(), 'traces', 'kept', 0, 7)")
engine.execute("INSERT INTO migrations VALUES (9001, 'later', 'x', now())")
engine.close()
"""
LOOK_INTO_IT = """
import sys
from chdb.session import Session
print(Session(sys.argv[1] + "/store").query("SELECT reason, items FROM echoline.refusals"))
"""


def refused(data_dir: Path) -> str:
    """What `up` says on stderr before it ends with exit code 2; nothing of it is left running."""
    done = echoline("up", "--data-dir", data_dir, *FREE_PORTS)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    running = [" ".join(each.info["cmdline"] or ()) for each in psutil.process_iter(["cmdline"])]
    assert [each for each in running if str(data_dir) in each] == []
    assert not (data_dir / "run.json").exists()
    return done.stderr


def python(program: str, data_dir: Path) -> str:
    return subprocess.run([sys.executable, "-c", program, data_dir], check=True, capture_output=True, text=True).stdout


@contextmanager
def read_only(folder: Path) -> Iterator[Path]:
    """A folder that nobody can write: mounted so where root could write it anyway."""
    folder.mkdir(mode=0o500)
    command = ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(folder)]
    is_mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield folder
    finally:
        if is_mounted:
            subprocess.run(["umount", str(folder)], check=True)


def test_a_read_only_data_directory_is_named(tmp_path: Path) -> None:
    with read_only(tmp_path / "data") as data_dir:
        said = refused(data_dir)
    assert said.startswith(f"echoline: setting 'data_dir' = '{data_dir}' cannot be written (")
    assert said.endswith("choose another one with --data-dir\n")


@pytest.mark.parametrize("place", ["data", "data/below"])
def test_a_file_in_the_place_of_the_data_directory_stays(tmp_path: Path, place: str) -> None:
    (tmp_path / "data").write_text("a diary")
    assert "is no folder; choose another one with --data-dir" in refused(tmp_path / place)
    assert (tmp_path / "data").read_text() == "a diary"


def test_a_store_of_a_newer_version_is_left_as_it_is(tmp_path: Path) -> None:
    python(STORE_OF_LATER, tmp_path)
    said = refused(tmp_path)
    assert "the store was written by a newer Echoline: its schema has version 9001" in said
    assert "update Echoline or choose another data directory" in said
    assert python(LOOK_INTO_IT, tmp_path).split() == ['"kept",7']


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[server\nhost = 1", "is not TOML: "),
        ("[serber]\nhost = '::1'", "unknown setting 'serber'"),
        ("[store]\nquery_threads = 'many'", "setting 'store.query_threads' = 'many'"),
        ("[retention]\nraw = '5 apples'", 'allowed is "off" or a number of days'),
        ("\xff\0", "is not TOML: "),
    ],
)
def test_a_broken_settings_file_is_named_with_what_is_wrong(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "echoline.toml").write_text(text, "latin-1")
    said = refused(tmp_path)
    assert words in said
    assert f"{tmp_path}/echoline.toml" in said
