"""Runs inside users' programs: instruments them, and never raises into its host."""

TYPE_CHECKING = False  # the one of `typing` would be the dearest import of a plain program
if TYPE_CHECKING:
    from echoline_agent.functions.instrumented import instrument

__all__ = ["instrument"]


def __getattr__(name: str) -> object:
    """The decorator is loaded when it is asked for: importing the package alone costs nothing."""
    if name == "instrument":
        from echoline_agent.functions.instrumented import instrument

        return instrument
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
