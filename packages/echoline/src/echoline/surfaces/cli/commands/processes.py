"""`echoline up`, `receive`, `serve` and `engine`: reads the flags and hands over."""

import typer

from echoline.surfaces.cli import settings
from echoline.surfaces.cli.program import Processes


def _command(name: str, words: str) -> typer.Typer:
    """A command with the flags that all processes share."""
    made = typer.Typer(rich_markup_mode=None, add_completion=False)

    @made.command(help=words)
    def run(
        context: typer.Context,
        data_dir: settings.DataDir = None,
        config: settings.ConfigFile = None,
        host: settings.Host = None,
        grpc_port: settings.GrpcPort = None,
        http_port: settings.HttpPort = None,
        api_port: settings.ApiPort = None,
        set_: settings.Set = None,
        ready_file: settings.ReadyFile = None,
    ) -> int:
        loaded = settings.load(
            config,
            set_,
            data_dir=data_dir,
            server__host=host,
            server__grpc_port=grpc_port,
            server__http_port=http_port,
            server__api_port=api_port,
        )
        processes: Processes = context.obj
        return processes.run(name, loaded.settings, ready_file)

    return made


commands = {
    "up": _command(
        "up",
        "Start Echoline: receive OTLP, keep it, and answer.\n\nSend OTLP to port 4317 (gRPC) or 4318 (HTTP), then ask "
        "with `echoline services` in another terminal. Ctrl-C ends it.",
    ),
    "receive": _command("receive", "Run the receiving process alone: it takes OTLP and writes the journal."),
    "serve": _command("serve", "Run the answering process alone: it loads the journal and answers."),
    "engine": _command("engine", "Run the engine alone, for a look at what it does."),
}
