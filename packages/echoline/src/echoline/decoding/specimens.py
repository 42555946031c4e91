"""One small request of each signal that touches every column: what both ways of reading protobuf have to agree on."""

from collections.abc import Mapping

from google.protobuf import text_format

from echoline.decoding.oracle import REQUESTS
from echoline.model.records import PlainSignal

_RESOURCE = """
  resource {
    attributes { key: "service.name" value { string_value: "specimen" } }
    dropped_attributes_count: 1
  }
  schema_url: "https://opentelemetry.io/schemas/1.44.0"
"""
_SCOPE = """
    scope {
      name: "specimen.scope"
      version: "1.0"
      attributes { key: "scope.key" value { bool_value: true } }
      dropped_attributes_count: 2
    }
    schema_url: "https://opentelemetry.io/schemas/1.43.0"
"""
_VALUES = """
      attributes { key: "string" value { string_value: "p\\305\\231\\303\\255li\\305\\241" } }
      attributes { key: "bool" value { bool_value: false } }
      attributes { key: "int" value { int_value: -9223372036854775808 } }
      attributes { key: "double" value { double_value: 1e22 } }
      attributes { key: "nan" value { double_value: nan } }
      attributes { key: "bytes" value { bytes_value: "\\000\\377" } }
      attributes { key: "array" value { array_value { values { int_value: 1 } values { double_value: 0.5 } } } }
      attributes {
        key: "map"
        value { kvlist_value { values { key: "inner" value { array_value { values { bytes_value: "x" } } } } } }
      }
      attributes { key: "no value" }
      attributes { key: "unset" value {} }
"""
_IDS = 'trace_id: "0123456789abcdef" span_id: "01234567"'
_TIMES = "start_time_unix_nano: 1760000000000000000 time_unix_nano: 1760000000000000001"
_EXEMPLARS = f"""
      exemplars {{ time_unix_nano: 7 as_double: 1.5 {_IDS} filtered_attributes {{ key: "k" value {{}} }} }}
      exemplars {{ as_int: 0 }} exemplars {{ as_int: 3 }}
      exemplars {{}}
"""
_TRACES = f"""
resource_spans {{ {_RESOURCE} scope_spans {{ {_SCOPE}
  spans {{ {_IDS} parent_span_id: "76543210" trace_state: "ot=th:8" flags: 257 name: "GET /specimen"
      kind: SPAN_KIND_SERVER start_time_unix_nano: 1760000000000000000 end_time_unix_nano: 1760000000000000001
      {_VALUES} dropped_attributes_count: 3 dropped_events_count: 4 dropped_links_count: 5
      events {{ time_unix_nano: 1760000000000000000 name: "exception" {_VALUES} dropped_attributes_count: 3 }}
      events {{}}
      links {{ {_IDS} trace_state: "a=b" flags: 1 {_VALUES} dropped_attributes_count: 3 }} links {{}}
      status {{ code: STATUS_CODE_ERROR message: "it failed" }} }}
  spans {{ {_IDS} }}
}} }}
resource_spans {{ scope_spans {{ spans {{ {_IDS} }} }} }}
"""
_LOGS = f"""
resource_logs {{ {_RESOURCE} scope_logs {{ {_SCOPE}
  log_records {{ {_IDS} time_unix_nano: 1760000000000000000 observed_time_unix_nano: 1760000000000000001
      severity_number: SEVERITY_NUMBER_INFO severity_text: "INFO" event_name: "specimen.seen" flags: 1
      body {{ string_value: "seen" }} {_VALUES} dropped_attributes_count: 3 }}
  log_records {{ body {{ kvlist_value {{ values {{ key: "k" value {{ int_value: 5 }} }} }} }} }}
  log_records {{ body {{ double_value: -0.0 }} }} log_records {{ body {{ bytes_value: "" }} }} log_records {{}}
}} }}
resource_logs {{ scope_logs {{ log_records {{}} }} }}
"""
_METRICS = f"""
resource_metrics {{ {_RESOURCE} scope_metrics {{ {_SCOPE}
  metrics {{ name: "gauge" description: "said" unit: "By" metadata {{ key: "m" value {{ int_value: 1 }} }}
      gauge {{ data_points {{ {_TIMES} as_int: -7 flags: 1 {_VALUES} {_EXEMPLARS} }}
               data_points {{ as_int: 0 }} data_points {{ as_double: 0 }} data_points {{}} }} }}
  metrics {{ name: "sum" sum {{ aggregation_temporality: AGGREGATION_TEMPORALITY_DELTA is_monotonic: true
      data_points {{ {_TIMES} as_double: 2.5 {_EXEMPLARS} }} }} }}
  metrics {{ name: "histogram" histogram {{ aggregation_temporality: AGGREGATION_TEMPORALITY_CUMULATIVE
      data_points {{ {_TIMES} count: 3 sum: 4.5 min: 0 max: 4 bucket_counts: [1, 2] explicit_bounds: [1.5]
          {_EXEMPLARS} }}
      data_points {{}} }} }}
  metrics {{ name: "exponential" exponential_histogram {{ aggregation_temporality: AGGREGATION_TEMPORALITY_DELTA
      data_points {{ {_TIMES} count: 9 sum: 0 min: -1 max: 1 scale: -3 zero_count: 1 zero_threshold: 0.25
          positive {{ offset: -2 bucket_counts: [1, 0, 2] }} negative {{ offset: 1 bucket_counts: [5] }} {_EXEMPLARS} }}
      data_points {{}} }} }}
  metrics {{ name: "summary" summary {{
      data_points {{ {_TIMES} count: 2 sum: 3 quantile_values {{ quantile: 0.5 value: 1 }} quantile_values {{}} }}
      data_points {{}} }} }}
  metrics {{ name: "nothing" }}
}} }}
"""
_TEXTS: Mapping[PlainSignal, str] = {"traces": _TRACES, "logs": _LOGS, "metrics": _METRICS}


def specimen(signal: PlainSignal) -> bytes:
    """The protobuf body of the request."""
    return text_format.Parse(_TEXTS[signal], REQUESTS[signal]()).SerializeToString()
