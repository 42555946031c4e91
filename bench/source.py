"""How long it takes to read a large repository: commits, functions, differences, identity.

    make bench-source [COMMITS=10000] [FILES=2000]

Made by chance: a tenth of the changed files has a function renamed, a tenth gets one, a twentieth moves.
Times are of CPU, of this process and of git, so a busy machine does not change them much. Nothing is known beforehand
but where it says so.
"""

import argparse
import os
import random
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from echoline.config import RepositoryConfig, Settings
from echoline.source.call_graph import call_graph
from echoline.source.functions import functions
from echoline.source.library import Library
from echoline.source.revisions import history
from echoline.source.routes import routes

START_S = 1_760_000_000
FUNCTIONS_A_FILE = 12


def function(chance: random.Random, name: str) -> str:
    """Six lines that do something."""
    return (
        f"def {name}(a, b={chance.randrange(9)}):\n"
        f"    x = [each.{chance.choice('pqrs')}{chance.randrange(50)} for each in a if each > {chance.randrange(99)}]\n"
        f"    y = call_{chance.randrange(500)}(x, b, name='{chance.randrange(999)}')\n"
        f"    if not y:\n        raise ValueError(a)\n    return y * {chance.randrange(9)}\n"
    )


def changes(chance: random.Random, commits: int, files: int) -> Iterator[bytes]:
    """What `git fast-import` reads."""
    content = {
        f"pkg/m{number % 40}/mod{number}.py": [
            function(chance, f"f{number}_{place}") for place in range(FUNCTIONS_A_FILE)
        ]
        for number in range(files)
    }
    for number in range(commits):
        head = (
            f"commit refs/heads/main\ncommitter Ada <ada@example.org> {START_S + 60 * number} +0000\ndata 6\nchange\n"
        )
        yield head.encode()
        paths = list(content) if number == 0 else chance.sample(list(content), chance.choice([1, 2, 3]))
        if number == 0:
            for folder in ("pkg", *(f"pkg/m{each}" for each in range(40))):
                yield f"M 100644 inline {folder}/__init__.py\ndata 0\n\n".encode()
        for path in paths:
            yield from change(chance, content, path, number)


def change(chance: random.Random, content: dict[str, list[str]], path: str, number: int) -> Iterator[bytes]:
    """One file of a commit."""
    parts, dice = content[path], chance.random() if number else 1.0
    place = chance.randrange(len(parts))
    if dice < 0.05:
        target = f"pkg/m{chance.randrange(40)}/new{number}.py"
        content[target] = content.pop(path)
        yield f"R {path} {target}\n".encode()
        return
    if dice < 0.15:
        parts[place] = parts[place].replace("def ", f"def r{number}_", 1)
    elif dice < 0.25:
        parts.insert(place, function(chance, f"added{number}"))
    elif number:
        parts[place] = parts[place].replace("return ", f"return {number} + ", 1)
    text = "\n\n".join(parts).encode()
    yield f"M 100644 inline {path}\ndata {len(text)}\n".encode() + text + b"\n"


def timed(what: str, work: Callable[[], object]) -> object:
    """Prints the CPU time of this process and of git."""
    began, children = time.process_time(), resource.getrusage(resource.RUSAGE_CHILDREN)
    result = work()
    own, after = time.process_time() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    git = after.ru_utime + after.ru_stime - children.ru_utime - children.ru_stime
    print(f"{what:48} {own:8.2f} s  {git:8.2f} s", flush=True)
    return result


def measure(folder: Path, data: Path) -> None:
    """All that a large repository is asked."""
    given = RepositoryConfig(path=str(folder), name="made")
    library = Library(Settings(data_dir=data, repositories=(given,)), dict(os.environ))
    git, identity = library.repository("made").git, library.identity("made")
    print(f"{'':48} {'own CPU':>10}  {'git':>8}")
    timed("state", library.states)
    commits = history(git, most=100_000).commits
    timed(f"history of {len(commits)} commits", lambda: history(git, most=100_000))
    found = library.index("made")
    source = [library.text("made", "", path) or "" for path in list(found.by_file)[:300]]
    timed("functions of 300 files", lambda: [functions(each.encode(), "python") for each in source])
    ids = [commit.id for commit in commits]
    near, far = ids[min(100, len(ids) - 1)], ids[min(1000, len(ids) - 1)]
    timed("index of another revision, most files known", lambda: library.index("made", near))
    timed("locate, 1000 times", lambda: [found.locate("/app/pkg/m3/mod3.py", "f3_4") for _ in range(1000)])
    timed("difference over 100 commits", lambda: library.difference("made", near, ids[0]))
    timed("aliases over 100 commits", lambda: identity.aliases(near, ids[0]))
    timed("aliases over 1000 commits", lambda: identity.aliases(far, ids[0]))
    timed("aliases over 1000 commits, known", lambda: identity.aliases(far, ids[0]))
    program = library.program("made")
    timed("routes", lambda: routes(program))
    timed("call graph", lambda: call_graph(program))
    library.close()
    print(f"memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def main() -> None:
    """Makes the repository and asks it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--commits", type=int, default=10_000)
    parser.add_argument("--files", type=int, default=2_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "code"
        subprocess.run(["git", "init", "--quiet", "-b", "main", str(folder)], check=True)
        with tempfile.TemporaryFile() as stream:
            stream.writelines(changes(random.Random(1), given.commits, given.files))
            stream.seek(0)
            subprocess.run(["git", "fast-import", "--quiet"], cwd=folder, stdin=stream, check=True)
        measure(folder, Path(name) / "data")


if __name__ == "__main__":
    main()
