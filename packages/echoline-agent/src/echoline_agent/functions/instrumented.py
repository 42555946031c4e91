"""`@instrument`: a span around each call of a function, or of each public method of a class."""

import functools
import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from types import FunctionType
from typing import Any, TypeVar, overload

from opentelemetry.util.types import AttributeValue

from echoline_agent import settings
from echoline_agent.functions import code_names
from echoline_agent.functions.active_span import ActiveSpan
from echoline_agent.functions.arguments import arguments_of
from echoline_agent.functions.iterating import MakeSpan, iterate, iterate_async
from echoline_agent.functions.views import innermost
from echoline_agent.loud import say

Target = TypeVar("Target")
Function = Callable[..., Any]
MARK = "_echoline_agent_instrumented"


@overload
def instrument(target: Target) -> Target: ...
@overload
def instrument(
    *,
    span_name: str | None = None,
    attributes: Mapping[str, AttributeValue] | None = None,
    record_exception: bool = True,
    ignore: bool | Collection[str] = False,
) -> Callable[[Target], Target]: ...
def instrument(
    target: Any = None,
    *,
    span_name: str | None = None,
    attributes: Mapping[str, AttributeValue] | None = None,
    record_exception: bool = True,
    ignore: bool | Collection[str] = False,
) -> Any:
    """Makes a span of each call, with the function's name, file and line; bare, or with arguments.

    Functions, coroutines, generators and asynchronous generators, whose span lasts while they are iterated; methods of
    all kinds. On a class: its own methods whose names have no leading underscore.

    `span_name` is the qualified name unless given; on a class it comes before the method's. `attributes` go on each
    span. An exception makes the span an error; `record_exception=False` keeps its text and stack out. `ignore=True`
    leaves a method out of its class's; names do it from the class.
    """
    wanted = Wanted(span_name, dict(attributes or {}), records=record_exception)
    if ignore is True:
        return _left_out if target is None else _left_out(target)
    names = frozenset(() if isinstance(ignore, bool) else ignore)
    if target is None:
        return lambda given: _instrumented(given, wanted, names)
    return _instrumented(target, wanted, names)


@dataclass(frozen=True)
class Wanted:
    """What `@instrument` was given."""

    span_name: str | None
    attributes: dict[str, AttributeValue] = field(default_factory=dict)
    records: bool = True

    def span_maker(self, function: Function) -> MakeSpan:
        """Makes the spans of a function; its name, its place and whether its arguments are told are looked up once."""
        inside = innermost(function)
        code = code_names.of_function(inside) if isinstance(inside, FunctionType) else {}
        name = self.span_name or getattr(function, "__qualname__", None) or type(function).__qualname__
        always, records = {**code, **self.attributes}, self.records
        told = arguments_of(inside, settings.read())
        if told is None:
            return lambda _, __: ActiveSpan(name, always, records=records)
        return lambda args, kwargs: ActiveSpan(name, {**told(args, kwargs), **always}, records=records)


def _left_out(target: Any) -> Any:
    setattr(target, MARK, True)
    return target


def _instrumented(target: Any, wanted: Wanted, ignored: frozenset[str]) -> Any:
    if isinstance(target, type):
        return _class(target, wanted, ignored)
    if isinstance(target, (staticmethod, classmethod)):
        return type(target)(_instrumented(target.__func__, wanted, ignored))
    if isinstance(target, property):
        say(f"@instrument stands above @property in {target.fget}: put it below; nothing is instrumented there")
        return target
    if not callable(target):
        say(f"@instrument stands above {target!r}, which cannot be called: nothing is instrumented there")
        return target
    wrapper = functools.wraps(target)(_wrapper(target, wanted.span_maker(target)))
    setattr(wrapper, MARK, True)
    return wrapper


def _class(cls: type, wanted: Wanted, ignored: frozenset[str]) -> type:
    for name, value in list(vars(cls).items()):
        function = getattr(value, "__func__", value)
        is_method = isinstance(value, (FunctionType, staticmethod, classmethod))
        if not is_method or name.startswith("_") or name in ignored or getattr(function, MARK, False):
            continue
        named = replace(wanted, span_name=f"{wanted.span_name}.{name}") if wanted.span_name else wanted
        setattr(cls, name, _instrumented(value, named, frozenset()))
    return cls


def _wrapper(function: Function, span: MakeSpan) -> Function:
    """One of the same kind as the function: whoever asks what it is gets the same answer."""
    if inspect.isasyncgenfunction(function):
        return iterate_async(function, span)
    if inspect.isgeneratorfunction(function):
        return iterate(function, span)
    if inspect.iscoroutinefunction(function):

        async def awaited(*args: Any, **kwargs: Any) -> Any:
            with span(args, kwargs):
                return await function(*args, **kwargs)

        return awaited

    def called(*args: Any, **kwargs: Any) -> Any:
        with span(args, kwargs):
            return function(*args, **kwargs)

    return called
