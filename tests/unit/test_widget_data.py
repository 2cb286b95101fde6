"""The helplines as the widget carries them."""

from __future__ import annotations

import json
import re

import pytest

from signpost import widget_data
from signpost.files import ROOT


@pytest.fixture
def countries(registry):
    """The file's content, read back as JSON."""
    literal = widget_data.render(registry).partition("HELPLINES = ")[2].rstrip().removesuffix(";")
    quoted = re.sub(r"([{,]\s*)([A-Za-z]+):", r'\1"\2":', literal)
    return json.loads(re.sub(r",(\s*[\]}])", r"\1", quoted))


def test_every_country_has_every_line_that_the_server_would_show(countries, registry):
    assert set(countries) == set(registry.countries)
    for code, country in countries.items():
        names = {line["name"] for line in country["lines"]}
        assert {line.name for line in registry.shown(code)} <= names


def test_the_lines_for_urgent_needs_come_first(countries, registry):
    assert [line["name"] for line in countries["US"]["lines"]][:3] == [
        "Emergency",
        "988 Suicide & Crisis Lifeline",
        "SAMHSA National Helpline",
    ]
    for code, country in countries.items():
        assert country["lines"][0]["name"] == registry.lines_for(code, "emergency")[0].name
        assert country["emergency"] == registry.emergency(code)


def test_what_the_widget_dials_is_what_the_registry_says(countries, registry):
    every = [line for country in registry.countries.values() for line in country.lines]
    carried = {
        (line["name"], line["call"], line.get("dial") or re.sub(r"[^+\d]", "", line["call"]))
        for country in countries.values()
        for line in country["lines"]
        if "call" in line
    }
    assert carried == {(line.name, line.call, line.dial) for line in every if line.call}


def test_only_a_keyword_is_written_into_a_message(countries):
    lines = {line["name"]: line for line in countries["US"]["lines"]}
    assert lines["Crisis Text Line"]["body"] == "HOME"
    assert "body" not in lines["SAMHSA National Helpline"]
    assert lines["SAMHSA National Helpline"]["write"] == "your ZIP code"


def test_the_command_writes_the_file(tmp_path, monkeypatch):
    (tmp_path / "widget").mkdir()
    monkeypatch.setattr(widget_data, "ROOT", tmp_path)
    assert widget_data.main() == 0
    assert (tmp_path / widget_data.FILE).read_bytes() == (ROOT / widget_data.FILE).read_bytes()
