"""What a page gets of a reply, beyond its text."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.core.events import UserUttered

from signpost.channels.web import WebOutput
from signpost.conversation import KNOWN_COUNTRY


async def sent(message: dict[str, Any]) -> list[dict[str, Any]]:
    output = WebOutput()
    await output.send_response("somebody", dict(message))
    return output.messages


async def test_only_the_last_message_carries_the_metadata(conversation):
    talk = conversation()
    talk.hear()
    first, last = await sent(await talk.reply("utter_cold_turkey"))
    assert "metadata" not in first
    assert last["metadata"] == {
        "crisis": False,
        "country": "US",
        "response": "utter_cold_turkey",
        "sources": [
            {
                "article": "Is it Hard to Quit Heroin?",
                "publisher": "Addiction Resource",
                "section": "Cold turkey",
                "reviewed": "no reviewer and no date named on the page",
            }
        ],
    }


async def test_a_crisis_reply_says_so(conversation):
    talk = conversation(country="IE")
    talk.hear()
    (*_, last) = await sent(await talk.reply("utter_crisis_overdose"))
    assert last["metadata"]["crisis"] is True
    assert last["metadata"]["country"] == "IE"
    assert last["metadata"]["sources"] == []


async def test_a_reply_without_buttons_is_split_and_marked_alike(conversation):
    first, last = await sent({"text": "One.\n\nTwo.", "crisis": True, "signpost_state": {"wording": 1}})
    assert first == {"recipient_id": "somebody", "text": "One."}
    assert last == {"recipient_id": "somebody", "text": "Two.", "metadata": {"crisis": True}}


@pytest.mark.parametrize(
    ("page", "said", "used"),
    [("GB", None, "GB"), ("GB", "IE", "IE"), (None, None, "US"), ("Atlantis", None, "US"), (["GB"], None, "US")],
)
async def test_a_page_names_the_country_until_the_person_does(conversation, page, said, used):
    talk = conversation(**({"country": said} if said else {}))
    talk.hear()
    talk.tracker.update(UserUttered("a question", metadata={KNOWN_COUNTRY: page} if page else {}), talk.domain)
    reply = await talk.reply("utter_greet")
    assert reply["country"] == used


async def test_the_fixed_reply_names_the_country_too(conversation):
    talk = conversation(country="GB")
    talk.hear()
    (message,) = await sent(await talk.reply("utter_nothing_of_the_kind"))
    assert message["metadata"] == {"crisis": False, "country": "GB"}
    assert "999" in message["text"]
