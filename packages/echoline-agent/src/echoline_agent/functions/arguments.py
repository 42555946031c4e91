"""Arguments of the `@instrument`-ed functions that the user names: numbers as they are, of all else type and length.

Nothing of the program runs for it: only values whose type is exactly one of the language's own are looked at.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import FunctionType
from typing import Any

from opentelemetry.util.types import AttributeValue

from echoline_agent.functions import code_names
from echoline_agent.guard import guard
from echoline_agent.settings import AgentSettings

PREFIX = "code.argument."
MOST = 16
LONGEST_TEXT = 200
PART = "arguments"
_SIZED = frozenset({str, bytes, bytearray, list, tuple, dict, set, frozenset, range})
_WHOLE = range(-(2**63), 2**63)

Told = dict[str, AttributeValue]
Arguments = Callable[[tuple[Any, ...], Mapping[str, Any]], Told]
"""Makes attributes of what one call is given."""


@guard(PART)
def arguments_of(function: object, settings: AgentSettings) -> Arguments | None:
    """What tells the arguments of a function, when a pattern names it; None when none does, as always unless set."""
    if not settings.arguments or not isinstance(function, FunctionType):
        return None
    name = str(code_names.of_function(function)[code_names.FUNCTION])
    if not _is_named(name, settings.arguments):
        return None
    kinds = inspect.signature(function, follow_wrapped=False).parameters.values()
    names = [each.name for each in kinds if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)]
    ordered = [each.name for each in kinds if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    texts = frozenset(each for each in names if _is_named(f"{name}.{each}", settings.argument_texts))
    return _Teller(function, tuple(ordered), tuple(each for each in names if each not in ("self", "cls"))[:MOST], texts)


@dataclass(frozen=True)
class _Teller:
    function: FunctionType
    ordered: tuple[str, ...]
    """The parameters that may be given by position."""
    names: tuple[str, ...]
    """Those that are told."""
    texts: frozenset[str]
    """Those whose texts are told."""

    def __call__(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Told:
        return self.told(args, kwargs) or {}

    @guard(PART)
    def told(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Told:
        """By name; defaults too. What is missing is left to the call itself, which raises."""
        defaults = self.function.__defaults__ or ()
        given = dict(zip(self.ordered[len(self.ordered) - len(defaults) :], defaults, strict=True))
        given.update(self.function.__kwdefaults__ or {})
        given.update(kwargs)
        given.update(zip(self.ordered, args, strict=False))
        found: Told = {}
        for name in self.names:
            if name in given:
                _tell(found, PREFIX + name, given[name], has_text=name in self.texts)
        return found


def _tell(found: Told, key: str, value: Any, *, has_text: bool) -> None:
    kind = type(value)
    if kind is bool or kind is float or (kind is int and value in _WHOLE):
        found[key] = value
        return
    if kind is str and has_text:
        # Half a surrogate pair would keep the whole request from being sent.
        found[key] = value[:LONGEST_TEXT].encode("utf-8", "replace").decode()
    if kind in _SIZED:
        found[f"{key}.length"] = len(value)
    # OpenTelemetry's attributes have no None: Echoline takes this one for it.
    found[f"{key}.type"] = "None" if value is None else _NAME(kind)[:LONGEST_TEXT]


# Past a metaclass of the program's, which may have a property of this name.
_NAME: Callable[[type], str] = type.__dict__["__qualname__"].__get__


def _is_named(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, each) for each in patterns)
