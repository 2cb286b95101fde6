"""nlu/text.py: cleaning of what people type."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signpost.nlu.text import clean, has_words, unstretch

# Any text at all, lone surrogates included: a JSON body can carry them.
ANY_TEXT = st.text(alphabet=st.characters())
HIDDEN = {"Cc", "Cf", "Zl", "Zp"}
TROUBLEMAKERS = st.text(
    alphabet=st.sampled_from("aé\u0301 \t\n\r\x00\x1b\u200b\u200d\u200e\u202e\u2066\ufeff\u00ad’“´ﬁ①İß\u2028\xa0/'")
)


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("  help   me  ", "help me"),
        ("help\n\tme", "help me"),
        ("he\u200blp", "help"),
        ("\u202ehelp\u202c", "help"),
        ("help\x00me\x1b", "help me"),
        ("ｈｅｌｐ", "help"),
        ("I’m “fine” – no", 'I\'m "fine" - no'),
        ("ﬁnd", "find"),
        ("\ufeffhelp\u00ad", "help"),
        ("a\u2028b\xa0c", "a b c"),
        ("", ""),
        ("\u200b \n", ""),
        ("café", "café"),
    ],
)
def test_what_cannot_be_seen_is_taken_out(typed, cleaned):
    assert clean(typed) == cleaned


@given(st.one_of(ANY_TEXT, TROUBLEMAKERS))
def test_no_control_or_zero_width_character_and_no_double_space_is_left(text):
    cleaned = clean(text)
    assert not any(unicodedata.category(c) in HIDDEN for c in cleaned)
    assert "  " not in cleaned and cleaned == cleaned.strip()


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="`")))
def test_plain_ascii_stays_as_it_is(text):
    assert clean(text) == text


@given(st.text(alphabet=st.characters(exclude_categories=("Cf", "Cs", "Mn"))))
def test_cleaning_twice_is_cleaning_once(text):
    assert clean(clean(text)) == clean(text)


def test_an_accent_typed_for_an_apostrophe_is_one():
    assert clean("i don´t know") == "i don't know"


def test_a_zero_width_mark_does_not_keep_a_letter_from_its_accent():
    assert clean("cafe\u200d\u0301") == "café"


@pytest.mark.parametrize(
    ("typed", "written"),
    [("heeeelp", "heelp"), ("sooo baaad", "soo baad"), ("heel", "heel"), ("!!!!", "!!!!"), ("", ""), ("1000", "1000")],
)
def test_stretched_letters_are_written_twice(typed, written):
    assert unstretch(typed) == written


@given(ANY_TEXT)
def test_no_letter_stands_three_times_in_a_row_after_unstretching(text):
    written = unstretch(text)
    assert unstretch(written) == written
    assert len(written) <= len(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("help", True), ("4", True), ("é", True), ("帮助", True), ("", False), ("?!…", False), ("🙂", False),
     (" \n", False),
     ("___", False)],
)  # fmt: skip
def test_a_text_has_words_when_it_has_a_letter_or_a_digit(text, expected):
    assert has_words(text) is expected
