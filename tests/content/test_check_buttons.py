"""Quick replies, titles and variations."""

from __future__ import annotations

from checks.buttons import buttons, titles, variations

TOPIC, TALK = "data/topics/cold_turkey.yml", "data/talk/talk.yml"
BUTTON = "    - title: {}\n      payload: /{}\n"


def add_button(project, title: str, intent: str) -> None:
    project.replace(TOPIC, "    metadata:", f"{BUTTON.format(title, intent)}    metadata:")


def test_four_buttons_are_refused(project):
    add_button(project, "Third", "greet")
    assert project.found(buttons) == []
    add_button(project, "Fourth", "greet")
    project.refused(buttons, TOPIC, "buttons:", "4 buttons", "Messenger drops all above 3", "Take some out.")


def test_a_button_to_an_intent_that_is_not_there_is_refused(project):
    add_button(project, "Goodbye", "goodbye")
    project.refused(buttons, TOPIC, "payload: /goodbye", "/goodbye leads to no intent", "Mend the name.")


def test_a_button_back_to_its_own_answer_is_refused(project):
    add_button(project, "The same", "cold_turkey")
    project.refused(buttons, TOPIC, "payload: /cold_turkey", "leads back to this answer", "Choose another question.")


def test_entities_of_a_payload_are_no_part_of_the_intent(project):
    add_button(project, "Hello", 'greet{"country":"AA"}')
    assert project.found(buttons) == []


def test_a_button_of_25_characters_is_refused(project):
    add_button(project, "x" * 24, "greet")
    assert project.found(buttons) == []
    project.replace(TOPIC, "x" * 24, "x" * 25)
    project.refused(buttons, TOPIC, "x" * 25, "has 25 characters; at most 24", "Shorten it.")


def test_a_title_of_46_characters_is_refused(project):
    project.replace(TOPIC, "title: Stopping all at once", f"title: {'x' * 45}")
    assert project.found(titles) == []
    project.replace(TOPIC, "x" * 45, "x" * 46)
    project.refused(titles, TOPIC, "x" * 46, "has 46 characters; write 1 to 45.")


def test_an_empty_title_is_refused(project):
    project.replace(TALK, "title: No answer yet", 'title: ""')
    project.refused(titles, TALK, 'title: ""', "has 0 characters; write 1 to 45.")


def test_a_response_without_a_wording_for_everyone_is_refused(project):
    said = "  - condition:\n    - {type: slot, name: asking_for, value: self}\n    text: There is no answer yet."
    project.replace(TALK, "  - text: There is no answer yet.", said)
    project.refused(variations, TALK, "  - condition:", "no wording for everyone", "without `condition`", "last")


def test_a_response_whose_last_wording_is_for_one_channel_is_refused(project):
    project.replace(TALK, "  - text: There is no answer yet.", "  - channel: slack\n    text: There is no answer yet.")
    project.refused(variations, TALK, "  - channel: slack", "no wording for everyone")
