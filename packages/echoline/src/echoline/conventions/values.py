"""How the value of a renamed attribute becomes the new one's, for all distinct values of one name at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from echoline.conventions import semconv
from echoline.conventions.routes import route
from echoline.model.batch import Bytes, ValueType

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Changed:
    """New texts and types, and which of them there are: an old value may have nothing for a new name."""

    texts: pa.StringArray
    types: Bytes
    is_told: Mask


def changed(change: semconv.Change, texts: pa.StringArray, types: Bytes) -> Changed:
    """One new value per old one. A value of a type that the change does not expect has none, but for "same"."""
    return _CHANGES[change](texts, types)


def _same(texts: pa.StringArray, types: Bytes) -> Changed:
    return Changed(texts, types, np.ones(len(types), np.bool_))


def _integer(texts: pa.StringArray, types: Bytes) -> Changed:
    """`"200"` as 200; what is no whole number stays what it is."""
    is_digits = (types == ValueType.STRING) & _mask(pc.match_substring_regex(texts, r"^(?:0|[1-9]\d{0,8})$"))
    return _same(texts, np.where(is_digits, ValueType.INT, types).astype(np.uint8))


def _text(texts: pa.StringArray, types: Bytes) -> Changed:
    """7 as `"7"`."""
    return _same(texts, np.where(types == ValueType.INT, ValueType.STRING, types).astype(np.uint8))


def _array(texts: pa.StringArray, types: Bytes) -> Changed:
    """7 and `"7"` as `["7"]`, as headers are written; other types have no such form."""
    is_plain = (types == ValueType.INT) | (
        (types == ValueType.STRING) & _mask(pc.match_substring_regex(texts, r"^\d+$"))
    )
    listed = pc.binary_join_element_wise('["', texts, '"]', "")
    return Changed(listed, np.full(len(types), ValueType.ARRAY, np.uint8), is_plain)


def _part(regex: str) -> Callable[[pa.StringArray, Bytes], Changed]:
    """What the first group of a pattern that fits every text is; "" is nothing."""

    def change(texts: pa.StringArray, types: Bytes) -> Changed:
        parts = pc.replace_substring_regex(texts, regex, r"\1")
        return Changed(parts, types, (types == ValueType.STRING) & _mask(pc.not_equal(parts, "")))

    return change


_HOST_AND_PORT = r"^(?:\[([^\]]+)\]|([^:/\[\]]+)):(\d{1,5})$"


def _host(texts: pa.StringArray, types: Bytes) -> Changed:
    """`shop.example:8080` as `shop.example`; what has no port stays."""
    hosts = pc.replace_substring_regex(texts, _HOST_AND_PORT, r"\1\2")
    return Changed(hosts, types, types == ValueType.STRING)


def _port(texts: pa.StringArray, types: Bytes) -> Changed:
    """`shop.example:8080` as 8080."""
    has_port = (types == ValueType.STRING) & _mask(pc.match_substring_regex(texts, _HOST_AND_PORT))
    ports = pc.replace_substring_regex(texts, _HOST_AND_PORT, r"\3")
    return Changed(ports, np.full(len(types), ValueType.INT, np.uint8), has_port)


def _version(texts: pa.StringArray, types: Bytes) -> Changed:
    """`HTTP/1.1` as `1.1`, `2.0` as `2`."""
    versions = pc.replace_substring_regex(texts, r"^HTTP/(\d)", r"\1")
    return _same(pc.replace_substring_regex(versions, r"^([23])\.0$", r"\1"), types)


def _mapped(known: Mapping[str, str]) -> Callable[[pa.StringArray, Bytes], Changed]:
    def change(texts: pa.StringArray, types: Bytes) -> Changed:
        spelled = pa.array([known.get(text, text) for text in texts.to_pylist()], pa.string())
        return _same(spelled, types)

    return change


def _grpc_status(texts: pa.StringArray, types: Bytes) -> Changed:
    """5 as `NOT_FOUND`."""
    named = _mapped(semconv.GRPC_STATUSES)(texts, types)
    return Changed(named.texts, _text(texts, types).types, named.is_told)


def _route(texts: pa.StringArray, types: Bytes) -> Changed:
    spelled = pa.array(map(route, texts.to_pylist()), pa.string())
    return Changed(spelled, types, types == ValueType.STRING)


def _mask(array: pa.BooleanArray) -> Mask:
    mask: Mask = array.to_numpy(zero_copy_only=False)
    return mask


_CHANGES: Mapping[semconv.Change, Callable[[pa.StringArray, Bytes], Changed]] = {
    "same": _same,
    "integer": _integer,
    "text": _text,
    "array": _array,
    "path": _part(r"^(?:[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*)?([^?#]*)(?s:.*)$"),
    "query": _part(r"^[^?#]*\??([^#]*)(?s:.*)$"),
    "host": _host,
    "port": _port,
    "version": _version,
    "route": _route,
    "db_system": _mapped(semconv.DB_SYSTEMS),
    "transport": _mapped(semconv.TRANSPORTS),
    "network_type": _mapped(semconv.NETWORK_TYPES),
    "rpc_system": _mapped(semconv.RPC_SYSTEMS),
    "grpc_status": _grpc_status,
    "operation_type": _mapped(semconv.OPERATION_TYPES),
}
