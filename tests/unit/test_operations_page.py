"""docs/operations.md names every setting, variable and metric there is."""

from __future__ import annotations

import re

from prometheus_client import REGISTRY
from pydantic import BaseModel

from signpost.files import ROOT
from signpost.settings import Settings

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SETTINGS = ROOT / "signpost"


def test_every_setting_is_in_the_table():
    for name, field in Settings.model_fields.items():
        inner = field.annotation
        assert f"`{name}`" in PAGE or f"`{name}." in PAGE, name
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            for part in inner.model_fields:
                assert f"`{name}.{part}`" in PAGE or f"`.{part}`" in PAGE, f"{name}.{part}"


def test_every_variable_is_in_the_table():
    code = "\n".join(path.read_text(encoding="utf-8") for path in SETTINGS.rglob("*.py"))
    names = set(re.findall(r'"(SIGNPOST_[A-Z_]+|(?:TELEGRAM|SLACK|TWILIO|MESSENGER)_[A-Z_]+|LOG_LEVEL)"', code))
    assert len(names) >= 14
    assert {name for name in names if f"`{name}`" not in PAGE} == set()


def test_every_metric_is_explained():
    import signpost.metrics  # noqa: F401

    families = [family for family in REGISTRY.collect() if family.name.startswith("signpost_")]
    assert families
    for family in families:
        name = f"{family.name}_total" if family.type == "counter" else family.name
        assert f"`{name}" in PAGE, name
