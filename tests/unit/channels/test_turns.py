"""channels/turns.py: every message gets a reply, whatever becomes of its turn."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain

from signpost.channels.agent_loop import AgentLoop
from signpost.channels.limits import RateLimit
from signpost.channels.reply import Replies, Reply
from signpost.channels.turns import LONGEST_READ, Incoming, Turns
from signpost.conversation import KNOWN_COUNTRY, STATE
from signpost.settings import Limits, Rate
from signpost.shared.connection import SharedError
from signpost.shared.countries import MemoryCountries
from signpost.shared.order import HELD, Held, MemoryOrder

Act = Callable[[UserMessage], Awaitable[None]]
TROUBLE = "Something went wrong here"


@pytest.fixture(autouse=True, scope="module")
def settled() -> None:
    """Collects what other tests left behind; in the middle of a turn it would take longer than the turn may last."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def turns(composer) -> Turns:
    limit = RateLimit(Limits(sender=Rate(burst=5, per_minute=1)))
    made = Turns(Replies(composer, "US"), limit, AgentLoop(), MemoryCountries(60, 100), MemoryOrder(), longest=0.4)
    made.know(Domain.empty())
    return made


async def take(turns: Turns, act: Act, sender: str = "someone", text: str = "hello") -> list[Reply]:
    replies: list[Reply] = []
    await turns.take(Incoming("rest", sender, text), act, replies.append)
    return replies


def saying(text: str = "An answer.", **metadata: object) -> Act:
    async def act(message: UserMessage) -> None:
        said = {"text": text, STATE: {}, "country": "US", **metadata}
        await message.output_channel.send_response(message.sender_id, said)

    return act


async def nothing(message: UserMessage) -> None:
    return


async def failing(message: UserMessage) -> None:
    raise RuntimeError("broken")


async def hanging(message: UserMessage) -> None:
    await asyncio.sleep(5)


async def blocking(message: UserMessage) -> None:
    time.sleep(0.8)


def after(first: Act, second: Act) -> Act:
    async def act(message: UserMessage) -> None:
        await first(message)
        await second(message)

    return act


async def test_a_reply_is_handed_on_as_it_is(turns):
    (reply,) = await take(turns, saying("An answer.\nA signpost."))
    assert (reply.text, reply.country) == ("An answer.\nA signpost.", "US")


@pytest.mark.parametrize("act", [nothing, failing, hanging, blocking], ids=lambda act: act.__name__)
async def test_silence_failure_and_delay_end_with_the_fixed_reply(turns, act):
    (reply,) = await take(turns, act)
    assert reply.text.startswith(TROUBLE)
    assert "911" in reply.text


async def test_what_comes_after_the_fixed_reply_is_not_said(turns):
    replies = await take(turns, after(blocking, saying()))
    await asyncio.sleep(0.8)
    assert [reply.text.startswith(TROUBLE) for reply in replies] == [True]


async def test_the_fixed_reply_names_the_numbers_of_the_country_that_was_last_replied_for(turns):
    await take(turns, saying(country="IE"))
    assert "1800 459 459" in (await take(turns, failing))[0].text
    assert "1800 459 459" not in (await take(turns, failing, sender="other"))[0].text


async def test_rasa_is_told_the_country_should_the_conversation_be_lost(turns):
    known = []

    async def act(message: UserMessage) -> None:
        known.append(message.metadata[KNOWN_COUNTRY])
        await saying(country="IE")(message)

    await take(turns, act)
    await take(turns, act)
    assert known == [None, "IE"]


async def test_after_forget_me_the_country_is_forgotten_too(turns):
    await take(turns, saying(country="IE"))
    await take(turns, saying(country="IE", response="utter_restart"))
    assert "1800 459 459" not in (await take(turns, failing))[0].text


async def test_partial_output_is_followed_by_the_numbers(turns):
    replies = await take(turns, after(saying(), failing))
    assert [reply.text.startswith(TROUBLE) for reply in replies] == [False, True]


@pytest.mark.parametrize("act", [failing, hanging], ids=lambda act: act.__name__)
async def test_a_reply_to_an_emergency_stands_alone_whatever_follows(turns, act):
    (reply,) = await take(turns, after(saying("Call 911 now.", crisis=True), act))
    assert reply.text == "Call 911 now."


@pytest.mark.parametrize("text", ["", "  \n", None, 5])
async def test_a_reply_without_words_is_no_reply(turns, text):
    (reply,) = await take(turns, saying(text))
    assert reply.text.startswith(TROUBLE)


async def test_what_did_not_come_from_the_generator_gets_a_signpost(turns):
    async def act(message: UserMessage) -> None:
        await message.output_channel.send_response(message.sender_id, {"text": "Bare words."})

    (reply,) = await take(turns, act)
    assert reply.text == "Bare words.\nTo talk to someone: SAMHSA helpline: 1-800-662-4357."


async def test_messages_of_one_person_are_answered_in_order_and_those_of_others_side_by_side(turns):
    order: list[str] = []

    def act(name: str, seconds: float) -> Act:
        async def answer(message: UserMessage) -> None:
            await asyncio.sleep(seconds)
            order.append(name)
            await saying()(message)

        return answer

    await asyncio.gather(
        take(turns, act("slow", 0.2)), take(turns, act("second", 0)), take(turns, act("other", 0.1), sender="other")
    )
    assert order == ["other", "slow", "second"]
    assert turns._order._order == {}


async def test_a_message_that_waits_for_a_turn_that_hangs_is_answered_in_time_too(turns):
    async with asyncio.timeout(0.7):
        first, second = await asyncio.gather(take(turns, hanging), take(turns, hanging))
    assert first[0].text.startswith(TROUBLE)
    assert second[0].text.startswith(TROUBLE)
    assert (await take(turns, saying()))[0].text == "An answer."


async def test_turns_run_beside_the_servers_own_loop(turns):
    threads = []

    async def act(message: UserMessage) -> None:
        threads.append(threading.current_thread())
        await saying()(message)

    await take(turns, act)
    assert threads[0] is not threading.current_thread()
    assert await turns.loop.responds(1)


async def test_a_loop_that_is_kept_busy_does_not_respond(turns):
    busy = asyncio.create_task(turns.loop.run(blocking(UserMessage("x"))))
    await asyncio.sleep(0.1)
    assert not await turns.loop.responds(0.2)
    await busy


async def test_a_loop_that_is_slow_but_ends_turns_responds(turns):
    many = [asyncio.create_task(turns.loop.run(blocking(UserMessage("x")))) for _ in range(3)]
    await asyncio.sleep(0.1)
    # It comes round after the third only; the first ends while it is asked.
    assert await turns.loop.responds(1.2)
    await asyncio.gather(*many)


async def test_more_messages_than_are_read_get_the_emergency_number_first(turns):
    replies = [(await take(turns, saying()))[0] for _ in range(7)]
    assert [reply.text for reply in replies[:5]] == ["An answer."] * 5
    assert all(reply.text.startswith("If someone is in danger, call 911 now.") for reply in replies[5:])
    assert "988" in replies[5].text


async def test_a_message_of_any_length_is_read_at_both_ends_only(turns):
    read = []

    async def act(message: UserMessage) -> None:
        read.append(message.text)
        await saying()(message)

    await take(turns, act, text="begin " + "x" * 300_000 + " he is not breathing")
    assert len(read[0]) <= LONGEST_READ + 1
    assert read[0].startswith("begin")
    assert read[0].endswith("he is not breathing")


async def test_a_sender_of_one_channel_is_not_one_of_another(turns):
    names = []

    async def act(message: UserMessage) -> None:
        names.append(message.sender_id)
        await saying()(message)

    for channel in ("rest", "telegram"):
        await turns.take(Incoming(channel, "5", "hello"), act, lambda reply: None)
    assert names == ["rest:5", "telegram:5"]


async def test_what_was_typed_is_not_in_the_log_even_of_a_turn_that_fails_after_it_was_given_up(turns, caplog):
    async def act(message: UserMessage) -> None:
        time.sleep(0.6)
        raise RuntimeError(message.text)

    await take(turns, act, text="zanzibarquokka")
    await asyncio.sleep(0.4)
    gc.collect()
    assert "failed with TimeoutError" in caplog.text
    assert "quokka" not in caplog.text


class Unreachable:
    """The order while Redis is down."""

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        raise SharedError("ConnectionError")
        yield


@pytest.fixture
def forgetful(turns, monkeypatch) -> Turns:
    monkeypatch.setattr(turns, "_order", Unreachable())
    return turns


async def test_while_conversations_cannot_be_reached_an_emergency_is_answered(forgetful):
    (reply,) = await take(forgetful, saying("Call 911 now.", crisis=True))
    assert reply.text == "Call 911 now."


@pytest.mark.parametrize("act", [saying(), nothing, failing, hanging], ids=["answer", "nothing", "failing", "hanging"])
async def test_while_conversations_cannot_be_reached_all_else_gets_the_fixed_reply(forgetful, act):
    (reply,) = await take(forgetful, act)
    assert reply.text.startswith(TROUBLE)


async def test_a_turn_while_conversations_cannot_be_reached_knows_and_leaves_nothing(forgetful):
    held = []

    async def act(message: UserMessage) -> None:
        held.append(HELD.get())
        await saying(crisis=True)(message)

    await take(forgetful, act)
    assert held == [Held("rest:someone", None)]
    assert HELD.get() is None
