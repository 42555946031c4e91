"""Every setting is described, and its reference page is the one that the settings make."""

import importlib.util
from dataclasses import fields
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def builder(repository: Path) -> ModuleType:
    """docs/build_configuration.py, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("build_configuration", repository / "docs/build_configuration.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_setting_has_a_docstring(builder: ModuleType) -> None:
    sections = dict(builder.settings_classes())
    nested = {name.split(".")[-1] for name in sections}
    undescribed = [
        f"{section}.{field.name}"
        for section, kind in sections.items()
        for field in fields(kind)
        if field.name not in nested and not builder.field_docstrings(kind).get(field.name)
    ]
    assert undescribed == []


def test_every_section_has_a_docstring_of_its_own(builder: ModuleType) -> None:
    for _, kind in builder.settings_classes():
        assert not kind.__doc__.startswith(f"{kind.__name__}(")  # the one that dataclasses make up


def test_the_reference_page_is_fresh(builder: ModuleType) -> None:
    assert builder.PAGE.read_text("utf-8") == builder.page(), "run `make docs`"
