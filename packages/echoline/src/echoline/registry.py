"""Finds components among the entry points of whatever is installed."""

from importlib.metadata import EntryPoint, entry_points

from echoline.errors import BadConfig


def components(kind: str) -> dict[str, EntryPoint]:
    """All components of a kind by name, not yet loaded. Group: `echoline.<kind>`."""
    return {point.name: point for point in entry_points(group=f"echoline.{kind}")}


def component(kind: str, name: str) -> object:
    """Loads one component; the caller knows its Protocol.

    Raises BadConfig when it is not installed, naming those that are.
    """
    known = components(kind)
    if name not in known:
        raise BadConfig(f"no component {name!r} of kind {kind!r}; installed: {', '.join(sorted(known)) or 'none'}")
    loaded: object = known[name].load()
    return loaded
