"""The text of a source file as it was deployed, from the repository of the service that runs it."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from echoline.errors import BadInput, EcholineError
from echoline.model.answers_code import SourceText
from echoline.model.deployments import Started
from echoline.source.library import Library

MOST_BYTES = 400_000
"""Longer texts are cut behind a whole line."""
_MOST_NEAR = 3


@dataclass(frozen=True)
class _Place:
    repository: str
    revision: str
    """In full."""
    is_deployed: bool
    service: str = ""


def source_text(
    library: Library, started: Sequence[Started], path: str, *, service: str = "", revision: str = ""
) -> SourceText:
    """The file of this path, or the only one whose path ends so; deployments come newest first.

    At `revision`, else at the newest that the service is known to run, else at the newest of the branch. Without a
    service every repository is asked, the one deployed last first. Raises BadInput: `not_found` with the nearest names
    when there is none, and for a path that is the end of several.
    """
    wanted = path.replace("\\", "/").removeprefix("./").lstrip("/")
    complaints = list[str]()
    for place in _places(library, started, service, revision, complaints):
        paths = list(library.files(place.repository, place.revision))
        found = _ending(paths, wanted)
        if len(found) > 1:
            raise BadInput(
                f"{path!r} is the end of {len(found)} files: {', '.join(found[:_MOST_NEAR])}; give more of it"
            )
        if found:
            return _read(library, place, found[0])
        complaints.append(_missing(path, place, paths))
    if not complaints:
        of = f" of service {service!r}" if service else ""
        complaints = [f"no repository{of} is configured; `echoline repositories` shows how to name one"]
    raise BadInput(complaints[0], reason="not_found")


def _places(
    library: Library, started: Sequence[Started], service: str, revision: str, complaints: list[str]
) -> list[_Place]:
    """Where to look, in this order."""
    own = [each for each in started if service in ("", each.service)]
    names = [library.repository_of(each.service) for each in own]
    names += [library.repository_of(service)] if service else library.names
    places = []
    for name in dict.fromkeys(filter(None, names)):
        try:
            places.append(_place(library, name, own, revision))
        except EcholineError as error:
            complaints.append(str(error))
    return places


def _place(library: Library, name: str, started: Sequence[Started], revision: str) -> _Place:
    if revision:
        return _Place(name, library.resolve(name, revision), is_deployed=False)
    at = library.commits(name).now()
    for each in started:
        if library.repository_of(each.service) == name:
            built = at.built(each.release.version, each.release.revision)
            if built:
                return _Place(name, built, is_deployed=True, service=each.service)
    return _Place(name, library.resolve(name, library.repository(name).branch() or "HEAD"), is_deployed=False)


def _ending(paths: Sequence[str], wanted: str) -> list[str]:
    return [wanted] if wanted in paths else [each for each in paths if each.endswith(f"/{wanted}")]


def _read(library: Library, place: _Place, path: str) -> SourceText:
    text = library.text(place.repository, place.revision, path)
    if text is None:
        raise BadInput(f"{path} is larger than what is read of a file (source.max_file_bytes)", reason="not_found")
    content = text.encode()
    is_cut = len(content) > MOST_BYTES
    if is_cut:
        head = content[:MOST_BYTES]
        text = head[: head.rfind(b"\n") + 1].decode("utf-8", "ignore")
    return SourceText(place.repository, place.revision, path, text, is_cut, place.is_deployed, place.service)


def _missing(path: str, place: _Place, paths: Sequence[str]) -> str:
    by_name = {each.rpartition("/")[2]: each for each in paths}
    near = [by_name[each] for each in difflib.get_close_matches(path.rpartition("/")[2], by_name, _MOST_NEAR)]
    hint = f"; near to it: {', '.join(near)}" if near else ""
    return f"no file {path!r} in repository {place.repository} at {place.revision[:12]}{hint}"
