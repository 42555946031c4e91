"""Starts the agent in a process into which `echoline-agent run` injected it."""

from echoline_agent import settings, start


def start_here() -> None:
    """Reads the settings and starts; called by the injected sitecustomize."""
    start.start(settings.read())
