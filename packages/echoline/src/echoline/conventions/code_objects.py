"""Which function of a program a span is about: `python:shop.cart:Cart.total` out of what `code.*` says.

docs/words.md has the rules.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

UNKNOWN = "?"

_EXTENSIONS = {
    **dict.fromkeys(("py", "pyx", "pyi"), "python"),
    **dict.fromkeys(("js", "mjs", "cjs", "jsx"), "javascript"),
    **dict.fromkeys(("ts", "mts", "cts", "tsx"), "javascript"),
    **dict.fromkeys(("java",), "java"),
    **dict.fromkeys(("kt", "kts"), "kotlin"),
    **dict.fromkeys(("go",), "go"),
    **dict.fromkeys(("cs",), "dotnet"),
    **dict.fromkeys(("rb",), "ruby"),
    **dict.fromkeys(("php",), "php"),
    **dict.fromkeys(("rs",), "rust"),
}
_LANGUAGES = {"nodejs": "javascript", "webjs": "javascript", "typescript": "javascript", "csharp": "dotnet"}
_BY_PATH = {"python", "javascript"}
# Behind these lies what others wrote.
_LIBRARIES = re.compile(
    r"(?:^|/)(?:site-packages|dist-packages|node_modules|vendor/bundle/.*?/gems/[^/]+|gems/[^/]+/lib)/"
    r"|(?:^|/)lib(?:64)?/python\d(?:\.\d+)?/(?!(?:site|dist)-packages/)"
    r"|^node:|^<frozen "
)
_SCHEME = re.compile(r"^file:/{2}(?=/)")
_FROZEN = re.compile(r"^<frozen ([\w.]+)>$")
_WHOLE_JAVA = re.compile(r"^(?P<module>[^(]*)\.(?P<name>[^.(]+(?:\(.*\))?)$")
_WHOLE_GO = re.compile(r"^(?P<module>(?:.*/)?[^./]+)\.(?P<name>.+)$")
_WHOLE_COLONS = re.compile(r"^(?P<module>.+)::(?P<name>[^:]+)$")
_WHOLE = {
    **dict.fromkeys(("java", "kotlin", "scala", "groovy", "dotnet"), _WHOLE_JAVA),
    "go": _WHOLE_GO,
    **dict.fromkeys(("php", "rust", "cpp", "ruby"), _WHOLE_COLONS),
}


@dataclass(frozen=True)
class CodeObject:
    """A function, method or class. `module` is `?` as long as its file does not say."""

    language: str
    module: str
    qualname: str
    is_library: bool = False
    """Part of the language or of a package that was installed."""

    @property
    def key(self) -> str:
        """As all answers name it."""
        return f"{self.language}:{self.module}:{self.qualname}"


def code_object(language: str, function: str, file: str, roots: Sequence[str] = ()) -> CodeObject | None:
    """What `telemetry.sdk.language`, `code.function.name` and `code.file.path` name; None when there is no function.

    `roots` are the folders that modules are counted from; without them the path's longest end that begins the
    function's name is the module.
    """
    if not function:
        return None
    path = _SCHEME.sub("", file.replace("\\", "/"))
    spoken = _language(language, path)
    is_library = bool(_LIBRARIES.search(path))
    path = _FROZEN.sub(r"\1", path)
    if spoken in _BY_PATH:
        module, qualname = _by_path(function, path, spoken, roots)
    else:
        match = _WHOLE[spoken].match(function) if spoken in _WHOLE else None
        module, qualname = (match["module"], match["name"]) if match else (UNKNOWN, function)
    return CodeObject(spoken, module, qualname, is_library)


def _language(language: str, path: str) -> str:
    named = language.lower()
    return _LANGUAGES.get(named, named) or _EXTENSIONS.get(path.rpartition(".")[2].lower(), UNKNOWN)


def _by_path(function: str, path: str, language: str, roots: Sequence[str]) -> tuple[str, str]:
    """Module and qualified name where the file is the module."""
    spelled = partial(_module, language=language)
    stem = re.sub(r"\.[A-Za-z]+$", "", path)
    ends = [spelled(stem[match.end() :]) for match in re.finditer(r"^|/", stem)]
    for end in ends:  # the longest first
        if end and function.startswith(f"{end}.") and language == "python":
            return end, function[len(end) + 1 :]
    below = _below_root(stem, roots)
    name = function.removeprefix("__main__.")
    if below is not None:
        return spelled(below) or UNKNOWN, name
    if name != function and path:
        return spelled(stem.rpartition("/")[2]), name
    return UNKNOWN, function


def _below_root(stem: str, roots: Sequence[str]) -> str | None:
    """The path below the longest root that holds it, or below the folder of installed packages; None for neither."""
    matches = list(_LIBRARIES.finditer(stem))
    if matches:
        return stem[matches[-1].end() :]
    holding = [root.rstrip("/") + "/" for root in roots if stem.startswith(root.rstrip("/") + "/")]
    if holding:
        return stem[len(max(holding, key=len)) :]
    is_whole = stem.startswith(("/", "<")) or re.match(r"[A-Za-z]:/", stem)
    return None if is_whole or not stem else stem.removeprefix("./")


def _module(path: str, language: str) -> str:
    if language != "python":
        return path
    return path.removesuffix("__init__").strip("/").replace("/", ".")
