"""`import echoline_agent.auto` as the first import of a program instruments it, where `run` is not at hand."""

from echoline_agent import settings, start

start.start(settings.read())
