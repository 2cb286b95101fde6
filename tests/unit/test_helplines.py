"""helplines.py: which line is named to whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from signpost import helplines
from signpost.files import FileError
from signpost.helplines import ROLES, Helpline, load

CODES = list(load("US").countries)


def line(**given) -> Helpline:
    return Helpline.model_validate(
        {"id": "x", "name": "The Line", "for": ["drugs"], "confidence": "A", "last_checked": "2026-10-01", **given}
    )


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ({"call": "988", "dial": "988", "text": {"to": "988"}}, "call or text 988"),
        ({"call": "116 123", "dial": "116123"}, "116 123"),
        ({"call": "116 123", "dial": "116123", "call_alternative": "999"}, "116 123 or 999"),
        ({"call": "116 123", "dial": "116123", "text": {"to": "85258"}}, "116 123"),
        ({"text": {"to": "85258", "body": "SHOUT"}}, "text SHOUT to 85258"),
        ({"text": {"to": "85258"}}, "text 85258"),
        ({"web": "https://www.find.example/"}, "find.example"),
    ],
)
def test_a_line_is_reached_in_the_fewest_words(given, number):
    assert line(**given).number == number


def test_a_line_in_a_sentence_has_its_short_name_its_number_and_when_it_answers():
    given = {"short": "TL", "call": "1", "dial": "1", "when": "weekdays"}
    assert line(**given).brief == "TL: 1 (weekdays)"


def test_a_directory_named_like_its_address_is_not_said_twice():
    assert line(short="find.example", web="https://find.example/").brief == "find.example"


def test_a_line_in_the_block_has_every_way_to_reach_it_and_its_hours():
    given = {"call": "1 2", "dial": "12", "text": {"to": "34", "body": "HI"}, "hours": "24/7", "free": True}
    assert line(**given, regions=["Wales"]).full == "The Line: 1 2, or text HI to 34 (24/7, free, Wales)"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "no way to reach it"),
        ({"call": "1 2"}, "needs both"),
        ({"dial": "12", "web": "https://x.example"}, "needs both"),
        ({"call": "1 2", "dial": "1 2"}, "pattern"),
        ({"web": "https://x.example", "confidence": "C"}, "confidence"),
        ({"web": "https://x.example", "for": []}, "at least 1"),
    ],
)
def test_a_line_that_cannot_be_used_is_refused(given, problem):
    with pytest.raises(ValueError, match=problem):
        line(**given)


def test_a_country_nobody_stated_or_knows_is_the_operators(registry):
    ours = helplines.load("IE")
    assert [ours.code(stated) for stated in (None, "", "ZZ", "us", "NZ")] == ["IE", "IE", "IE", "IE", "NZ"]


@pytest.mark.parametrize("code", CODES)
def test_every_country_has_a_line_for_every_need(registry, code):
    for role in ROLES:
        assert registry.brief(code, role)


@pytest.mark.parametrize("code", CODES)
def test_every_block_names_the_country_and_begins_with_its_emergency_number(registry, code):
    heading, first, *_ = registry.block(code).splitlines()
    assert heading == f"Help in {registry.countries[code].within}:"
    assert first == f"- {registry.lines_for(code, 'emergency')[0].full}"


@pytest.mark.parametrize("code", CODES)
def test_every_block_holds_the_lines_of_every_need_once(registry, code):
    lines = registry.block(code).splitlines()
    assert len(lines) == len(set(lines))
    for role in ROLES:
        assert all(f"- {named.full}" in lines for named in registry.lines_for(code, role))


def test_a_region_has_its_own_line_first_and_its_parents_for_other_needs(registry):
    assert "DAN 24/7" in registry.brief("GB-WLS", "support")
    assert registry.emergency("GB-WLS") == "999"
    assert "Samaritans" in registry.brief("GB-WLS", "crisis")
    assert "Lifeline: 0808 808 8000" in registry.brief("GB-NIR", "crisis")


def test_a_line_for_some_regions_stands_in_their_blocks_only(registry):
    assert "NHS 111" in registry.block("GB-WLS")
    assert "NHS 111" in registry.block("GB")
    assert "NHS 111" not in registry.block("GB-NIR")


def test_two_lines_are_named_where_the_first_has_office_hours(registry):
    assert registry.brief("IE", "support") == "HSE helpline: 1800 459 459 (weekdays) or Samaritans: 116 123"


def test_elsewhere_names_a_directory_and_the_local_emergency_number(registry):
    assert registry.emergency("XX") == "your local emergency number (112 on most mobile phones)"
    assert "findahelpline.com" in registry.brief("XX", "crisis")


COUNTRY = """\
countries:
  AA:
    name: Aland
    within: Aland
    roles:
      emergency: [aa]
      crisis: [aa]
      support: [aa]
      family: [aa]
      alone: [aa]
    lines:
    - {id: aa, name: E, call: "1", dial: "1", for: [emergency], confidence: A, last_checked: 2026-01-01}
"""


@pytest.fixture
def write(tmp_path: Path):
    def _write(good: str = "", bad: str = "") -> Path:
        assert good in COUNTRY
        path = tmp_path / "helplines.yml"
        path.write_text(COUNTRY.replace(good, bad) if good else COUNTRY, encoding="utf-8")
        return path

    return _write


def test_a_small_registry_loads(write):
    assert load("AA", write()).block("AA") == "Help in Aland:\n- E: 1"


@pytest.mark.parametrize(
    ("good", "bad", "line"),
    [
        ('dial: "1", ', "", 12),
        ("confidence: A", "confidence: Z", 12),
        ("      alone: [aa]", "      lonely: [aa]", 10),
        ("    name: Aland\n", "", 2),
        ("2026-01-01", "soon", 12),
    ],
)
def test_a_line_that_does_not_fit_is_refused_with_file_and_line(write, good, bad, line):
    path = write(good, bad)
    with pytest.raises(FileError, match=rf"{path}, line {line}: countries\.AA"):
        load("AA", path)


@pytest.mark.parametrize(
    ("good", "bad", "problem"),
    [
        ("family: [aa]", "family: [bb]", r"countries\.AA\.roles\.family: no line has the id bb"),
        ("      alone: [aa]\n", "", r"countries\.AA\.roles: no line for 'alone'"),
        ("      alone: [aa]\n", "      alone: []\n", r"countries\.AA\.roles: no line for 'alone'"),
    ],
)
def test_a_need_without_a_line_is_refused_with_the_file_and_the_mend(write, good, bad, problem):
    path = write(good, bad)
    with pytest.raises(FileError, match=rf"^{path}, line [0-9]+: {problem}"):
        load("AA", path)


def test_a_need_without_a_line_is_refused_with_the_line_of_the_file(write):
    path = write("family: [aa]", "family: [bb]")
    with pytest.raises(FileError, match=rf"^{path}, line 9: "):
        load("AA", path)


def test_a_region_of_an_unknown_country_is_refused_with_the_file(write):
    path = write("      alone: [aa]\n", "    parent: BB\n")
    with pytest.raises(FileError, match=str(path)):
        load("AA", path)


def test_a_country_within_itself_is_refused_with_the_file(write):
    path = write("      alone: [aa]\n", "    parent: AA\n")
    with pytest.raises(FileError, match=str(path)):
        load("AA", path)


def test_an_id_given_to_two_lines_is_refused(write):
    path = write("    lines:\n", '    lines:\n    - {id: aa, name: F, call: "2", dial: "2", for: [x], confidence: A, '
                 "last_checked: 2026-01-01}\n")  # fmt: skip
    with pytest.raises(FileError):
        load("AA", path)
