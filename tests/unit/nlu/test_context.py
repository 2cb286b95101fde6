"""nlu/context.py: a short follow-up is read with the subject of the answer before it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signpost.nlu.context import LONGEST, FollowUps
from signpost.nlu.lexicon import Lexicon

LEXICON = Lexicon.from_files()
FOLLOW_UPS = FollowUps(LEXICON)
SUBJECTS = LEXICON.subjects.subjects


@pytest.mark.parametrize(
    ("asked", "last", "read"),
    [
        ("is it safe to do it?", "taper_what", "is tapering off heroin safe to do it?"),
        ("can that be dangerous", "med_methadone", "can methadone be dangerous"),
        ("does it work if it hurts", "med_naltrexone", "does naltrexone work if it hurts"),
        ("tell me about this stuff", "heroin_basics", "tell me about heroin"),
        ("is it covered", "inpatient_rehab_cost", "is inpatient rehab covered"),
    ],
)
def test_the_first_pronoun_stands_for_the_subject_of_the_last_answer(asked, last, read):
    assert FOLLOW_UPS.resolve(asked, last) == read


@pytest.mark.parametrize("asked", ["how long", "how long?", " side effects?! ", "why not"])
def test_a_bare_question_gets_the_subject_at_its_end(asked):
    assert FOLLOW_UPS.resolve(asked, "med_methadone") == f"{asked.strip(' ?!')} methadone?"


@pytest.mark.parametrize("question", LEXICON.subjects.questions)
def test_every_bare_question_of_the_lexicon_is_completed(question):
    assert "methadone" in FOLLOW_UPS.resolve(question, "med_methadone")


def test_the_longest_beginning_of_an_intents_name_decides():
    assert FOLLOW_UPS.resolve("is it free", "overdose_info_naloxone_how") == "is naloxone free"
    assert FOLLOW_UPS.resolve("is it free", "overdose_info") == "is it free"


@pytest.mark.parametrize("last", ["greet", "utter_taper_what", "", "crisis_overdose", "crisis_suicide", "out_of_scope"])
def test_after_anything_without_a_subject_a_message_stays(last):
    assert FOLLOW_UPS.resolve("is it hard for you?", last) == "is it hard for you?"


@pytest.mark.parametrize(
    "asked",
    ["is it safe with methadone", "can my doctor say that about drugs", "does it help cravings", "is that an overdose"],
)
def test_a_message_that_names_a_subject_of_its_own_stays(asked):
    assert FOLLOW_UPS.resolve(asked, "taper_what") == asked


def test_a_message_that_is_long_enough_to_say_what_it_is_about_stays():
    within = "is it " + "very " * (LONGEST - 3) + "safe"
    assert FOLLOW_UPS.resolve(within, "med_methadone").startswith("is methadone very")
    assert FOLLOW_UPS.resolve(f"{within} now", "med_methadone") == f"{within} now"


@pytest.mark.parametrize("asked", ["hello", "itching", "thatcher", "how long does", "", "?!", "帮助"])
def test_a_message_without_a_pronoun_stays(asked):
    assert FOLLOW_UPS.resolve(asked, "taper_what") == asked


@given(text=st.text(), last=st.sampled_from([*SUBJECTS, "greet"]))
def test_any_text_can_be_read_and_changes_only_by_the_subject(text, last):
    read = FOLLOW_UPS.resolve(text, last)
    assert read == text or SUBJECTS[last] in read


def test_a_bare_question_with_a_pronoun_gets_the_subject_in_its_place():
    assert FOLLOW_UPS.resolve("is it safe?", "med_methadone") == "is methadone safe?"


@pytest.mark.parametrize(
    "cry",
    [
        "i want to end it",
        "i want to end it all",
        "i cant take it anymore",
        "i can't do this anymore",
        "i am done with this",
        "i want this to be over",
        "i took it all",
        "i took them all",
    ],
)
def test_a_cry_for_help_is_heard_after_any_answer(assistant, cry):
    alone = assistant.parse(cry)["intent"]["name"]
    if not alone.startswith("crisis_"):
        pytest.fail(f"{cry!r} is read as {alone} even at the beginning of a conversation")
    heard = {}
    for question in ("what is tapering", "what is methadone", "what is cold turkey", "what is relapse"):
        assistant.say(question, sender=f"{cry} {question}")
        heard[question] = assistant.say(cry, sender=f"{cry} {question}").responses[-1]
    assert all(response.startswith("utter_crisis_") for response in heard.values()), heard
