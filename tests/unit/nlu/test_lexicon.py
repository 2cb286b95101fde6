"""nlu/lexicon.py: the lexicon's files as one object that a model carries."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from signpost import helplines
from signpost.files import FileError
from signpost.nlu import fingerprint
from signpost.nlu.lexicon import LEXICON, Lexicon


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(LEXICON, tmp_path / "lexicon")
    return tmp_path / "lexicon"


def test_the_lexicon_survives_being_stored_in_a_model(lexicon):
    assert Lexicon.model_validate_json(lexicon.model_dump_json(by_alias=True)) == lexicon


def test_every_country_of_the_lexicon_has_helplines_and_the_other_way_round(lexicon):
    assert set(lexicon.countries.countries) == set(helplines.load("US").countries)


def test_no_name_of_a_country_stands_for_two(lexicon):
    names = [name for every in lexicon.countries.countries.values() for name in every]
    assert len(names) == len(set(names))


def test_heroin_and_the_medicines_of_the_articles_are_known(lexicon):
    assert "heroin" in lexicon.substances.substances
    assert {"methadone", "buprenorphine", "naltrexone", "naloxone"} <= set(lexicon.medicines.medicines)


@pytest.mark.parametrize(
    ("file", "good", "bad"),
    [
        ("medicines.yml", "medicines:", "medicine:"),
        ("people.yml", "self: [", "self_: ["),
        ("text_speak.yml", "  u: you", "  u: [you]"),
        ("substances.yml", "context:\n", "contexts:\n"),
        ("countries.yml", "stated_after: [", "stated: ["),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_file_and_line(copied, file, good, bad):
    text = (copied / file).read_text(encoding="utf-8")
    assert good in text
    (copied / file).write_text(text.replace(good, bad), encoding="utf-8")
    with pytest.raises(FileError, match=rf"{copied / file}, line \d+: "):
        Lexicon.from_files(copied)


def test_a_missing_file_is_named(copied):
    (copied / "people.yml").unlink()
    with pytest.raises(FileError, match=str(copied / "people.yml")):
        Lexicon.from_files(copied)


def test_the_fingerprint_changes_with_any_file_of_the_lexicon_and_only_then(copied, monkeypatch):
    before = fingerprint.fingerprint()
    monkeypatch.setattr(fingerprint, "LEXICON", copied)
    seen = {before, fingerprint.fingerprint()}
    assert seen == {before}
    for path in sorted(copied.glob("*.yml")):
        path.write_text(path.read_text(encoding="utf-8") + "\n# more\n", encoding="utf-8")
        seen.add(fingerprint.fingerprint())
    assert len(seen) == 1 + len(list(copied.glob("*.yml")))
