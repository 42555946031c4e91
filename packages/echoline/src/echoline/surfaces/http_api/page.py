"""The page at `/`: what runs here, and how to ask it. It loads nothing from elsewhere and runs no script."""

from html import escape

STYLE = """
:root { color-scheme: light dark; --quiet: #6b7280; --line: #d9dce1; --accent: #2563a8 }
@media (prefers-color-scheme: dark) { :root { --quiet: #9aa1ad; --line: #363b44; --accent: #7fb2e8 } }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1.25rem }
h1 { font-size: 1.5rem; margin-bottom: .25rem } h2 { font-size: 1.05rem; margin-top: 2rem }
p.quiet, td.quiet { color: var(--quiet) } a { color: var(--accent) }
table { border-collapse: collapse; width: 100% }
td { border-top: 1px solid var(--line); padding: .35rem .75rem .35rem 0 }
code { font: .9em ui-monospace, monospace } pre { border: 1px solid var(--line); border-radius: .4rem; padding: .75rem;
overflow-x: auto }
"""

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><g fill="none" stroke="#2563a8" stroke-width="2">'
    '<path d="M3 8h2"/><path d="M7 4v8"/><path d="M10 6v4"/><path d="M13 7v2"/></g></svg>'
)

_COMMANDS = (
    ("echoline services", "what sends here", "services"),
    ("echoline endpoints", "what each service is asked for: calls, errors, durations", "endpoints"),
    ("echoline operations --sort total", "where the time goes", "operations?sort=total"),
    ("echoline traces --errors", "requests that failed", "traces?status=ERROR"),
    ("echoline errors", "exceptions, grouped, each with its stack", "errors"),
    ("echoline logs --follow", "log records as they come in", "logs"),
    ("echoline metrics", "what is measured", "metrics"),
    ("echoline doctor", "what senders do not tell, and the line that mends it", "readiness"),
)

# Where the page names it.
_RECEIVER = "RECEIVER"

_ROWS = "\n".join(
    f'<tr><td><code>{command}</code></td><td class="quiet">{words}</td>'
    f'<td><a href="/api/v1/{path}">/api/v1/{path}</a></td></tr>'
    for command, words, path in _COMMANDS
)

_PAGE = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Echoline</title>
<link rel="stylesheet" href="/style.css">
<link rel="icon" href="/favicon.svg">
</head>
<body>
<h1>Echoline</h1>
<p class="quiet">What your code does at run time, told to the people who write it.</p>
<h2>Send something</h2>
<p>Any OpenTelemetry exporter reaches it; for a Python program:</p>
<pre><code>pip install opentelemetry-distro opentelemetry-exporter-otlp-proto-http
opentelemetry-bootstrap -a install
export OTEL_EXPORTER_OTLP_ENDPOINT={_RECEIVER} OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
export OTEL_SERVICE_NAME=my-service
opentelemetry-instrument python app.py</code></pre>
<h2>Ask</h2>
<table>
{_ROWS}
</table>
<p>All of the API is described at <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p>
</body>
</html>
"""


def page(receiver: str) -> str:
    """The page; `receiver` is where OTLP/HTTP is taken, http://host:port."""
    return _PAGE.replace(_RECEIVER, escape(receiver))
