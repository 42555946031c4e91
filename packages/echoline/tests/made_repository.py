"""A real git repository that a test writes commit by commit."""

import os
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

START_S = 1_760_000_000


class MadeRepository:
    """Its commits are a minute apart, so their order is that of the calls."""

    def __init__(self, folder: Path, branch: str = "main") -> None:
        self.folder = folder
        self._now_s = START_S
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "-b", branch)

    def git(self, *arguments: str) -> str:
        """One call of git; returns what it says."""
        self._now_s += 60
        date = f"{self._now_s} +0000"
        environ = {
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Ada",
            "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "ada@example.org",
            "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_DATE": date,
        }
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, subject: str, files: Mapping[str, str | None] | None = None, *options: str) -> str:
        """Writes the files (None deletes one) and commits all there is; returns the id."""
        for path, text in (files or {}).items():
            file = self.folder / path
            if text is None:
                file.unlink()
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, "utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", subject, *options)
        return self.git("rev-parse", "HEAD")

    def write_all(self, commits: Iterable[tuple[str, Mapping[str, str]]], branch: str = "main") -> list[str]:
        """Writes a whole history at once, each commit with all its files, on an empty branch; returns the ids."""
        with tempfile.TemporaryFile() as stream:
            count = 0
            for subject, files in commits:
                count += 1
                stream.write(f"commit refs/heads/{branch}\nmark :{count}\n".encode())
                stream.write(f"committer Ada <ada@example.org> {START_S + 60 * count} +0000\n".encode())
                stream.write(f"data {len(subject.encode())}\n{subject}\ndeleteall\n".encode())
                for path, text in files.items():
                    content = text.encode()
                    stream.write(f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n")
            stream.seek(0)
            marks = self.folder / ".git" / "marks"
            command = ["git", "fast-import", "--quiet", f"--export-marks={marks}"]
            subprocess.run(command, cwd=self.folder, stdin=stream, check=True)
        pairs = dict(line[1:].split() for line in marks.read_text().splitlines())
        self.git("reset", "--quiet", "--hard", branch)
        return [pairs[str(number)] for number in range(1, count + 1)]

    def merge(self, branch: str, subject: str) -> str:
        """Merges another branch with a commit of its own."""
        self.git("merge", "--quiet", "--no-ff", "-m", subject, branch)
        return self.git("rev-parse", "HEAD")
