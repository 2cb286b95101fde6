"""nlu/spelling.py: misspelt words are repaired onto the assistant's own words, and no other word is touched."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signpost.nlu.spelling import SEEN, SEEN_OFTEN, SHORTEST, Spelling

VOCABULARY = ["heroin", "withdrawal", "tapering", "methadone", "buprenorphine", "overdose", "quit", "pills"]
KNOWN = ["heron", "heroine", "bills", "tampering", "the", "quiet", "help"]
SPELLING = Spelling(VOCABULARY, KNOWN)


@pytest.mark.parametrize(
    ("typed", "repaired"),
    [
        ("herion", "heroin"),
        ("heroinn", "heroin"),
        ("withdrawl", "withdrawal"),
        ("whithdrawel", "withdrawal"),
        ("overdoes", "overdose"),
        ("bupenorphin", "buprenorphine"),
        ("how do i stop herion, the methadon?", "how do i stop heroin, the methadone?"),
    ],
)
def test_a_misspelt_word_becomes_the_word_that_was_meant(typed, repaired):
    assert SPELLING.repair(typed) == repaired


@pytest.mark.parametrize("right", KNOWN + VOCABULARY)
def test_a_right_word_stays_however_near_another_lies(right):
    assert SPELLING.repair(right) == right


@pytest.mark.parametrize("short", ["quti", "qit", "hlep", "pils"])
def test_a_short_word_stays_for_too_many_words_lie_one_letter_apart(short):
    assert len(short) < SHORTEST
    assert SPELLING.repair(short) == short


def test_nothing_is_repaired_to_a_short_word():
    assert SPELLING.repair("quiit") == "quiit"


@pytest.mark.parametrize("far", ["hiroen", "heeroyne", "wthdrwl", "xqzvkjp", "weather"])
def test_a_word_with_more_wrong_letters_than_may_be_stays(far):
    assert SPELLING.repair(far) == far


def test_two_letters_may_be_wrong_only_where_enough_are_right():
    assert Spelling(["cravings"], []).repair("crawingz") == "cravings"
    assert Spelling(["craving"], []).repair("crawinz") == "crawinz"


def test_two_letters_in_the_wrong_order_are_one_mistake():
    assert Spelling(["heroin"], []).repair("heorin") == "heroin"


def test_of_two_equally_near_words_the_one_with_the_same_first_letter_is_meant():
    assert Spelling(["ataper", "staper"], []).repair("aaper") == "ataper"


def test_between_two_equally_near_words_that_begin_otherwise_nothing_is_guessed():
    assert Spelling(["baper", "caper"], []).repair("xaper") == "xaper"


@pytest.mark.parametrize("text", ["", "  ", "123 45", "🙂 ?!", "帮助", "героин", "it's"])
def test_what_is_not_written_in_plain_letters_stays(text):
    assert SPELLING.repair(text) == text


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",))))
def test_any_text_can_be_repaired_and_all_between_the_words_stays(text):
    repaired = SPELLING.repair(text)
    between = re.compile(r"[a-z]+")
    assert between.split(repaired) == between.split(text)


@given(st.lists(st.sampled_from([*VOCABULARY, *KNOWN, "herion", "withdrawl", "methadon"])).map(" ".join))
def test_repairing_twice_is_repairing_once(text):
    assert SPELLING.repair(SPELLING.repair(text)) == SPELLING.repair(text)


def test_a_word_that_enough_questions_use_is_learnt():
    english = ["detox"]
    assert "detox" in Spelling.learn(["a detox"] * SEEN, [], english).vocabulary
    assert "detox" not in Spelling.learn(["a detox"] * (SEEN - 1), [], english).vocabulary


def test_a_word_that_no_list_has_must_be_used_more_often():
    assert "naltrexone" in Spelling.learn(["naltrexone"] * SEEN_OFTEN, [], []).vocabulary
    assert "withdrawl" not in Spelling.learn(["withdrawl"] * (SEEN_OFTEN - 1), [], []).vocabulary


def test_a_question_that_repeats_a_word_counts_once():
    assert Spelling.learn(["detox " * 50], [], ["detox"]).vocabulary == []


def test_every_word_of_a_name_is_learnt_at_once():
    assert Spelling.learn([], ["black tar heroin"], []).vocabulary == ["black", "heroin"]


def test_parts_of_words_and_capitals_in_the_list_of_english_are_no_words():
    assert Spelling.learn([], [], ["##ing", "[CLS]", "weather", "l'eau"]).known == {"weather"}


def test_a_speller_made_from_what_another_knows_repairs_alike():
    learnt = Spelling.learn(["a taper of heroin"] * SEEN, ["methadone"], ["heroin", "taper", "heron"])
    again = Spelling(learnt.vocabulary, sorted(learnt.known))
    for word in ("herion", "heron", "tapre", "methadon", "taper"):
        assert again.repair(word) == learnt.repair(word)
