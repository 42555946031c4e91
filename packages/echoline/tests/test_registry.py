"""Components are found by kind and name among what is installed."""

import pytest

from echoline.errors import BadConfig
from echoline.registry import component, components


def test_components_are_known_by_name_without_being_loaded() -> None:
    assert components("receivers")["otlp_http"].value == "echoline.receivers.otlp_http:OtlpHttp"


def test_a_component_is_loaded_by_name() -> None:
    from echoline.processors.redact import Redact

    assert component("processors", "redact") is Redact


def test_an_unknown_component_names_those_that_are_there() -> None:
    with pytest.raises(BadConfig, match=r"no component 'redacte' .* installed: normalise, redact"):
        component("processors", "redacte")


def test_an_unknown_kind_has_none() -> None:
    with pytest.raises(BadConfig, match="installed: none"):
        component("spoons", "silver")
