"""nlg.py: replies to an emergency and to a sign of distress, and those that follow them."""

from __future__ import annotations

import pytest
from rasa.core.actions.action import default_actions
from rasa.core.channels import CollectingOutputChannel
from rasa.shared.core.events import Restarted

from signpost.conversation import STATE, in_distress
from signpost.nlg import DISTRESS_TURNS


def flagged(intent: str = "cold_turkey", **safety: str | None) -> dict:
    """What `turn` hears when the gate flagged a message so."""
    parsed = {"text": "x", "intent": {"name": intent}, "entities": [], "safety": {"rule": "a_rule", **safety}}
    return {"intent": intent, "parse_data": parsed}


async def test_a_crisis_reply_at_the_start_begins_with_the_number_and_the_disclosure_follows_in_the_next(conversation):
    made = conversation()
    crisis, after, later = (await made.turn("utter_crisis_overdose"), *[await made.turn("utter_greet") for _ in "ab"])
    assert crisis.startswith("- Call 911 now.") and "automated program" not in crisis
    assert after.startswith("I am an automated program") and "Help in the United States" in after
    assert "automated program" not in later and "988" in later.splitlines()[-1]


async def test_the_crisis_line_stays_for_the_rest_of_the_conversation(conversation, closing_lines):
    made = conversation(country="GB")
    await made.turn("utter_greet")
    await made.turn("utter_crisis_suicide")
    for name in ["utter_thanks", "utter_cold_turkey", "utter_help_loved_one", "utter_med_methadone", "utter_deny"] * 4:
        text = await made.turn(name)
        assert text.splitlines()[-1] in closing_lines("crisis", "GB")
        assert "116 123" in text.splitlines()[-1]


async def test_ordinary_replies_of_a_conversation_without_a_crisis_do_not_name_the_crisis_line(conversation):
    made = conversation()
    await made.turn("utter_greet")
    assert "988" not in (await made.turn("utter_cold_turkey"))


async def test_a_crisis_is_over_when_the_conversation_is_forgotten(conversation):
    made = conversation()
    await made.turn("utter_crisis_suicide")
    made.tracker.update(Restarted(), made.domain)
    assert (await made.turn("utter_greet")).startswith("I am an automated program")
    assert "988" not in await made.turn("utter_cold_turkey")


async def test_after_trouble_with_a_crisis_reply_the_crisis_line_stays(conversation, generator, closing_lines):
    broken = [{"text": "Broken {nothing}.", "metadata": {"crisis": True, "signpost": "full", "sources": []}}]
    generator.responses = {**generator.responses, "utter_crisis_overdose": broken}
    made = conversation()
    await made.turn("utter_greet")
    await made.turn("utter_crisis_overdose")
    assert (await made.turn("utter_greet")).splitlines()[-1] in closing_lines("crisis", "US")


async def test_the_crisis_line_stays_when_rasas_fallback_takes_its_own_turn_back(conversation, closing_lines):
    made = conversation()
    await made.turn("utter_greet")
    await made.turn("utter_crisis_suicide")
    await run(made, "action_default_fallback")
    assert (await made.turn("utter_greet")).splitlines()[-1] in closing_lines("crisis", "US")


async def test_the_crisis_line_stays_when_the_crisis_turn_is_taken_back(conversation, closing_lines):
    made = conversation()
    await made.turn("utter_greet")
    await made.turn("utter_crisis_suicide")
    await run(made, "action_back")
    assert (await made.turn("utter_greet")).splitlines()[-1] in closing_lines("crisis", "US")


async def run(made, name: str) -> None:
    """Hears a message and runs one of Rasa's own actions on it, as its processor does."""
    made.hear()
    (action,) = (action for action in default_actions() if action.name() == name)
    for event in await action.run(CollectingOutputChannel(), made.generator, made.tracker, made.domain):
        made.tracker.update(event, made.domain)


@pytest.mark.parametrize("country", ["US", "GB-NIR", "EU", "XX"])
@pytest.mark.parametrize("family", ["suicide", "overdose", "medical", "danger", "high_risk"])
@pytest.mark.parametrize("response", ["utter_cold_turkey", "utter_greet", "utter_help_loved_one"])
async def test_a_soft_sign_puts_its_line_before_the_answer_and_the_crisis_line_behind(
    conversation, composer, closing_lines, country, family, response
):
    plain, soft = [conversation(country=country) for _ in "ab"]
    for made in (plain, soft):
        await made.turn("utter_thanks")
    (answer, _), text = (
        (await plain.turn(response)).rsplit("\n", 1),
        await soft.turn(response, **flagged(family=family, level="soft")),
    )
    first, rest = text.split("\n", 1)
    assert first == composer.soft(family, country)
    assert rest.rpartition("\n")[0] == answer
    assert rest.rpartition("\n")[2] in closing_lines("crisis", country)


async def test_the_line_of_a_sign_of_suicide_names_the_crisis_line_and_any_other_the_emergency_number(conversation):
    made = conversation()
    await made.turn("utter_greet")
    suicide, other = [
        (await made.turn("utter_cold_turkey", **flagged(family=family, level="soft"))).splitlines()[0]
        for family in ("suicide", "danger")
    ]
    assert "988" in suicide and "911" in suicide
    assert "988" not in other and "911" in other


async def test_at_the_start_the_disclosure_goes_before_the_soft_line_and_the_block_stays(conversation, composer):
    text = await conversation().turn("utter_cold_turkey", **flagged(family="suicide", level="soft"))
    disclosure, _, answer = text.partition("\n\n")
    assert disclosure.startswith("I am an automated program")
    assert answer.startswith(f"{composer.soft('suicide', 'US')}\n")
    assert text.endswith(composer.signpost("full", "US", 0))


async def test_a_response_that_ends_with_the_block_keeps_it_beside_a_soft_sign(conversation, composer):
    made = conversation()
    await made.turn("utter_greet")
    text = await made.turn("utter_talk_to_person", **flagged("talk_to_person", family="medical", level="soft"))
    assert text.endswith(composer.signpost("full", "US", 0)) and text.startswith(composer.soft("medical", "US"))


@pytest.mark.parametrize(
    ("response", "family"), [("utter_soft_suicide", "suicide"), ("utter_soft_emergency", "danger")]
)
async def test_the_soft_reply_itself_has_no_line_before_it(conversation, composer, closing_lines, response, family):
    made = conversation()
    await made.turn("utter_greet")
    text = await made.turn(response, **flagged(response.removeprefix("utter_"), family=family, level="soft"))
    assert not text.startswith(f"{composer.soft(family, 'US')}\n")
    assert text.splitlines()[-1] in closing_lines("crisis", "US")


@pytest.mark.parametrize("family", ["suicide", "overdose", None])
async def test_a_crisis_reply_has_no_line_before_it(conversation, composer, family):
    response = f"utter_crisis_{family}" if family else "utter_message_unread"
    text = await conversation().turn(response, **flagged(family=family, level="crisis"))
    assert not text.startswith((f"{composer.soft('suicide', 'US')}\n", f"{composer.soft('danger', 'US')}\n"))
    assert text.endswith(composer.signpost("full", "US", 0))


async def test_a_soft_sign_is_no_crisis_and_over_with_the_next_message(conversation, composer, closing_lines):
    made = conversation()
    await made.turn("utter_greet")
    made.hear(**flagged(family="suicide", level="soft"))
    message = await made.reply("utter_cold_turkey")
    assert message["crisis"] is False and message[STATE]["in_crisis"] is False
    after = await made.turn("utter_cold_turkey")
    assert composer.soft("suicide", "US") not in after
    assert after.splitlines()[-1] in closing_lines("clinician", "US")


async def test_the_soft_line_is_no_part_of_the_answer_that_can_be_repeated(conversation, composer):
    made = conversation()
    await made.turn("utter_greet")
    await made.turn("utter_cold_turkey", **flagged(family="suicide", level="soft"))
    assert (await made.turn("utter_repeat")).startswith("Cold turkey means")


@pytest.mark.parametrize(
    ("response", "level"),
    [("utter_cold_turkey", "soft"), ("utter_soft_suicide", "soft"), ("utter_crisis_suicide", "crisis")],
)
async def test_a_sign_of_suicide_counts_as_distress_for_six_turns(conversation, response, level):
    made = conversation()
    made.hear(**flagged(family="suicide", level=level))
    counted = [(await made.reply(response))[STATE]["distress"]]
    for _ in range(DISTRESS_TURNS + 1):
        assert in_distress(made.tracker) == (counted[-1] > 0)
        made.hear()
        counted.append((await made.reply("utter_greet"))[STATE]["distress"])
    assert counted == [6, 5, 4, 3, 2, 1, 0, 0]


async def test_another_sign_of_suicide_starts_the_count_again(conversation):
    made = conversation()
    for message in (flagged(family="suicide", level="soft"), {}, {}, flagged(family="suicide", level="soft")):
        made.hear(**message)
        reply = await made.reply("utter_greet")
    assert reply[STATE]["distress"] == DISTRESS_TURNS


@pytest.mark.parametrize("family", ["overdose", "medical", "danger", "high_risk"])
async def test_a_sign_of_another_family_is_no_distress(conversation, family):
    made = conversation()
    made.hear(**flagged(family=family, level="soft"))
    assert (await made.reply("utter_cold_turkey"))[STATE]["distress"] == 0


async def test_distress_is_over_when_the_conversation_is_forgotten(conversation):
    made = conversation()
    await made.turn("utter_cold_turkey", **flagged(family="suicide", level="soft"))
    made.tracker.update(Restarted(), made.domain)
    made.hear()
    assert (await made.reply("utter_greet"))[STATE]["distress"] == 0


async def test_distress_stays_when_a_later_response_cannot_be_made(conversation):
    made = conversation()
    await made.turn("utter_cold_turkey", **flagged(family="suicide", level="soft"))
    await made.turn("utter_no_such_response")
    assert in_distress(made.tracker)


async def test_distress_is_kept_when_the_response_to_it_cannot_be_made(conversation):
    made = conversation()
    await made.turn("utter_no_such_response", **flagged(family="suicide", level="soft"))
    assert in_distress(made.tracker)
