"""The resource of the program's telemetry: which service, version, revision and environment, on which machine."""

import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path

from echoline_agent import revision
from echoline_agent.settings import AgentSettings

Attributes = dict[str, str | int | bool]


def attributes(settings: AgentSettings, environ: Mapping[str, str], folder: Path) -> Attributes:
    """What the agent knows by itself; what `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME` say comes above it."""
    return {
        "service.name": service_name(environ, folder),
        **revision.attributes(revision.find(environ, folder, settings.stamp_file)),
        "telemetry.distro.name": "echoline-agent",
        "telemetry.distro.version": version(),
        "host.name": platform.node(),
        "process.pid": os.getpid(),
        "process.executable.path": sys.executable,
        "process.runtime.name": sys.implementation.name,
        "process.runtime.version": platform.python_version(),
        "process.working_directory": str(folder),
    }


def service_name(environ: Mapping[str, str], folder: Path) -> str:
    """The name of the project in the working directory, else of the directory; a variable of OpenTelemetry wins."""
    if name := environ.get("OTEL_SERVICE_NAME", "").strip():
        return name
    return _project_name(folder) or folder.name or "python"


def _project_name(folder: Path) -> str | None:
    import tomllib  # only a program that is instrumented pays for it

    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    for table in (project.get("project"), project.get("tool", {}).get("poetry")):
        if isinstance(table, dict) and isinstance(name := table.get("name"), str) and name:
            return name
    return None


def version() -> str:
    """The agent's own version; a bundle brings no metadata of it when it runs from its sources."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("echoline-agent")
    except PackageNotFoundError:
        return "0"
