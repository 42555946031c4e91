"""What stands for a value in the help: words and choices, where Typer shows the types of its parameters."""

from typing import Any

import typer.core

_NUMBERS = ("int", "float")


def named(command: Any, context: Any) -> None:
    """Gives every parameter of a command, and of the commands below it, a placeholder where it has none."""
    for each in getattr(command, "commands", {}).values():
        named(each, context)
    for parameter in command.params:
        if isinstance(parameter, typer.core.TyperArgument):
            # Its name says enough; its type would stand behind it, whatever its placeholder is.
            parameter.metavar = parameter.metavar or f"{parameter.name}".upper()
            parameter.display_type_rich = lambda ctx: None  # type: ignore[method-assign] # noqa: ARG005
        elif parameter.metavar is None and not parameter.is_flag:
            parameter.metavar = _placeholder(parameter, context)


def _placeholder(option: typer.core.TyperOption, context: Any) -> str:
    descriptor = option.type_descriptor
    if descriptor.is_choice:
        return option.display_type(context).strip("<>")
    if descriptor.is_ranged or option.bare_type() in _NUMBERS:
        return "NUMBER"
    return f"{option.name}".upper()
