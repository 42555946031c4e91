"""Calls the `git` program so that nothing of a repository is run, nobody is asked, and nothing takes for ever."""

import base64
import os
import re
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from echoline.errors import BadInput, Unavailable

MAX_OUTPUT_BYTES = 512 << 20
"""Most that is taken of one answer of git."""

_PASSED = ("PATH", "HOME", "TMPDIR", "USER", "LOGNAME", "SSH_AUTH_SOCK", "SSL_CERT_FILE", "SSL_CERT_DIR")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
# What a repository's own configuration could run, look up or change is switched off for each call.
_CONFIG = (
    "safe.directory=*",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.quotePath=false",
    "core.pager=cat",
    "core.alternateRefsCommand=",
    "credential.helper=",
    "log.showSignature=false",
    "diff.external=",
    "diff.noprefix=false",
    "diff.mnemonicPrefix=false",
    "diff.algorithm=myers",
    "gc.auto=0",
    "maintenance.auto=false",
    "protocol.allow=never",
)
_NETWORK = ("https", "http", "ssh", "git", "file")


class Git:
    """git in one folder. Raises BadInput for what git refuses, Unavailable when it does not answer."""

    def __init__(
        self,
        folder: Path,
        *,
        timeout_s: float = 60.0,
        environ: Mapping[str, str] | None = None,
        config: tuple[str, ...] = (),
        remote: str = "",
        token: str = "",
    ) -> None:
        """`remote` is the URL that may be spoken to, none by default; `token` is what lets us in there."""
        self.folder, self.remote = folder, remote
        self._timeout_s, self._config, self._token = timeout_s, config, token
        self._environ = os.environ if environ is None else environ

    def text(self, *arguments: str) -> str:
        """The answer as text without its last line end; bytes that are no UTF-8 are replaced."""
        return self.run(*arguments).decode("utf-8", "replace").rstrip("\n")

    def succeeds(self, *arguments: str) -> bool:
        """Whether git says yes (exit code 0), for questions that it answers by its exit code."""
        try:
            self.run(*arguments)
        except BadInput:
            return False
        return True

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """Standard output."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as complaint:
            given.write(stdin)
            given.seek(0)
            process = start(self.command(*arguments), self.environ(), given, complaint)
            output, is_late = self._read(process)
            complaint.seek(0)
            words = _without(complaint.read(4096).decode("utf-8", "replace").strip(), self._token)
        what = f"git {arguments[0]} in {self.folder}"
        if is_late:
            raise Unavailable(f"{what} did not end within {self._timeout_s:g} s")
        if len(output) > MAX_OUTPUT_BYTES:
            raise BadInput(f"{what} answers with more than {MAX_OUTPUT_BYTES} bytes", reason="huge")
        if process.returncode:
            raise BadInput(f"{what} failed: {words or process.returncode}", reason="git")
        return output

    def command(self, *arguments: str) -> list[str]:
        """The whole command line; it never holds a token."""
        settings = [*_CONFIG, *(f"protocol.{name}.allow=always" for name in _NETWORK if self.remote), *self._config]
        return ["git", "-C", str(self.folder), *(word for each in settings for word in ("-c", each)), *arguments]

    def environ(self) -> dict[str, str]:
        """The whole environment of such a call."""
        if not self.remote:
            return environment(self._environ)
        return environment(self._environ) | network_environment(self._environ, self.remote, self._token)

    def _read(self, process: "subprocess.Popen[bytes]") -> tuple[bytes, bool]:
        late = threading.Event()

        def end() -> None:
            late.set()
            end_group(process)

        timer = threading.Timer(self._timeout_s, end)
        timer.start()
        try:
            with process:
                assert process.stdout is not None
                output = process.stdout.read(MAX_OUTPUT_BYTES + 1)
                if len(output) > MAX_OUTPUT_BYTES:
                    end_group(process)
        finally:
            timer.cancel()
        return output, late.is_set() and process.returncode != 0


def start(
    command: list[str], environ: Mapping[str, str], stdin: IO[bytes] | int, stderr: IO[bytes] | int
) -> "subprocess.Popen[bytes]":
    """A git that runs. Raises Unavailable where there is none."""
    try:
        return subprocess.Popen(
            command, stdin=stdin, stdout=subprocess.PIPE, stderr=stderr, env=environ, start_new_session=True
        )
    except OSError as error:
        raise Unavailable(f"the git program cannot be started ({error}); install git 2.31 or newer") from error


def end_group(process: "subprocess.Popen[bytes]") -> None:
    """Kills it with all that it started: git-remote-https would otherwise live on, and hold the pipes."""
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What reading a repository gets: nothing of the user's configuration, no prompts, no fetching on the side."""
    return {
        **{name: environ[name] for name in _PASSED if name in environ},
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "false",
        "SSH_ASKPASS": "false",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
    }


def network_environment(environ: Mapping[str, str], url: str, token: str) -> dict[str, str]:
    """What speaking to `url` needs on top: proxies, and the token as a header that only this host gets."""
    found = {name: environ[name] for each in _PROXIES for name in (each, each.upper()) if name in environ}
    found["GIT_SSH_COMMAND"] = "ssh -oBatchMode=yes -oConnectTimeout=20"
    parts = urlsplit(url)
    if token and parts.scheme in ("http", "https"):
        # In the environment, because everybody can list the arguments of a process.
        secret = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        found |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.{parts.scheme}://{parts.netloc}/.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {secret}",
        }
    return found


def _without(words: str, token: str) -> str:
    """The complaint without secrets, also those that somebody wrote into a URL."""
    if token:
        words = words.replace(token, "…")
    return re.sub(r"://[^/@\s]+@", "://…@", words)


def quietly_closed(process: "subprocess.Popen[bytes]") -> None:
    """Ends a long-lived git, and waits for it."""
    with suppress(OSError):
        if process.stdin is not None:
            process.stdin.close()
    end_group(process)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
