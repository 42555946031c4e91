import numpy as np
import pyarrow as pa
import pytest

from echoline.conventions.semconv import Change
from echoline.conventions.values import changed
from echoline.model.batch import ValueType

STRING, INT, ARRAY, BOOL = ValueType.STRING, ValueType.INT, ValueType.ARRAY, ValueType.BOOL


@pytest.mark.parametrize(
    ("change", "sent", "expected"),
    [
        ("same", ("x", BOOL), ("x", BOOL)),
        ("integer", ("200", STRING), ("200", INT)),
        ("integer", ("200", INT), ("200", INT)),
        ("integer", ("007", STRING), ("007", STRING)),
        ("integer", ("many", STRING), ("many", STRING)),
        ("text", ("3", INT), ("3", STRING)),
        ("array", ("3", INT), ('["3"]', ARRAY)),
        ("array", ("3", STRING), ('["3"]', ARRAY)),
        ("array", ('"', STRING), None),
        ("path", ("/a?b=1#c", STRING), ("/a", STRING)),
        ("path", ("http://h/a?b", STRING), ("/a", STRING)),
        ("path", ("?b", STRING), None),
        ("path", ("1", INT), None),
        ("query", ("/a?b=1#c", STRING), ("b=1", STRING)),
        ("query", ("/a", STRING), None),
        ("host", ("h:80", STRING), ("h", STRING)),
        ("host", ("[::1]:80", STRING), ("::1", STRING)),
        ("host", ("fe80::1", STRING), ("fe80::1", STRING)),
        ("host", ("/tmp/x.sock:y", STRING), ("/tmp/x.sock:y", STRING)),
        ("port", ("h:80", STRING), ("80", INT)),
        ("port", ("h", STRING), None),
        ("version", ("HTTP/2.0", STRING), ("2", STRING)),
        ("version", ("1.1", STRING), ("1.1", STRING)),
        ("route", ("<int:pk>/", STRING), ("/{pk}/", STRING)),
        ("db_system", ("mssql", STRING), ("microsoft.sql_server", STRING)),
        ("db_system", ("postgresql", STRING), ("postgresql", STRING)),
        ("transport", ("ip_tcp", STRING), ("tcp", STRING)),
        ("network_type", ("inet6", STRING), ("ipv6", STRING)),
        ("rpc_system", ("connect_rpc", STRING), ("connectrpc", STRING)),
        ("grpc_status", ("5", INT), ("NOT_FOUND", STRING)),
        ("operation_type", ("publish", STRING), ("send", STRING)),
    ],
)
def test_value_becomes(change: Change, sent: tuple[str, ValueType], expected: tuple[str, ValueType] | None) -> None:
    new = changed(change, pa.array([sent[0]]), np.array([sent[1]], np.uint8))
    assert ((new.texts[0].as_py(), ValueType(new.types[0])) if new.is_told[0] else None) == expected


def test_no_values_become_none() -> None:
    assert len(changed("route", pa.array([], pa.string()), np.empty(0, np.uint8)).texts) == 0
