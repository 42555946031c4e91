// Sends one request with an official exporter and prints its result: node send.mjs MODULES EXPORTER URL COMPRESSION
import { createRequire } from "node:module";

const [modules, exporterName, url, compression] = process.argv.slice(2);
const require = createRequire(modules + "/");
const { resourceFromAttributes } = require("@opentelemetry/resources");
const { SpanKind, SpanStatusCode, context, trace } = require("@opentelemetry/api");

const resource = resourceFromAttributes({ "service.name": "shop-js", "service.version": "1.2.3" });
const loaded = require(`@opentelemetry/exporter-${exporterName}`);
const Exporter = Object.entries(loaded).find(([name]) => /^OTLP(Trace|Log|Metric)Exporter$/.test(name))[1];
const exporter = new Exporter({ url, compression, timeoutMillis: 8000 });

function spans() {
  const { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = require("@opentelemetry/sdk-trace-base");
  const memory = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor(memory)] });
  const tracer = provider.getTracer("shop.web", "0.1");
  const parent = tracer.startSpan("GET /cart/{id}", { kind: SpanKind.SERVER, attributes: { "http.route": "/cart/{id}" } });
  const child = tracer.startSpan(
    "SELECT carts",
    { kind: SpanKind.CLIENT, attributes: { "db.system.name": "sqlite", rows: 3, ratio: 0.5, tags: ["a", "b"], ok: true } },
    trace.setSpan(context.active(), parent),
  );
  child.recordException(new Error("no such cart"));
  child.setStatus({ code: SpanStatusCode.ERROR, message: "no such cart ☕" });
  child.end();
  parent.end();
  return memory.getFinishedSpans();
}

function logs() {
  const { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } = require("@opentelemetry/sdk-logs");
  const memory = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter: memory })] });
  const logger = provider.getLogger("shop.cart");
  logger.emit({ severityNumber: 9, severityText: "INFO", body: "cart saved ☕", attributes: { "cart.id": 42 } });
  logger.emit({ severityNumber: 17, severityText: "ERROR", body: { message: "cart lost", tries: [1, 2] } });
  return memory.getFinishedLogRecords();
}

async function metrics() {
  const { MeterProvider, MetricReader } = require("@opentelemetry/sdk-metrics");
  class Reader extends MetricReader {
    async onForceFlush() {}
    async onShutdown() {}
  }
  const reader = new Reader();
  const meter = new MeterProvider({ resource, readers: [reader] }).getMeter("shop.cart");
  meter.createCounter("carts.saved", { unit: "{cart}" }).add(3, { kind: "new" });
  meter.createHistogram("carts.size").record(7.5);
  return (await reader.collect()).resourceMetrics;
}

const items = exporterName.startsWith("trace") ? spans() : exporterName.startsWith("logs") ? logs() : await metrics();
exporter.export(items, async (result) => {
  console.log(JSON.stringify({ code: result.code, error: result.error?.message ?? null }));
  await exporter.shutdown();
});
