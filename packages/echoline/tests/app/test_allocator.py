import ctypes
import subprocess
import sys

import pytest

CODE = """
import resource, sys
from echoline.app.allocator import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()
def use():
    for _ in range(300):
        bytes(700_000)[1:], bytes(500_000)[1:]
use()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
use()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(how: str) -> int:
    return int(subprocess.run([sys.executable, "-c", CODE, how], capture_output=True, check=True).stdout)


@pytest.mark.exclusive
def test_large_blocks_are_used_again_without_page_faults() -> None:
    """Where the C library is not glibc nothing changes."""
    kept, given_back = faults("kept"), faults("given back")
    assert kept * 10 < given_back or not hasattr(ctypes.CDLL(None), "mallopt")
