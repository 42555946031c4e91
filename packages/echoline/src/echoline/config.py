"""Settings: read once, checked at start, each with its origin.

Sources, later ones win: defaults, `echoline.toml`, `ECHOLINE_*` variables (`ECHOLINE_RECEIVE__MAX_BODY_BYTES`), flags.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, get_type_hints

import msgspec
import platformdirs

from echoline.errors import BadConfig

MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True)
class ServerConfig:
    """Addresses and ports."""

    host: str = "127.0.0.1"
    """Address to listen on. Anything but loopback needs tokens (`echoline tokens create`)."""
    grpc_port: int = 4317
    """OTLP/gRPC. 0 picks a free port, as for the other two."""
    http_port: int = 4318
    """OTLP/HTTP."""
    api_port: int = 4319
    """API, web page, MCP and webhooks."""
    allowed_hosts: tuple[str, ...] = ()
    """Further names that the Host header may carry, beside localhost and the address itself."""
    allowed_origins: tuple[str, ...] = ()
    """Origins that a browser may call from (CORS), beside our own."""


@dataclass(frozen=True)
class ReceiveConfig:
    """What the receiving process holds and refuses."""

    max_body_bytes: int = 16 * MIB
    """Largest request body on the wire."""
    max_decompressed_bytes: int = 64 * MIB
    """Largest request body after decompression; a bomb costs no more than this."""
    max_queue_bytes: int = 64 * MIB
    """Bodies waiting for the disk; beyond it senders get 429 / RESOURCE_EXHAUSTED."""
    max_journal_bytes: int = 4 * GIB
    """Journal on disk that `serve` has not loaded yet; beyond it senders get 429 / RESOURCE_EXHAUSTED."""
    segment_bytes: int = 64 * MIB
    """Size at which a journal segment is closed and the next one started."""
    duplicate_window_s: int = 600
    """How long a body is remembered, so that a retry after a lost answer is not stored again."""


@dataclass(frozen=True)
class LimitsConfig:
    """Bounds of single items, and of what is kept aside."""

    max_attributes: int = 256
    """Attributes per span, log record, point, event, link, scope or resource; the rest is cut and counted."""
    max_value_bytes: int = 64 * 1024
    """Longest string value, name, body or message in UTF-8; longer ones are cut and counted."""
    max_key_bytes: int = 256
    """Longest attribute key; longer ones are cut and counted."""
    max_depth: int = 16
    """Nesting of arrays and maps in one value; a deeper value is replaced by "…" and counted."""
    max_stack_frames: int = 512
    """Frames of one stack of a profile; of a deeper one the outermost are cut and counted."""
    max_ahead_s: int = 24 * 3600
    """Items further in the future are refused as `too_new`."""
    max_quarantine_bytes: int = 256 * MIB
    """Bytes of requests that could not be decoded, kept for a look; the oldest go first."""
    max_quarantine_days: int = 7
    """Age after which quarantined requests are deleted."""


@dataclass(frozen=True)
class RetentionRule:
    """An exception from `retention.raw`."""

    keep: str
    """Days to keep, like "90d"; the first rule that fits wins."""
    signal: Literal["traces", "logs", "metrics", "profiles", "any"] = "any"
    """Which signal it is about: "traces", "logs", "metrics", "profiles" or "any"."""
    service: str = "*"
    """Shell-style pattern of the service name."""
    environment: str = "*"
    """Shell-style pattern of the environment."""


@dataclass(frozen=True)
class RetentionConfig:
    """How long things are kept."""

    raw: str = "14d"
    """Days that spans, log records, points and profile samples are kept, or "off" to keep them and accept any age."""
    rollups: str = "400d"
    """Days that rollups are kept, or "off"."""
    rules: tuple[RetentionRule, ...] = ()
    """Exceptions by signal, service and environment: `[[retention.rules]]`."""


@dataclass(frozen=True)
class RedactionRule:
    """A redaction of the user's own."""

    name: str
    """Counted and shown under this name."""
    pattern: str = ""
    """RE2 pattern; what it matches is redacted wherever it stands."""
    key: str = ""
    """RE2 pattern of attribute keys; the whole value is redacted."""
    mode: Literal["mask", "remove", "hash", "truncate"] = "mask"
    """What stands in the place of what it finds, as `redaction.mode`."""


@dataclass(frozen=True)
class RedactionConfig:
    """What is redacted before storage."""

    mode: Literal["mask", "remove", "hash", "truncate"] = "mask"
    """What stands in the place of a finding: a mask naming its kind, nothing, a keyed hash, or its first letters."""
    off: tuple[str, ...] = ()
    """Built-in kinds to switch off, by the names in docs/redaction.md."""
    rules: tuple[RedactionRule, ...] = ()
    """Own rules: `[[redaction.rules]]`."""


@dataclass(frozen=True)
class StoreConfig:
    """Bounds of the engine."""

    max_memory_bytes: int = 900 * MIB
    """Memory of the engine's process; loading waits and questions are refused beyond it."""
    max_disk_bytes: int = 100 * GIB
    """Disk of the store; beyond it the oldest raw days are dropped, counted and shown by doctor."""
    query_timeout_s: float = 20.0
    """Longest time for one query."""
    query_memory_bytes: int = 300 * MIB
    """Most memory for one query."""
    query_threads: int = 4
    """Queries that run at once; others wait."""
    batch_rows: int = 122_000
    """Rows after which a batch is inserted."""
    batch_bytes: int = 24 * MIB
    """Decompressed bytes of requests that are decoded together; a batch is inserted after four times as many."""
    batch_seconds: float = 1.0
    """Age at which a smaller batch is inserted."""


@dataclass(frozen=True)
class SettleConfig:
    """`[settle]`: what is computed over whole traces."""

    quiet_seconds: float = 5.0
    """How long spans wait for the rest of their trace before it is settled; later ones settle it again."""
    max_trace_spans: int = 100_000
    """A trace with more spans is settled in parts: by those that arrived together."""


@dataclass(frozen=True)
class TelemetryConfig:
    """What Echoline tells about itself."""

    own_metrics: bool = True
    """Whether it sends its own metrics to its own receiver, as service `echoline`."""
    interval_s: float = 60.0
    """How often."""


@dataclass(frozen=True)
class RepositoryConfig:
    """A repository of code, by the path of its folder or by a URL."""

    path: str = ""
    """Folder of a repository on this machine; it is read in place and never changed."""
    url: str = ""
    """Where to clone it from, with https, ssh or file; the copy in the data directory holds no file above 1 MiB."""
    name: str = ""
    """What it is called in answers; empty means the last part of the path or URL."""
    services: tuple[str, ...] = ()
    """Shell-style patterns of the services that run its code; empty means every service."""
    package_roots: tuple[str, ...] = ()
    """Folders in it from which modules are imported, like "src"; empty means: found by `__init__.py`."""
    branch: str = ""
    """The branch that is deployed from; empty means the one that is checked out, or the remote's default."""
    token_variable: str = "ECHOLINE_GIT_TOKEN"  # noqa: S105 - its name
    """Environment variable that holds the token for an https URL; the token itself is never stored."""


@dataclass(frozen=True)
class SourceConfig:
    """Bounds of reading repositories."""

    max_commits: int = 50_000
    """Commits that are read, the newest; older ones are unknown revisions."""
    max_files: int = 20_000
    """Files of code that are indexed at one revision."""
    max_file_bytes: int = MIB
    """Largest file that is read; generated ones are larger."""
    max_changed_files: int = 3_000
    """Files of one difference whose functions are compared; of further ones only the name is told."""
    git_timeout_s: float = 60.0
    """Longest time for one call of git."""
    fetch_timeout_s: float = 600.0
    """Longest time for cloning or fetching."""
    fetch_interval_s: float = 300.0
    """How often repositories with a URL are fetched."""


@dataclass(frozen=True)
class Settings:
    """All settings, by section."""

    data_dir: Path = field(default_factory=lambda: Path(platformdirs.user_data_dir("echoline")))
    """Where everything is kept, mode 0700."""
    server: ServerConfig = field(default_factory=ServerConfig)
    receive: ReceiveConfig = field(default_factory=ReceiveConfig)
    limits: LimitsConfig = field(default_factory=LimitsConfig)
    retention: RetentionConfig = field(default_factory=RetentionConfig)
    redaction: RedactionConfig = field(default_factory=RedactionConfig)
    store: StoreConfig = field(default_factory=StoreConfig)
    settle: SettleConfig = field(default_factory=SettleConfig)
    telemetry: TelemetryConfig = field(default_factory=TelemetryConfig)
    source: SourceConfig = field(default_factory=SourceConfig)
    repositories: tuple[RepositoryConfig, ...] = ()
    """Where the code of services is: `[[repositories]]`."""


@dataclass(frozen=True)
class Loaded:
    """The effective settings and where each came from: dotted name to origin."""

    settings: Settings
    origins: Mapping[str, str]


def days(text: str) -> int | None:
    """ "14d" as 14, "2y" as 730, "off" as None. Raises ValueError for anything else."""
    if text == "off":
        return None
    match = re.fullmatch(r"(\d+)([dwy])", text)
    if not match or int(match[1]) < 1:
        raise ValueError(text)
    return int(match[1]) * {"d": 1, "w": 7, "y": 365}[match[2]]


def load(
    flags: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
    file: Path | None = None,
) -> Loaded:
    """Effective settings; `flags` by dotted name, None meaning not given.

    The file is `file`, else ECHOLINE_CONFIG, else `echoline.toml` in the working directory, else in the data directory.
    Raises BadConfig naming setting, value and what is allowed.
    """
    environ = os.environ if environ is None else environ
    known = _leaves(Settings)
    found: dict[str, tuple[object, str]] = {}
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    path = _file(file, environ, given)
    if path is not None:
        for name, value in _flatten(_toml(path), known, str(path)).items():
            found[name] = (value, str(path))
    for variable, text in environ.items():
        if variable.startswith("ECHOLINE_") and not variable.startswith(_AGENT) and variable not in _OTHER_VARIABLES:
            name = variable.removeprefix("ECHOLINE_").lower().replace("__", ".")
            _check_known(name, known, variable)
            found[name] = (text.split(",") if name in _LISTS else text, variable)
    for name, value in given.items():
        _check_known(name, known, "flag")
        found[name] = (value, "flag")
    settings = _convert(found)
    _check(settings, {name: origin for name, (_, origin) in found.items()})
    return Loaded(settings, {name: found[name][1] if name in found else "default" for name in known})


# What the agent reads, in programs that one command or one shell starts beside this.
_AGENT = "ECHOLINE_AGENT_"
_OTHER_VARIABLES = {
    *("ECHOLINE_CONFIG", "ECHOLINE_CORPORA", "ECHOLINE_URL", "ECHOLINE_TOKEN", "ECHOLINE_GIT_TOKEN"),
    *("ECHOLINE_STAMP_FILE", "ECHOLINE_REVISION", "ECHOLINE_BRANCH", "ECHOLINE_REPOSITORY_URL", "ECHOLINE_VERSION"),
    "ECHOLINE_ENVIRONMENT",
}
_LISTS = {"server.allowed_hosts", "server.allowed_origins", "redaction.off"}


def _leaves(kind: type, prefix: str = "") -> list[str]:
    """Dotted names of all settings, in the order of their definition."""
    names: list[str] = []
    for name, hint in get_type_hints(kind).items():
        nested = isinstance(hint, type) and is_dataclass(hint)
        names += _leaves(hint, f"{prefix}{name}.") if nested else [prefix + name]
    return names


def _file(file: Path | None, environ: Mapping[str, str], given: Mapping[str, object]) -> Path | None:
    named = file or (Path(environ["ECHOLINE_CONFIG"]) if environ.get("ECHOLINE_CONFIG") else None)
    if named is not None:
        if not named.is_file():
            raise BadConfig(f"settings file {named} does not exist")
        return named
    data_dir = Path(str(given.get("data_dir") or environ.get("ECHOLINE_DATA_DIR") or Settings().data_dir))
    return next((path for path in (Path("echoline.toml"), data_dir / "echoline.toml") if path.is_file()), None)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfig(f"settings file {path} is not TOML: {error}") from error
    except OSError as error:
        raise BadConfig(f"settings file {path} cannot be read: {error}") from error


def _flatten(table: Mapping[str, Any], known: Sequence[str], origin: str, prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in table.items():
        name = prefix + key
        if isinstance(value, dict) and any(leaf.startswith(name + ".") for leaf in known):
            flat |= _flatten(value, known, origin, name + ".")
        else:
            _check_known(name, known, origin)
            _check_tables(name, value, origin)
            flat[name] = value
    return flat


def _check_tables(name: str, value: object, origin: str) -> None:
    """Names of settings in a list of tables, which no dotted name stands for."""
    if name == "repositories" and isinstance(value, list):
        for table in value:
            for key in table if isinstance(table, dict) else ():
                _check_known(key, [each.name for each in fields(RepositoryConfig)], f"{origin}, [[{name}]]")


def _check_known(name: str, known: Sequence[str], origin: str) -> None:
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        hint = f"; did you mean {near[0]!r}?" if near else "; `echoline config show` lists them"
        raise BadConfig(f"unknown setting {name!r} ({origin}){hint}")


def _convert(found: Mapping[str, tuple[object, str]]) -> Settings:
    tree: dict[str, Any] = {}
    for name, (value, _) in found.items():
        *sections, leaf = name.split(".")
        table = tree
        for section in sections:
            table = table.setdefault(section, {})
        table[leaf] = value
    try:
        return msgspec.convert(tree, Settings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        match = re.search(r"`\$\.([^`]*)`", str(error))
        name = re.sub(r"\[.*", "", match[1]) if match else "settings"
        value, origin = found.get(name, ("?", "settings"))
        reason = str(error).split(" - at")[0]
        raise BadConfig(f"setting {name!r} = {value!r} ({origin}): {reason}") from error


def _path(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value)).expanduser()
    raise NotImplementedError(kind)


def _check(settings: Settings, origins: Mapping[str, str]) -> None:
    """What a type cannot say: ports, positive sizes, durations."""

    def refuse(name: str, value: object, allowed: str) -> None:
        raise BadConfig(f"setting {name!r} = {value!r} ({origins.get(name, 'default')}): allowed is {allowed}")

    for section in ("server", "receive", "limits", "store", "settle", "telemetry", "source"):
        values = getattr(settings, section)
        for each in fields(values):
            value = getattr(values, each.name)
            name = f"{section}.{each.name}"
            if each.name.endswith("_port"):
                if not 0 <= value <= 65535:
                    refuse(name, value, "0 to 65535")
            elif isinstance(value, int | float) and not isinstance(value, bool) and value <= 0:
                refuse(name, value, "a number above 0")
    for name in ("raw", "rollups"):
        _check_days(f"retention.{name}", getattr(settings.retention, name), refuse)
    for rule in settings.retention.rules:
        _check_days("retention.rules", rule.keep, refuse)
    _check_repositories(settings.repositories, refuse)


def _check_days(name: str, text: str, refuse: Any) -> None:
    try:
        days(text)
    except ValueError:
        refuse(name, text, '"off" or a number of days, weeks or years like "14d", "6w", "2y"')


def _check_repositories(repositories: Sequence[RepositoryConfig], refuse: Any) -> None:
    """One of path and URL for each, a name of its own, and a URL that holds no secret and starts no program."""
    names = set[str]()
    for given in repositories:
        where = given.path or given.url
        if bool(given.path) == bool(given.url):
            refuse("repositories", where, "either a path or a url for each")
        if given.url and not re.match(r"(?:https?|ssh|git|file)://|[\w.-]+@[\w.-]+:", given.url):
            refuse("repositories.url", given.url, "https://…, ssh://…, file://… or git@host:path")
        if re.match(r"https?://[^/]*@", given.url):
            shown = re.sub("//[^/]*@", "//…@", given.url)
            refuse("repositories.url", shown, f"a url without a token; put it into the variable {given.token_variable}")
        name = given.name or re.split(r"[/:]", where.rstrip("/"))[-1].removesuffix(".git")
        if name in names:
            refuse("repositories.name", name, "a name of its own for each")
        names.add(name)
