"""Every reply of the assistant, in every country, as each platform gets it: within the platform's limits."""

from __future__ import annotations

import pytest
from aiogram.types import InlineKeyboardMarkup
from slack_sdk.models.blocks import Block

from bench.webhooks import SECRETS
from signpost.channels.messenger import Messenger
from signpost.channels.reply import Replies, Reply
from signpost.channels.slack import Slack
from signpost.channels.sms import gsm7, segments
from signpost.channels.telegram import Telegram
from signpost.channels.twilio import Twilio
from signpost.conversation import ANSWER
from signpost.nlg import SignpostGenerator
from tests.unit.conftest import Conversation

# Needs a conversation before it, or an operator's team.
NOT_ALONE = {"utter_disclosure", "utter_repeat", "utter_show_sources"}


@pytest.fixture(scope="module")
def replies(composer) -> Replies:
    return Replies(composer, "US")


@pytest.fixture(scope="module")
async def every_reply(domain, registry) -> list[Reply]:
    """Each response of the assistant, in each country, as the first and as a later reply of a conversation."""
    made = []
    generator = SignpostGenerator(None, domain)
    for country in registry.countries:
        for name in domain.responses:
            if name in NOT_ALONE:
                continue
            talk = Conversation(generator, domain, country=country)
            for _ in range(2):
                talk.hear()
                message = await talk.reply(name)
                made.append(Reply({**message}, country))
    return made


async def test_telegram_takes_every_reply(every_reply, replies):
    channel = Telegram(SECRETS)
    for reply in every_reply:
        (call,) = channel.calls({"chat_id": "1"}, reply, replies)
        assert 0 < len(call.json["text"]) <= 4096
        for row in InlineKeyboardMarkup(**call.json.get("reply_markup", {"inline_keyboard": []})).inline_keyboard:
            assert len(row) == 1
            assert 0 < len(row[0].callback_data.encode()) <= 64


async def test_slack_takes_every_reply(every_reply, replies):
    channel = Slack(SECRETS)
    for reply in every_reply:
        (call,) = channel.calls({"channel": "D1"}, reply, replies)
        for block in Block.parse_all(call.json["blocks"]):
            block.validate_json()


async def test_messenger_takes_every_reply_and_no_answer_loses_its_signpost(every_reply, replies):
    channel = Messenger(SECRETS)
    for reply in every_reply:
        calls = channel.calls({"id": "1"}, reply, replies)
        for call in calls:
            assert 0 < len(call.json["message"]["text"]) <= 2000
        chosen = calls[-1].json["message"].get("quick_replies", [])
        assert len(chosen) <= 3
        assert len({each["title"] for each in chosen}) == len(chosen)
        assert all(0 < len(each["title"]) <= 20 and len(each["payload"]) <= 1000 for each in chosen)
        _ends_with_its_signpost(calls[-1].json["message"]["text"], reply)


@pytest.mark.parametrize("person", ["+15550100001", "whatsapp:+15550100001"])
async def test_twilio_takes_every_reply_and_no_answer_loses_its_signpost(every_reply, replies, person):
    channel = Twilio(SECRETS)
    for reply in every_reply:
        calls = channel.calls({"From": "+1", "To": person}, reply, replies)
        assert all(0 < len(call.form["Body"]) <= 1600 for call in calls)
        assert len(calls) <= 2
        _ends_with_its_signpost(calls[-1].form["Body"], reply)


async def test_text_messages_are_plain_characters_and_cost_no_more_segments_than_the_answer_asks_for(
    every_reply, replies
):
    channel = Twilio(SECRETS)
    for reply in every_reply:
        for call in channel.calls({"From": "+1", "To": "+1"}, reply, replies):
            body = call.form["Body"]
            assert len(body) <= 160 or segments(body) == -(-len(body) // 153), f"not GSM-7: {body!r}"
            if segments(body) <= 3:
                continue
            # What takes more has no source line, no full block and no choices that it could do without.
            assert "Source:" not in body
            assert "\nHelp in " not in body or reply.country == "XX"  # whose whole block is the shorter
            assert not (reply.answers and "Reply 1 for" in body)


async def test_emergencies_fit_into_three_segments(every_reply, replies):
    channel = Twilio(SECRETS)
    for reply in (reply for reply in every_reply if reply.crisis):
        bodies = [call.form["Body"] for call in channel.calls({"From": "+1", "To": "+1"}, reply, replies)]
        assert len(bodies) == 1
        # "Your local emergency number" takes the place that 911 does not.
        assert segments(bodies[0]) <= (3 if reply.country in ("US", "CA", "GB", "IE", "AU", "NZ") else 4)


def _ends_with_its_signpost(text: str, reply: Reply) -> None:
    """The last message holds the answer's first line and what the signpost names."""
    answer = reply.text.split("\n\n")[-1]
    assert gsm7(answer.split("\n")[0][:40]) in gsm7(text)
    assert any(character.isdigit() for character in text)


def test_an_answer_knows_that_it_is_one():
    assert Reply({"text": "x", ANSWER: "x"}, "US").answers
    assert not Reply({"text": "x"}, "US").answers
