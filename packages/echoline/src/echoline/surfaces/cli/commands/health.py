"""`echoline health`: what is stored, refused and waiting."""

from echoline.model.answers import Health
from echoline.surfaces.cli.ask import Ask, command
from echoline.surfaces.cli.rendering.health import HealthPicture


def health(ask: Ask) -> None:
    """What is stored, refused and waiting."""
    answer = ask.server.get("health", Health)
    ask.output.show(answer, lambda: HealthPicture(answer, ask.server.url))


commands = {"health": command(health)}
