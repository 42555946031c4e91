"""Realistic OTLP export requests with fixed seeds: spans of about 1 KB, log records and metric points of a shop.

`traces(512, seed)` is the protobuf body of one request with 512 spans; `logs` and `metrics` likewise. Four services
send; values repeat as they do in life: routes, statements and functions often, ids and addresses hardly ever.
"""

import random
from collections.abc import Mapping
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

Value = str | bool | int | float | list[str]

NOW_NS = 1_790_000_000_000_000_000
WINDOW_NS = 5_000_000_000
SERVICES = (
    ("gateway", "edge", "2026.11.3", "nodejs"),
    ("checkout", "shop", "2.14.1", "python"),
    ("catalog", "shop", "5.0.3", "go"),
    ("payments", "billing", "1.8.0", "java"),
)
ROUTES = (
    "/api/v1/orders",
    "/api/v1/orders/{id}",
    "/api/v1/cart/{id}/items",
    "/api/v1/products",
    "/api/v1/products/{id}",
    "/api/v1/products/{id}/reviews",
    "/api/v1/users/{id}",
    "/api/v1/search",
    "/api/v1/payments/{id}/refund",
    "/login",
)
TABLES = ("orders", "order_items", "products", "users", "carts", "payments", "sessions", "stock")
MODULES = ("shop.cart", "shop.orders", "shop.pricing", "shop.stock", "billing.ledger", "billing.fraud", "lib.cache")
VERBS = ("load", "save", "validate", "compute_total", "serialize", "apply_rules", "fetch_all", "retry")
BROWSERS = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Firefox/144.0",
    "okhttp/4.12.0",
    "python-requests/2.32.4",
)
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
STATEMENT = (
    "{verb} t.id, t.name, t.price, t.currency, t.created_at, t.updated_at, c.id AS customer_id, c.tier AS customer_tier"
    " FROM {table} AS t JOIN customers AS c ON c.id = t.customer_id LEFT JOIN discounts AS d ON d.customer_id = c.id"
    " WHERE t.tenant_id = $1 AND t.id = $2 AND t.deleted_at IS NULL ORDER BY t.created_at DESC LIMIT 50"
)
STACK = "Traceback (most recent call last):\n" + "\n".join(
    f'  File "/srv/app/{module.replace(".", "/")}.py", line {37 * len(verb)}, in {verb}\n    return self._{verb}(cart)'
    for module in MODULES
    for verb in VERBS[:2]
)


def traces(spans: int = 512, seed: int = 1, now_ns: int = NOW_NS) -> bytes:
    """A request with this many spans in whole traces of one to ten spans, all started in the 5 s before `now_ns`."""
    chance = random.Random(seed)
    made = ExportTraceServiceRequest()
    for number, size in enumerate(_shares(spans)):
        group = made.resource_spans.add()
        scoped = group.scope_spans.add()
        _describe(group, scoped, number, seed)
        while len(scoped.spans) < size:
            _trace(scoped, chance, min(size - len(scoped.spans), chance.choice((3, 5, 7, 10))), now_ns)
    return made.SerializeToString()


def logs(records: int = 512, seed: int = 1, now_ns: int = NOW_NS) -> bytes:
    """A request with log records of a few hundred bytes; one in fifty is an error with its stack."""
    chance = random.Random(seed)
    made = ExportLogsServiceRequest()
    for number, size in enumerate(_shares(records)):
        group = made.resource_logs.add()
        scoped = group.scope_logs.add()
        _describe(group, scoped, number, seed)
        for _ in range(size):
            _log(scoped.log_records.add(), chance, now_ns)
    return made.SerializeToString()


def metrics(points: int = 512, seed: int = 1, now_ns: int = NOW_NS) -> bytes:
    """A request with points of cumulative histograms with exemplars, of sums and of gauges, in equal shares."""
    chance = random.Random(seed)
    made = ExportMetricsServiceRequest()
    for number, size in enumerate(_shares(points)):
        group = made.resource_metrics.add()
        scoped = group.scope_metrics.add()
        _describe(group, scoped, number, seed)
        _histogram(scoped.metrics.add(), chance, size - 2 * (size // 3), now_ns)
        _counter(scoped.metrics.add(), chance, size // 3, now_ns)
        _gauge(scoped.metrics.add(), chance, size // 3, now_ns)
    return made.SerializeToString()


def put(attributes: Any, values: Mapping[str, Value]) -> None:
    """Appends to a repeated KeyValue."""
    for key, value in values.items():
        kept = attributes.add(key=key).value
        match value:
            case bool():
                kept.bool_value = value
            case int():
                kept.int_value = value
            case float():
                kept.double_value = value
            case list():
                for each in value:
                    kept.array_value.values.add(string_value=each)
            case str():
                kept.string_value = value


def _shares(total: int) -> list[int]:
    """The total cut into one part per service."""
    part = total // len(SERVICES)
    return [total - part * (len(SERVICES) - 1)] + [part] * (len(SERVICES) - 1)


def _describe(group: Any, scoped: Any, number: int, seed: int) -> None:
    service, namespace, version, language = SERVICES[number]
    resource: dict[str, Value] = {
        "service.name": service,
        "service.namespace": namespace,
        "service.version": version,
        "service.instance.id": f"{service}-{seed % 7}-5d9c7b",
        "deployment.environment.name": "production",
        "vcs.ref.head.revision": f"{4096 + number:040x}",
        "telemetry.sdk.language": language,
        "telemetry.sdk.name": "opentelemetry",
        "telemetry.sdk.version": "1.45.2",
        "host.name": f"ip-10-0-{number}-{seed % 200}",
        "process.pid": 1000 + number,
        "os.type": "linux",
    }
    put(group.resource.attributes, resource)
    group.schema_url = "https://opentelemetry.io/schemas/1.44.0"
    scoped.scope.name = f"opentelemetry.instrumentation.{language}"
    scoped.scope.version = "0.66b2"


def _trace(scoped: Any, chance: random.Random, size: int, now_ns: int) -> None:
    """One request through the shop: a server span and below it functions and statements."""
    took_ns = min(int(chance.lognormvariate(17.5, 0.8)), WINDOW_NS)
    start_ns = now_ns - WINDOW_NS + chance.randrange(WINDOW_NS - took_ns + 1)
    root = scoped.spans.add(trace_id=chance.randbytes(16), kind=2)
    _time(root, chance, start_ns, took_ns)
    _server(root, chance)
    parent = root
    for _ in range(size - 1):
        start_ns += chance.randrange(1, 2 + took_ns // 12)
        span = scoped.spans.add(trace_id=root.trace_id, parent_span_id=parent.span_id)
        _time(span, chance, start_ns, 1_000 + int(took_ns * chance.random() * 0.2))
        if chance.random() < 0.45:
            _query(span, chance)
        else:
            _function(span, chance)
            parent = span if chance.random() < 0.3 else parent
        if chance.random() < 0.01:
            _fail(span, chance)


def _time(span: Any, chance: random.Random, start_ns: int, took_ns: int) -> None:
    span.span_id = chance.randbytes(8)
    span.flags = 0x101
    span.start_time_unix_nano = start_ns
    span.end_time_unix_nano = start_ns + took_ns


def _server(span: Any, chance: random.Random) -> None:
    method, route = chance.choice(("GET", "GET", "GET", "POST", "PUT")), chance.choice(ROUTES)
    path = route.replace("{id}", str(chance.randrange(10**6)))
    address = ".".join(str(chance.randrange(256)) for _ in range(3))
    span.name = f"{method} {route}"
    put(
        span.attributes,
        {
            "http.request.method": method,
            "http.route": route,
            "url.path": path,
            "url.query": "page=2&sort=newest&currency=EUR",
            "url.scheme": "https",
            "http.response.status_code": 500 if chance.random() < 0.02 else 200,
            "http.request.body.size": chance.randrange(4096),
            "http.response.body.size": chance.randrange(65536),
            "server.address": "shop.example.com",
            "server.port": 443,
            "client.address": f"10.{address}",
            "user_agent.original": chance.choice(BROWSERS),
            "network.protocol.version": "1.1",
            "network.peer.address": "10.0.0.7",
            "network.peer.port": 30000 + chance.randrange(2000),
            "http.request.header.x-tags": ["web", "eu"],
            "app.user_id": f"u{chance.randrange(10**5)}",
            "app.session": f"{chance.getrandbits(128):032x}",
            "app.build": "release/2026.11.3+4096.d5f0",
            "code.function.name": "shop.views." + route.strip("/").replace("/", "_").replace("{id}", "id"),
            "code.file.path": "/srv/app/shop/views.py",
            "thread.id": chance.randrange(16),
        },
    )


def _query(span: Any, chance: random.Random) -> None:
    table, verb = chance.choice(TABLES), chance.choice(("SELECT", "SELECT", "SELECT", "DELETE"))
    span.name, span.kind = f"{verb} {table}", 3
    put(
        span.attributes,
        {
            "db.system.name": "postgresql",
            "db.namespace": "shop",
            "db.operation.name": verb,
            "db.collection.name": table,
            "db.query.text": STATEMENT.format(verb=verb, table=table),
            "db.query.summary": f"{verb} {table} customers discounts",
            "db.response.returned_rows": chance.randrange(200),
            "db.client.connection.pool.name": "main",
            "app.request.id": f"{chance.getrandbits(128):032x}",
            "app.tenant": f"tenant-{chance.randrange(50)}",
            "server.address": "db-1.internal.example.com",
            "server.port": 5432,
            "network.peer.address": "10.0.9.4",
            "network.peer.port": 5432,
            "network.transport": "tcp",
            "thread.id": chance.randrange(16),
            "thread.name": f"worker-{chance.randrange(16)}",
            "app.cached": chance.random() < 0.5,
        },
    )


def _function(span: Any, chance: random.Random) -> None:
    module, verb = chance.choice(MODULES), chance.choice(VERBS)
    span.name, span.kind = f"{module}.{verb}", 1
    put(
        span.attributes,
        {
            "code.function.name": f"{module}.Service.{verb}",
            "code.file.path": f"/srv/app/releases/2026.11.3/{module.replace('.', '/')}/service.py",
            "code.line.number": 7 * len(module + verb),
            "thread.id": chance.randrange(16),
            "thread.name": f"worker-{chance.randrange(16)}",
            "app.tenant": f"tenant-{chance.randrange(50)}",
            "app.feature": chance.choice(("checkout-v2", "recommendations", "express-delivery")),
            "app.score": chance.random(),
            "app.items": chance.randrange(40),
            "app.retry": False,
            "app.cache.key": f"cart:{chance.randrange(10**6)}:v3",
            "app.cache.backend": "redis://cache-1.internal.example.com:6379/0",
            "app.request.id": f"{chance.getrandbits(128):032x}",
            "app.region": "eu-west-1",
            "app.availability_zone": f"eu-west-1{chance.choice('abc')}",
            "app.deployment": "checkout-7c9d8f6b5-xk2vp",
            "app.payload.kind": "application/vnd.shop.cart+json; version=3",
            "app.payload.bytes": chance.randrange(20_000),
            "app.queue.name": "orders.incoming.priority",
            "app.feature_flags": "checkout-v2,recommendations,express-delivery,dark-mode",
            "app.experiment": chance.choice(("control", "free-shipping", "one-page-checkout")),
            "app.currency": "EUR",
            "app.locale": chance.choice(("en-GB", "cs-CZ", "pt-BR", "de-AT")),
        },
    )


def _fail(span: Any, chance: random.Random) -> None:
    event = span.events.add(name="exception", time_unix_nano=span.end_time_unix_nano)
    put(event.attributes, _exception(chance))
    span.status.code, span.status.message = 2, "insufficient stock"
    link = span.links.add(trace_id=chance.randbytes(16), span_id=chance.randbytes(8))
    put(link.attributes, {"link.kind": "retry-of"})


def _exception(chance: random.Random) -> dict[str, Value]:
    message = f"insufficient stock for sku {chance.randrange(9999)}"
    return {
        "exception.type": "shop.stock.InsufficientStock",
        "exception.message": message,
        "exception.stacktrace": f"{STACK}\nshop.stock.InsufficientStock: {message}",
    }


def _log(record: Any, chance: random.Random, now_ns: int) -> None:
    module, verb = chance.choice(MODULES), chance.choice(VERBS)
    record.time_unix_nano = now_ns - chance.randrange(WINDOW_NS)
    record.observed_time_unix_nano = record.time_unix_nano + 1_000
    record.severity_number, record.severity_text = 9, "INFO"
    record.body.string_value = f"{verb} of cart {chance.randrange(10**6)} took {chance.randrange(900)} ms in {module}"
    if chance.random() < 0.7:
        record.trace_id, record.span_id, record.flags = chance.randbytes(16), chance.randbytes(8), 1
    put(
        record.attributes,
        {
            "code.function.name": f"{module}.{verb}",
            "code.file.path": f"/srv/app/{module.replace('.', '/')}.py",
            "code.line.number": 7 * len(module + verb),
            "thread.name": f"worker-{chance.randrange(16)}",
            "app.tenant": f"tenant-{chance.randrange(50)}",
        },
    )
    if chance.random() < 0.02:
        record.severity_number, record.severity_text = 17, "ERROR"
        put(record.attributes, _exception(chance))


def _histogram(metric: Any, chance: random.Random, size: int, now_ns: int) -> None:
    metric.name, metric.unit = "http.server.request.duration", "s"
    metric.histogram.aggregation_temporality = 2
    for _ in range(size):
        counts = [chance.randrange(100) for _ in range(len(BOUNDS) + 1)]
        point = metric.histogram.data_points.add(
            start_time_unix_nano=now_ns - 60_000_000_000,
            time_unix_nano=now_ns,
            count=sum(counts),
            sum=sum(counts) * chance.random(),
            min=0.001,
            max=9.5,
            bucket_counts=counts,
            explicit_bounds=BOUNDS,
        )
        put(point.attributes, {"http.route": chance.choice(ROUTES), "http.response.status_code": 200})
        exemplar = point.exemplars.add(time_unix_nano=now_ns, as_double=chance.random())
        exemplar.trace_id, exemplar.span_id = chance.randbytes(16), chance.randbytes(8)


def _counter(metric: Any, chance: random.Random, size: int, now_ns: int) -> None:
    metric.name, metric.unit = "shop.orders", "{order}"
    metric.sum.aggregation_temporality, metric.sum.is_monotonic = 2, True
    for _ in range(size):
        point = metric.sum.data_points.add(time_unix_nano=now_ns, as_int=chance.randrange(10**6))
        put(point.attributes, {"app.tenant": f"tenant-{chance.randrange(50)}", "app.currency": "EUR"})


def _gauge(metric: Any, chance: random.Random, size: int, now_ns: int) -> None:
    metric.name, metric.unit = "process.memory.usage", "By"
    for number in range(size):
        point = metric.gauge.data_points.add(time_unix_nano=now_ns, as_double=chance.random() * 1e9)
        put(point.attributes, {"process.pid": number, "host.name": "ip-10-0-0-7"})
