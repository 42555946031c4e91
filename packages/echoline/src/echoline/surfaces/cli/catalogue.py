"""Which commands there are, and how each is found without importing the others."""

import importlib
from dataclasses import dataclass
from typing import Any

import typer
import typer.core

from echoline.surfaces.cli import placeholders


@dataclass(frozen=True)
class Entry:
    """A command: its name, its section in the help, one line about it, and the module in commands/ that has it."""

    name: str
    section: str
    summary: str
    module: str
    is_hidden: bool = False


RUN, LOOK, SEND, KEEP, SET_UP = "Run", "Look", "Send", "Keep", "Set up"

COMMANDS = (
    Entry("up", RUN, "Start Echoline: receive, keep, answer", "processes"),
    Entry("demo", RUN, "Start Echoline and an example shop, use it, show what is seen", "demo"),
    Entry("run", RUN, "Run a Python program with the agent inside: run -- COMMAND...", "run"),
    Entry("receive", RUN, "Run the receiving process alone", "processes"),
    Entry("serve", RUN, "Run the answering process alone", "processes"),
    Entry("engine", RUN, "Run the engine alone", "processes", is_hidden=True),
    Entry("services", LOOK, "Services, with their versions and how much they send", "services"),
    Entry("endpoints", LOOK, "What each service is asked for: calls, errors, durations", "operations"),
    Entry("operations", LOOK, "Everything a service does: endpoints, queries, calls", "operations"),
    Entry("code", LOOK, "Functions: calls, time, self time, callers (code ID)", "code"),
    Entry("flows", LOOK, "Ways that requests take, and their steps (flows ID)", "flows"),
    Entry("traces", LOOK, "Find traces, or see their durations over time (--heat)", "traces"),
    Entry("trace", LOOK, "One trace as a tree, with its logs and errors", "trace"),
    Entry("logs", LOOK, "Search log records, or follow them as they come in", "logs"),
    Entry("patterns", LOOK, "Log messages grouped by template, with counts", "logs"),
    Entry("errors", LOOK, "Exceptions grouped, each with its stack", "errors"),
    Entry("metrics", LOOK, "List metrics, or draw one: rates, increases, percentiles", "metrics"),
    Entry("revisions", LOOK, "Commits, and which deployments they came with", "revisions"),
    Entry("deployments", LOOK, "Releases that started, and what each of them did", "deployments"),
    Entry("profiles", LOOK, "What functions cost: CPU time of their own and in total", "profiles"),
    Entry("compare", LOOK, "What changed between two versions, revisions or windows", "compare"),
    Entry("repositories", LOOK, "Repositories of code, and what keeps us from reading them", "repositories"),
    Entry("replay", SEND, "Send recorded OTLP files to a receiver", "replay"),
    Entry("export", KEEP, "Write what is kept as Parquet files", "export"),
    Entry("backup", KEEP, "Copy the store to a folder, while running", "backup"),
    Entry("restore", KEEP, "Put a backup in the place of the store", "backup"),
    Entry("delete", KEEP, "Delete by service, environment or age", "delete"),
    Entry("quarantine", KEEP, "Requests that could not be decoded", "quarantine"),
    Entry("stamp", SET_UP, "Write the file that tells a program its revision, in a build", "run"),
    Entry("health", SET_UP, "What is stored, refused and waiting", "health"),
    Entry("doctor", SET_UP, "Check this installation and every service that sends to it", "doctor"),
    Entry("tokens", SET_UP, "Make, list and revoke tokens", "tokens"),
    Entry("rules", SET_UP, "Try redaction rules on data", "rules"),
    Entry("config", SET_UP, "The settings in effect and where each comes from", "config"),
)


class Commands(typer.core.TyperGroup):
    """Knows commands by name and line, and imports only the one that is asked for: so the help is there at once."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return [entry.name for entry in COMMANDS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        entry = next((entry for entry in COMMANDS if entry.name == cmd_name), None)
        if entry is None:
            return None
        module = importlib.import_module(f"echoline.surfaces.cli.commands.{entry.module}")
        command = typer.main.get_command(module.commands[entry.name])
        command.name, command.hidden = entry.name, entry.is_hidden
        placeholders.named(command, ctx)
        return command

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        # Only their names count, for "did you mean".
        self.commands = dict.fromkeys(self.list_commands(ctx), typer.core.TyperCommand(None))
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        for section in dict.fromkeys(entry.section for entry in COMMANDS):
            with formatter.section(section):
                entries = [entry for entry in COMMANDS if entry.section == section and not entry.is_hidden]
                formatter.write_dl([(f"{entry.name:<10}", entry.summary) for entry in entries])
        super().format_options(ctx, formatter)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Written by section instead."""
