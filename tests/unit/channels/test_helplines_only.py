"""The kill switch in channels/turns.py: every reply is the block of helplines, and Rasa is not asked."""

from __future__ import annotations

import asyncio

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain

from signpost.channels.agent_loop import AgentLoop
from signpost.channels.limits import RateLimit
from signpost.channels.reply import Replies, Reply
from signpost.channels.turns import Incoming, Turns
from signpost.conversation import STATE
from signpost.kill_switch import KillSwitch
from signpost.settings import Limits, Rate
from signpost.shared.countries import MemoryCountries
from signpost.shared.order import MemoryOrder

OFF = "If someone is in danger, call {} now. Answers are switched off at the moment. These lines can help.\nHelp in "


class Rasa:
    """Stands in for Rasa's part of a turn; `heard` is what it was asked."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.goes_on = asyncio.Event()
        self.waits = False

    async def __call__(self, message: UserMessage) -> None:
        self.heard.append(message.text)
        while self.waits:
            await asyncio.sleep(0.01)
        said = {"text": "An answer.", STATE: {}, "country": "US"}
        await message.output_channel.send_response(message.sender_id, said)


@pytest.fixture
def on() -> list[bool]:
    return [True]


@pytest.fixture
def turns(composer, on) -> Turns:
    limit = RateLimit(Limits(sender=Rate(burst=3, per_minute=1)))
    switch = KillSwitch([lambda: on[0]])
    made = Turns(
        Replies(composer, "US"), limit, AgentLoop(), MemoryCountries(60, 100), MemoryOrder(), longest=2, switch=switch
    )
    made.know(Domain.empty())
    return made


async def say(turns: Turns, rasa: Rasa, text: str, country: str | None = None) -> list[Reply]:
    replies: list[Reply] = []
    await turns.take(Incoming("rest", "someone", text, country=country), rasa, replies.append)
    return replies


@pytest.mark.parametrize("text", ["hello", "he is not breathing", "/how_to_quit", '/x{"y": "z"}', "", "why " * 9000])
async def test_every_message_gets_the_block_with_the_emergency_number_first(turns, text):
    rasa = Rasa()
    (reply,) = await say(turns, rasa, text)
    assert reply.text.startswith(OFF.format("911"))
    assert "988" in reply.text
    assert (rasa.heard, reply.buttons, reply.outcome) == ([], [], "helplines_only")


async def test_there_is_no_limit_to_the_block(turns):
    replies = [reply for _ in range(6) for reply in await say(turns, Rasa(), "help")]
    assert {reply.text[:30] for reply in replies} == {OFF.format("911")[:30]}


async def test_the_country_is_the_pages_until_the_person_names_one(turns):
    (reply,) = await say(turns, Rasa(), "hello", country="GB")
    assert reply.text.startswith(OFF.format("999"))
    (reply,) = await say(turns, Rasa(), "Ireland")
    assert reply.country == "IE"
    (reply,) = await say(turns, Rasa(), "hello", country="GB")
    assert reply.country == "IE"


async def test_what_was_being_answered_when_it_was_turned_on_gets_the_block_too(turns, on):
    on[0], rasa = False, Rasa()
    rasa.waits = True
    turn = asyncio.create_task(say(turns, rasa, "is tapering safe"))
    while not rasa.heard:
        await asyncio.sleep(0.01)
    on[0], rasa.waits = True, False
    (reply,) = await turn
    assert reply.outcome == "helplines_only"
    assert reply.text.startswith(OFF.format("911"))


async def test_forget_me_is_still_done_and_not_answered_by_rasa(turns):
    rasa = Rasa()
    await say(turns, rasa, "Ireland")
    (reply,) = await say(turns, rasa, "/forget_me")
    assert [heard.lstrip("/") for heard in rasa.heard] == ["forget_me"]
    assert reply.outcome == "helplines_only"
    (reply,) = await say(turns, rasa, "hello")
    assert reply.country == "US"


async def test_answers_are_back_when_it_is_off(turns, on):
    on[0] = False
    (reply,) = await say(turns, Rasa(), "hello")
    assert reply.text == "An answer."
