"""reply.py: answer, safety note, source line, signpost."""

from __future__ import annotations

import dataclasses

import pytest

from signpost.files import DATA, FileError, read
from signpost.reply import Composer, Signposts, note_ids

KINDS = ("clinician", "helpline", "family", "crisis")
MOST_WORDS = 15


def test_an_answer_is_its_text_its_note_and_its_source_a_line_each(composer):
    answer = composer.answer(" Stop. \n", {"safety_note": "tolerance", "sources": ["A1#cold-turkey"]})
    text, note, source = answer.splitlines()
    assert text == "Stop."
    assert note.startswith("Not from the articles: After even a few days")
    assert source == "Source: “Is it Hard to Quit Heroin?”, Cold turkey."


def test_an_answer_without_note_and_source_is_its_text(composer):
    assert composer.answer("Hello.", {}) == "Hello."
    assert composer.answer("Hello.", {"sources": []}) == "Hello."


def test_two_sources_stand_in_one_line(composer):
    assert composer.source_line(["A1#tapering", "A2#tips"]) == (
        "Source: “Is it Hard to Quit Heroin?”, Tapering; “How To Taper Off Heroin”, Tips."
    )


def test_source_details_name_who_reviewed_an_article_and_when(composer):
    assert composer.source_details(["A2#tips"]) == (
        "- “How To Taper Off Heroin”, section “Tips”, Addiction Resource, reviewed by Johnelle Smith, M.D., 2021-07-06."
    )


def test_source_details_name_an_author_where_nobody_reviewed(composer):
    assert composer.source_details(["A1#intro"]).endswith("Addiction Resource, by Lee Weber.")


def test_source_details_give_each_source_a_line(composer):
    assert len(composer.source_details(["A1#intro", "A2#tips", "A2#dangers"]).splitlines()) == 3


@pytest.mark.parametrize("unknown", ["A1#nowhere", "A9#intro", "A1", ""])
def test_an_unknown_source_is_an_error(composer, unknown):
    with pytest.raises(KeyError):
        composer.answer("Text.", {"sources": [unknown]})


@pytest.mark.parametrize("unknown", ["nowhere", ["nowhere"], ["tolerance", "nowhere"]])
@pytest.mark.parametrize("asking_for", [None, "someone_else"])
def test_an_unknown_safety_note_is_an_error(composer, unknown, asking_for):
    with pytest.raises(KeyError):
        composer.answer("Text.", {"safety_note": unknown}, asking_for)


def test_several_notes_stand_in_one_line_behind_one_label(composer):
    notes = composer.notes.notes
    answer = composer.answer("Text.", {"safety_note": ["tolerance", "naloxone"]})
    assert answer == f"Text.\n{composer.notes.label} {notes['tolerance'].text} {notes['naloxone'].text}"


@pytest.mark.parametrize("written", ["tolerance", ["tolerance"]])
def test_a_note_is_written_for_whom_it_is_asked_where_there_is_such_a_wording(composer, written):
    notes = composer.notes.notes
    theirs = composer.answer("Text.", {"safety_note": written}, "someone_else")
    own = composer.answer("Text.", {"safety_note": written}, "self")
    assert notes["tolerance_other"].text in theirs and notes["tolerance"].text in own
    without = next(name for name in notes if f"{name}_other" not in notes and not name.endswith("_other"))
    assert notes[without].text in composer.answer("Text.", {"safety_note": [without]}, "someone_else")


@pytest.mark.parametrize(("written", "ids"), [(None, []), ("", [""]), ("a", ["a"]), ([], []), (["a", "b"], ["a", "b"])])
def test_safety_notes_are_a_list_however_they_are_written(written, ids):
    assert note_ids(written) == ids


@pytest.mark.parametrize("kind", KINDS)
def test_the_wordings_of_a_closing_line_rotate_and_come_round(composer, kind):
    wordings = len(composer.signposts.lines[kind])
    shown = [composer.signpost(kind, "US", turn) for turn in range(2 * wordings)]
    assert len(set(shown)) == wordings >= 2
    assert shown[:wordings] == shown[wordings:]


@pytest.mark.parametrize("kind", KINDS)
def test_every_closing_line_is_one_short_line_with_a_number_of_the_country(composer, kind):
    for code in composer.registry.countries:
        role = {"clinician": "support", "helpline": "support"}.get(kind, kind)
        number = composer.registry.lines_for(code, role)[0].number
        for turn in range(len(composer.signposts.lines[kind])):
            line = composer.signpost(kind, code, turn)
            assert number in line
            assert "\n" not in line and "{" not in line


def test_closing_lines_of_the_default_country_have_at_most_fifteen_words(composer):
    for kind in KINDS:
        for turn in range(len(composer.signposts.lines[kind])):
            line = composer.signpost(kind, "US", turn)
            assert len(line.split()) <= MOST_WORDS, line


def test_the_full_signpost_is_the_block_and_how_to_name_another_country(composer):
    assert composer.signpost("full", "NZ", 5) == f"{composer.registry.block('NZ')}\n{composer.signposts.elsewhere}"


def test_the_fixed_reply_for_trouble_ends_with_the_full_block(composer):
    for code in composer.registry.countries:
        assert composer.trouble(code) == f"{composer.signposts.trouble}\n{composer.signpost('full', code, 0)}"


def test_a_kind_of_signpost_without_wordings_is_refused(tmp_path):
    text = (DATA / "signposts.yml").read_text(encoding="utf-8").replace("  family:\n", "  relatives:\n")
    (tmp_path / "signposts.yml").write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=r"signposts\.yml, line "):
        read(tmp_path / "signposts.yml", Signposts)


@pytest.mark.parametrize("missing", ["soft", "  suicide", "  emergency"])
def test_a_soft_sign_without_a_line_is_refused(tmp_path, missing):
    text = (DATA / "signposts.yml").read_text(encoding="utf-8")
    (tmp_path / "signposts.yml").write_text(text.replace(f"\n{missing}:", f"\n{missing}ly:"), encoding="utf-8")
    with pytest.raises(FileError, match=r"signposts\.yml, line .*soft"):
        read(tmp_path / "signposts.yml", Signposts)


@pytest.mark.parametrize("family", ["suicide", "overdose", "medical", "danger", "high_risk"])
def test_the_line_of_a_soft_sign_is_one_line_with_the_numbers_of_the_country(composer, family):
    for code in composer.registry.countries:
        line = composer.soft(family, code)
        assert composer.registry.emergency(code) in line
        assert (composer.registry.brief(code, "crisis") in line) == (family == "suicide")
        assert "\n" not in line and "{" not in line


def test_a_composer_cannot_be_changed(composer):
    with pytest.raises(dataclasses.FrozenInstanceError):
        composer.registry = None


def test_the_data_files_fit(registry):
    assert Composer.from_files(registry).sources.articles.keys() == {"A1", "A2"}


def test_the_reply_to_too_many_messages_begins_with_the_emergency_number_and_ends_with_the_full_block(composer):
    for code in composer.registry.countries:
        first, rest = composer.limited(code).split(". ", 1)
        assert composer.registry.emergency(code) in first
        assert rest.endswith(composer.signpost("full", code, 0))


def test_the_short_block_names_the_lines_for_emergency_crisis_and_support(composer):
    for code in composer.registry.countries:
        block = composer.short_block(code)
        assert composer.registry.emergency(code) in block
        assert composer.registry.brief(code, "crisis") in block
        assert composer.registry.brief(code, "support") in block
