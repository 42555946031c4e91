import os
import subprocess
import sys
from pathlib import Path

import pytest

from echoline.errors import BadConfig
from echoline.stores.lock import Lock

HOLD = """
import sys, time
from pathlib import Path
from echoline.stores.lock import Lock
lock = Lock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_the_holder_is_named_and_a_release_lets_the_next_one_in(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "lock")
    with pytest.raises(BadConfig, match=f"in use by process {os.getpid()}"):
        Lock(tmp_path / "lock", wait_s=0.1)
    lock.release()
    Lock(tmp_path / "lock", wait_s=0).release()


def test_a_lock_ends_with_its_process_however_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(BadConfig, match=str(holder.pid)):
            Lock(path, wait_s=0)
        holder.kill()
    Lock(path, wait_s=5).release()
