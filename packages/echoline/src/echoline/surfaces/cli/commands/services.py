"""`echoline services`."""

from echoline.model.answers import Service
from echoline.surfaces.cli import questions
from echoline.surfaces.cli.ask import Ask, command
from echoline.surfaces.cli.questions import Question, answer
from echoline.surfaces.cli.rendering import tables


def services(
    ask: Ask,
    since: questions.Since = None,
    until: questions.Until = None,
    environment: questions.Environment = None,
    limit: questions.Limit = 100,
    cursor: questions.Cursor = None,
) -> None:
    """Services, with their versions and how much they send.

    Calls, errors and durations are those of a service's endpoints.
    """
    params = {"since": since, "until": until, "environment": environment}
    question = Question("services", Service, params, "service", facts=(environment,))
    answer(ask, question, limit, cursor, tables.services)


commands = {"services": command(services)}
