"""Attribute names and values of older semantic conventions, and what each became by version 1.44.

One table for all signals, in the order in which the lines are tried: of two that lead to one new name the first wins,
and a new name that was sent wins over both. Source: the deprecations in the registry of OpenTelemetry's semantic
conventions 1.44.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Side = Literal["server", "client"]
# How a value changes; conventions/values.py says what each means.
Change = Literal[
    "same", "integer", "text", "array", "path", "query", "host", "port", "version", "route",
    "db_system", "transport", "network_type", "rpc_system", "grpc_status", "operation_type",
]  # fmt: skip


@dataclass(frozen=True)
class Output:
    """A new name and how the old value becomes its value."""

    new: str
    change: Change = "same"


@dataclass(frozen=True)
class Rename:
    """An old name and what it becomes. With several outputs the value is split over those that are free."""

    old: str
    outputs: tuple[Output, ...]
    side: Side | None = None
    """Only on spans (and metrics) of this side: SERVER and CONSUMER, or all others."""
    is_last: bool = True
    """Whether the old attribute leaves when its new name is taken; else a later line may still find a place for it."""


@dataclass(frozen=True)
class Join:
    """Two old names that became one."""

    first: str
    second: str
    new: str
    separator: str
    """Between the two; "" for that of the programming language, which the first one shows."""
    is_first_needed: bool
    """Whether nothing changes without the first one; else the second stands alone."""

    def spell(self, first: str, second: str) -> str:
        """Both as one; the second as it is when it holds the first already."""
        separator = self.separator or ("::" if "::" in first or "\\" in first else ".")
        is_whole = not first or separator in second if self.separator else second.startswith(first + separator)
        return second if is_whole or not first else f"{first}{separator}{second}"


def _renames(table: str, change: Change = "same") -> tuple[Rename, ...]:
    """Lines of `old new`."""
    pairs = [line.split() for line in table.strip().splitlines()]
    return tuple(Rename(old, (Output(new, change),)) for old, new in pairs)


_HTTP = (
    *_renames("""
        http.method          http.request.method
        http.url             url.full
        http.scheme          url.scheme
        http.user_agent      user_agent.original
        http.client_ip       client.address
        http.retry_count     http.request.resend_count
        http.resend_count    http.request.resend_count
        http.request_content_length_uncompressed    http.request.body.size
        http.response_content_length_uncompressed   http.response.body.size
    """),
    *_renames("http.status_code http.response.status_code", "integer"),
    *_renames("http.flavor network.protocol.version", "version"),
    *_renames(
        """
        http.request_content_length    http.request.header.content-length
        http.response_content_length   http.response.header.content-length
        """,
        "array",
    ),
    Rename("http.target", (Output("url.path", "path"), Output("url.query", "query"))),
)

_SERVER_ADDRESS = (Output("server.address", "host"), Output("server.port", "port"))
_NETWORK = (
    Rename("net.host.port", (Output("server.port", "integer"),)),
    Rename("net.peer.port", (Output("client.port", "integer"),), "server"),
    Rename("net.peer.port", (Output("server.port", "integer"),), "client"),
    Rename("net.host.name", _SERVER_ADDRESS),
    Rename("net.peer.name", (Output("client.address"),), "server"),
    Rename("net.peer.name", _SERVER_ADDRESS, "client"),
    Rename("http.host", _SERVER_ADDRESS),
    Rename("http.server_name", _SERVER_ADDRESS),
    Rename("net.peer.ip", (Output("client.address"),), "server", is_last=False),
    *_renames("""
        net.peer.ip            network.peer.address
        net.sock.peer.addr     network.peer.address
        net.sock.peer.port     network.peer.port
        net.host.ip            network.local.address
        net.sock.host.addr     network.local.address
        net.sock.host.port     network.local.port
        client.socket.address  network.peer.address
        client.socket.port     network.peer.port
        net.protocol.name      network.protocol.name
        net.protocol.version   network.protocol.version
        net.app.protocol.name  network.protocol.name
        net.app.protocol.version  network.protocol.version
        tls.client.server_name server.address
    """),
    Rename("server.socket.address", (Output("network.local.address"),), "server"),
    Rename("server.socket.address", (Output("network.peer.address"),), "client"),
    Rename("server.socket.port", (Output("network.local.port"),), "server"),
    Rename("server.socket.port", (Output("network.peer.port"),), "client"),
    *_renames("net.transport network.transport", "transport"),
    *_renames("net.sock.family network.type", "network_type"),
)

_DATABASE = (
    *_renames("db.system db.system.name", "db_system"),
    *_renames("""
        db.name                    db.namespace
        db.statement               db.query.text
        db.operation               db.operation.name
        db.sql.table               db.collection.name
        db.mongodb.collection      db.collection.name
        db.cassandra.table         db.collection.name
        db.cosmosdb.container      db.collection.name
        db.cassandra.keyspace      db.namespace
        db.hbase.namespace         db.namespace
        db.elasticsearch.cluster.name   db.namespace
        db.elasticsearch.node.name      elasticsearch.node.name
        db.cassandra.consistency_level  cassandra.consistency.level
        db.cassandra.coordinator.dc     cassandra.coordinator.dc
        db.cassandra.coordinator.id     cassandra.coordinator.id
        db.cassandra.idempotence        cassandra.query.idempotent
        db.cassandra.page_size          cassandra.page.size
        db.cassandra.speculative_execution_count  cassandra.speculative_execution.count
        db.cosmosdb.client_id           azure.client.id
        db.cosmosdb.connection_mode     azure.cosmosdb.connection.mode
        db.cosmosdb.consistency_level   azure.cosmosdb.consistency.level
        db.cosmosdb.regions_contacted   azure.cosmosdb.operation.contacted_regions
        db.cosmosdb.request_charge      azure.cosmosdb.operation.request_charge
        db.cosmosdb.request_content_length  azure.cosmosdb.request.body.size
        db.cosmosdb.sub_status_code     azure.cosmosdb.response.sub_status_code
        db.client.connections.pool.name db.client.connection.pool.name
        db.client.connections.state     db.client.connection.state
    """),
    *_renames(
        """
        db.redis.database_index  db.namespace
        db.cosmosdb.status_code  db.response.status_code
        """,
        "text",
    ),
)

_CODE = (
    *_renames("code.filepath code.file.path"),
    *_renames(
        """
        code.lineno  code.line.number
        code.column  code.column.number
        """,
        "integer",
    ),
)

_RESOURCE = _renames("""
    deployment.environment      deployment.environment.name
    vcs.repository.ref.name     vcs.ref.head.name
    vcs.repository.ref.type     vcs.ref.head.type
    vcs.repository.ref.revision vcs.ref.head.revision
    vcs.repository.change.id    vcs.change.id
    vcs.repository.change.title vcs.change.title
    telemetry.auto.version      telemetry.distro.version
    container.runtime           container.runtime.name
    faas.id                     cloud.resource_id
    otel.library.name           otel.scope.name
    otel.library.version        otel.scope.version
""")

_MESSAGING = (
    *_renames("""
        messaging.destination            messaging.destination.name
        messaging.temp_destination       messaging.destination.temporary
        messaging.message_id             messaging.message.id
        messaging.conversation_id        messaging.message.conversation_id
        messaging.client_id              messaging.client.id
        messaging.consumer_id            messaging.client.id
        messaging.consumer.id            messaging.client.id
        messaging.kafka.client_id        messaging.client.id
        messaging.kafka.message_key      messaging.kafka.message.key
        messaging.kafka.consumer_group   messaging.consumer.group.name
        messaging.kafka.consumer.group   messaging.consumer.group.name
        messaging.eventhubs.consumer.group  messaging.consumer.group.name
        messaging.rocketmq.client_group  messaging.consumer.group.name
        messaging.kafka.message.offset   messaging.kafka.offset
        messaging.rabbitmq.routing_key   messaging.rabbitmq.destination.routing_key
        messaging.servicebus.destination.subscription_name  messaging.destination.subscription.name
    """),
    *_renames("messaging.operation messaging.operation.type", "operation_type"),
    *_renames(
        """
        messaging.kafka.destination.partition  messaging.destination.partition.id
        messaging.kafka.source.partition       messaging.destination.partition.id
        messaging.kafka.partition              messaging.destination.partition.id
        """,
        "text",
    ),
)

_RPC = (
    *_renames("rpc.system rpc.system.name", "rpc_system"),
    *_renames("rpc.grpc.status_code rpc.response.status_code", "grpc_status"),
    *_renames(
        """
        rpc.connect_rpc.error_code  rpc.response.status_code
        rpc.jsonrpc.error_code      rpc.response.status_code
        """,
        "text",
    ),
    *_renames("""
        rpc.jsonrpc.request_id  jsonrpc.request.id
        rpc.jsonrpc.version     jsonrpc.protocol.version
    """),
)

_OTHERS = _renames("""
    peer.service                  service.peer.name
    faas.execution                faas.invocation_id
    feature_flag.variant          feature_flag.result.variant
    feature_flag.evaluation.reason   feature_flag.result.reason
    feature_flag.evaluation.error.message  feature_flag.error.message
    gen_ai.system                 gen_ai.provider.name
    gen_ai.usage.prompt_tokens    gen_ai.usage.input_tokens
    gen_ai.usage.completion_tokens  gen_ai.usage.output_tokens
    gen_ai.openai.request.seed    gen_ai.request.seed
    system.cpu.state              cpu.mode
    process.cpu.state             cpu.mode
    container.cpu.state           cpu.mode
    system.cpu.logical_number     cpu.logical_number
    system.network.state          network.connection.state
    system.processes.status       process.state
    system.process.status         process.state
    process.paging.fault_type     system.paging.fault.type
""")

RENAMES: tuple[Rename, ...] = _HTTP + _NETWORK + _DATABASE + _CODE + _RESOURCE + _MESSAGING + _RPC + _OTHERS

# Names that stay, with values that senders write in several ways.
RESPELLED: tuple[Rename, ...] = (
    Rename("http.route", (Output("http.route", "route"),)),
    Rename("http.response.status_code", (Output("http.response.status_code", "integer"),)),
    Rename("server.port", (Output("server.port", "integer"),)),
    Rename("code.line.number", (Output("code.line.number", "integer"),)),
    Rename("server.address", _SERVER_ADDRESS),
)

JOINS: tuple[Join, ...] = (
    Join("code.namespace", "code.function", "code.function.name", separator="", is_first_needed=False),
    Join("rpc.service", "rpc.method", "rpc.method", separator="/", is_first_needed=True),
)

DB_SYSTEMS: Mapping[str, str] = {
    "adabas": "softwareag.adabas",
    "cache": "intersystems.cache",
    "cloudscape": "derby",
    "cosmosdb": "azure.cosmosdb",
    "db2": "ibm.db2",
    "dynamodb": "aws.dynamodb",
    "firebird": "firebirdsql",
    "h2": "h2database",
    "hanadb": "sap.hana",
    "informix": "ibm.informix",
    "ingres": "actian.ingres",
    "intersystems_cache": "intersystems.cache",
    "maxdb": "sap.maxdb",
    "mssql": "microsoft.sql_server",
    "mssqlcompact": "microsoft.sql_server",
    "netezza": "ibm.netezza",
    "oracle": "oracle.db",
    "postgres": "postgresql",
    "redshift": "aws.redshift",
    "spanner": "gcp.spanner",
}
TRANSPORTS: Mapping[str, str] = {"ip_tcp": "tcp", "ip_udp": "udp", "IP.TCP": "tcp", "IP.UDP": "udp"}
NETWORK_TYPES: Mapping[str, str] = {"inet": "ipv4", "inet6": "ipv6"}
RPC_SYSTEMS: Mapping[str, str] = {"apache_dubbo": "dubbo", "connect_rpc": "connectrpc"}
OPERATION_TYPES: Mapping[str, str] = {"publish": "send", "deliver": "process"}
_GRPC_NAMES = str.split(
    """
        OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED
        RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE
        DATA_LOSS UNAUTHENTICATED
        """
)
GRPC_STATUSES: Mapping[str, str] = {str(number): name for number, name in enumerate(_GRPC_NAMES)}
