"""nlg.py: the buttons of a reply."""

from __future__ import annotations

import pytest

from signpost.nlg import MOST_BUTTONS
from signpost.suggestions import ALSO_LIKELY
from signpost.topic_file import read_topic_files

BUTTONS = {
    name: [(button.title, button.payload) for button in variations[-1].buttons]
    for file in read_topic_files().values()
    for name, variations in file.responses.items()
}


def ranked(intent: str, **others: float) -> dict:
    """What is heard when the pipeline read an intent, and others behind it."""
    ranking = [{"name": name, "confidence": likely} for name, likely in {intent: 0.7, **others}.items()]
    parsed = {"text": "x", "intent": ranking[0], "intent_ranking": ranking, "entities": []}
    return {"intent": intent, "parse_data": parsed}


@pytest.fixture
def shown(conversation):
    """Makes a response to a message; returns the titles and payloads of its buttons."""

    async def show(response: str, intent: str, **others: float) -> list[tuple[str, str]]:
        made = conversation()
        made.hear(**ranked(intent, **others))
        message = await made.reply(response)
        return [(button["title"], button["payload"]) for button in message.get("buttons", [])]

    return show


async def payloads(buttons) -> list[str]:
    return [payload for _, payload in await buttons]


async def test_the_buttons_are_those_of_the_response_that_was_said_in_the_place_of_another(conversation):
    message = await conversation().reply("utter_repeat")
    assert [b["payload"] for b in message["buttons"]] == [payload for _, payload in BUTTONS["utter_nothing_yet"]]


async def test_did_you_mean_carries_buttons_of_the_likeliest_intents(conversation):
    made = conversation()
    made.hear(**ranked("nlu_fallback", cold_turkey=0.2, relapse=0.2))
    message = await made.reply("utter_nlu_fallback")
    assert [b["payload"] for b in message["buttons"]][:2] == ["/cold_turkey", "/relapse"]


async def test_the_fallback_offers_answers_however_unlikely_they_are(shown):
    offered = await payloads(shown("utter_nlu_fallback", "nlu_fallback", cold_turkey=0.01, relapse=0.01))
    assert offered == ["/cold_turkey", "/relapse", *(payload for _, payload in BUTTONS["utter_nlu_fallback"])]


async def test_what_a_message_may_ask_as_well_is_offered_before_the_buttons_of_its_answer(shown):
    own = BUTTONS["utter_cold_turkey"]
    offered = await shown("utter_cold_turkey", "cold_turkey", med_methadone=0.2, med_naltrexone=0.1)
    assert [payload for _, payload in offered] == ["/med_methadone", *(payload for _, payload in own[:2])]
    assert offered[1:] == own[:2]


async def test_beside_out_of_scope_two_answers_are_offered(shown):
    offered = await payloads(
        shown("utter_out_of_scope", "out_of_scope", med_methadone=0.2, relapse=0.1, cold_turkey=0.1)
    )
    assert offered == ["/med_methadone", "/relapse", BUTTONS["utter_out_of_scope"][0][1]]


@pytest.mark.parametrize("response", ["utter_cold_turkey", "utter_out_of_scope"])
async def test_what_is_not_likely_enough_is_not_offered(shown, response):
    others = {"med_methadone": ALSO_LIKELY - 0.001, "relapse": 0.0}
    assert await shown(response, response.removeprefix("utter_"), **others) == BUTTONS[response]
    assert len(await shown(response, response.removeprefix("utter_"))) == len(BUTTONS[response])


async def test_an_answer_from_likely_enough_on_is_offered(shown):
    assert "/med_methadone" in await payloads(shown("utter_cold_turkey", "cold_turkey", med_methadone=ALSO_LIKELY))


async def test_only_answers_are_offered(shown):
    offered = await shown("utter_cold_turkey", "cold_turkey", greet=0.2, crisis_overdose=0.2, set_country=0.2)
    assert offered == BUTTONS["utter_cold_turkey"]


async def test_a_response_that_does_not_answer_the_messages_intent_keeps_its_buttons(shown):
    assert await shown("utter_relapse", "cold_turkey", med_methadone=0.2) == BUTTONS["utter_relapse"]


@pytest.mark.parametrize("response", [name for name, buttons in BUTTONS.items() if len(buttons) == MOST_BUTTONS][::10])
@pytest.mark.parametrize("many", [0, 1, 2, 5])
async def test_a_reply_never_has_more_than_three_buttons(shown, response, many):
    others = ["med_methadone", "med_naltrexone", "heroin_basics", "taper_what", "brain_effects"][:many]
    offered = await shown(response, response.removeprefix("utter_"), **dict.fromkeys(others, 0.2))
    assert len(offered) <= MOST_BUTTONS


async def test_an_answer_that_is_offered_and_a_button_of_the_reply_stands_there_once(shown):
    (_, first), *_ = BUTTONS["utter_cold_turkey"]
    offered = await payloads(shown("utter_cold_turkey", "cold_turkey", **{first.removeprefix("/"): 0.2}))
    assert len(offered) == len(set(offered))


async def test_offering_leaves_the_responses_as_they_were(shown, generator):
    before = repr(generator.responses["utter_cold_turkey"])
    await shown("utter_cold_turkey", "cold_turkey", med_methadone=0.2)
    assert repr(generator.responses["utter_cold_turkey"]) == before
