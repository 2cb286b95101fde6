"""Sources and safety notes of answers."""

from __future__ import annotations

from checks.sources import notes, sources

TOPIC = "data/topics/cold_turkey.yml"


def test_a_source_that_is_no_section_is_refused(project):
    project.replace(TOPIC, "[A1#cold-turkey]", "[A2#cold-turkey]")
    project.refused(sources, TOPIC, "A2#cold-turkey", "no source 'A2#cold-turkey'", "Did you mean 'A1#cold-turkey'?")


def test_a_topics_answer_without_a_source_is_refused(project):
    project.replace(TOPIC, "[A1#cold-turkey]", "[]")
    project.refused(sources, TOPIC, "sources: []", "names no source", "add `not_covered: true`")


def test_an_answer_that_the_articles_do_not_have_may_say_so(project):
    project.replace(TOPIC, "[A1#cold-turkey]", "[]\n      not_covered: true")
    assert project.found(sources) == []


def test_talk_and_emergencies_need_no_source(project):
    assert project.found(sources) == []


def test_a_safety_note_that_is_not_there_is_refused(project):
    project.replace(TOPIC, "safety_note: tolerance\n", "safety_note: tolerence\n")
    project.refused(notes, TOPIC, "tolerence", "no safety note 'tolerence'", "Did you mean 'tolerance'?")


def test_an_answer_about_quitting_without_the_tolerance_note_is_refused(project):
    project.replace(TOPIC, "      safety_note: tolerance\n", "")
    project.refused(
        notes, TOPIC, "metadata:", "carries no safety note", "Set `safety_note: tolerance or tolerance_other`"
    )


def test_an_intent_may_owe_another_note_than_its_topic(project):
    for name in "intent: cold_turkey\n  examples", "intent: cold_turkey", "utter_cold_turkey", "utter_cold_turkey":
        project.replace(TOPIC, name, name.replace("cold_turkey", "detox_program_enough"))
    project.replace(TOPIC, "safety_note: tolerance\n", "safety_note: medicine_after_detox\n")
    project.append("data/safety_notes.yml", NOTE)
    assert project.found(notes) == []


def test_several_safety_notes_are_each_looked_up_and_one_that_is_owed_is_enough(project):
    project.append("data/safety_notes.yml", NOTE)
    project.replace(TOPIC, "safety_note: tolerance\n", "safety_note: [medicine_after_detox, tolerance]\n")
    assert project.found(notes) == []
    project.replace(TOPIC, "[medicine_after_detox, tolerance]", "[tolerance, medicine_after_detx]")
    project.refused(notes, TOPIC, "detx", "'medicine_after_detx'", "Did you mean 'medicine_after_detox'?")


def test_several_safety_notes_of_which_none_is_owed_are_refused(project):
    project.append("data/safety_notes.yml", f"{NOTE}{NOTE.replace('medicine_after_detox', 'supply')}")
    project.replace(TOPIC, "safety_note: tolerance\n", "safety_note: [medicine_after_detox, supply]\n")
    project.refused(notes, TOPIC, "[medicine_after_detox, supply]", "carries medicine_after_detox and supply.")


NOTE = """\
  medicine_after_detox:
    text: Detox alone leaves a high risk.
    source: A source
    url: https://example.org/
    checked: "2026-01-01"
"""
