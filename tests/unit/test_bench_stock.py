"""bench/stock: the same questions for both sides, and ratios and bars that say what was measured."""

from __future__ import annotations

import pytest
import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter

from bench.stock import data
from bench.stock.environments import UnavailableError, stock
from bench.stock.figures import bars
from bench.stock.table import table
from signpost.topic_file import read_topic_files


def round_of(scale: float) -> dict:
    return {
        "start": [10 * scale, 12 * scale],
        "memory_rest": {"rss": 100 * scale, "pss": 90 * scale},
        "first": [0.01 * scale] * 100,
        "throughput": {"1": 100 / scale, "8": 100 / scale, "32": 100 / scale},
        "turns": {"10": [0.01] * 11, "100": [0.01] * 11, "1000": [0.01 * scale] * 11},
        "failed": 0,
        "empty": 0,
    }


@pytest.fixture
def results() -> dict:
    about = {"command": "c", "date": "d", "processor": "p", "cores": 2, "load": 0.1}
    about |= {"questions": 10, "trained_on": 100, "all_questions": 1000}
    return {
        "about": about,
        "size": {"ours": 500, "stock": 2000},
        "training": {"ours": {"seconds": 10}, "stock": {"seconds": 50}},
        "accuracy": {"ours": {"top": 0.9, "answered": 0.8}, "stock": {"top": 0.6, "answered": 0.5}},
        "rounds": [{"ours": round_of(1), "stock": round_of(10)}, {"ours": round_of(1), "stock": round_of(12)}],
    }


def test_a_bar_is_the_median_of_the_rounds_ratios_and_says_whether_it_is_met(results):
    found = {bar.name: bar for bar in bars(results)}
    throughput = found["throughput with 8 senders, of stock's"]
    assert throughput.ratios == pytest.approx([10, 12])
    assert throughput.value == pytest.approx(11)
    assert throughput.met
    assert not found["training, of stock's"].met
    assert found["memory at rest, of stock's"].met


def test_no_bar_is_made_of_what_was_not_measured(results):
    for each in results["rounds"]:
        del each["stock"]
    results["training"], results["accuracy"] = {}, {}
    assert [bar.name for bar in bars(results)] == ["our turn 1,000, of our turn 10"]
    results["rounds"] = []
    assert bars(results) == []


def test_the_table_shows_every_bar_and_what_got_no_reply(results):
    results["rounds"][1]["stock"]["failed"] = 3
    page = table(results)
    assert all(bar.name in page for bar in bars(results))
    assert "| first reply, median, ms | 10.0 (10.0 to 10.0) | 110.0 (100.0 to 120.0) |" in page
    assert "**not met**" in page
    assert "stock in round 2: 3 failed" in page


def test_both_sides_are_trained_on_the_same_questions(tmp_path):
    files = data.capped(3)
    config = tmp_path / "default.yml"
    config.write_text("assistant_id: placeholder_default\nlanguage: en\npipeline: []\npolicies: []\n", encoding="utf-8")
    data.write_ours(files, tmp_path / "ours")
    data.write_stock(files, tmp_path / "stock", config)
    ours = {
        (of.intent, text)
        for file in read_topic_files(tmp_path / "ours").values()
        for of in file.nlu
        for text in of.texts
    }
    project = tmp_path / "stock"
    importer = RasaFileImporter(str(project / "config.yml"), str(project / "domain.yml"), [str(project / "data")])
    examples = importer.get_nlu_data().intent_examples
    assert {(example.get("intent"), example.get("text")) for example in examples} == ours
    assert len(ours) <= 3 * len({intent for intent, _ in ours})
    assert {step.block_name for step in importer.get_stories().story_steps} == {
        rule.rule for file in files.values() for rule in file.rules
    }
    domain = Domain.load(str(project / "domain.yml"))
    assert set(domain.responses) == {name for file in files.values() for name in file.responses}
    assert yaml.safe_load((project / "config.yml").read_text())["assistant_id"] == "stock"


def test_without_the_python_it_needs_stock_is_given_up_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("BENCH_PYTHON", str(tmp_path / "python3.10"))
    with pytest.raises(UnavailableError, match=r"needs Python 3\.10, and none was found at .* name it in BENCH_PYTHON"):
        stock(tmp_path)
    assert list(tmp_path.iterdir()) == []
