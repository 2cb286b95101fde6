"""A turn on any channel: whatever goes wrong inside, the person gets a reply with a number to call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain

from signpost import helplines, metrics
from signpost.channels.agent_loop import AgentLoop, agent_loop
from signpost.channels.limits import Limiter, RateLimit
from signpost.channels.outbox import Deliver, Outbox
from signpost.channels.outcome import topic_of
from signpost.channels.payloads import Payloads
from signpost.channels.reply import Replies, Reply
from signpost.conversation import KNOWN_COUNTRY
from signpost.kill_switch import KillSwitch, kill_switch
from signpost.places import Places
from signpost.reply import Composer
from signpost.settings import Settings, settings
from signpost.shared.connection import SharedError, shared
from signpost.shared.countries import Countries, MemoryCountries, SharedCountries
from signpost.shared.limits import SharedRateLimit
from signpost.shared.order import MemoryOrder, SharedOrder, without_memory

logger = logging.getLogger(__name__)

OnMessage = Callable[[UserMessage], Awaitable[Any]]

# The person has a reply within ten seconds; two of them are left for the way there.
LONGEST_TURN = 8.0
# A turn takes some milliseconds; one of so many seconds stands in the log.
SLOW_TURN = 2.0
# Far above the longest message that is answered: what is longer is read at both ends, where a cry for help may stand.
LONGEST_READ = 20_000
# What the button "forget me" and the widget's "Start again" send: done also while the kill switch is on.
FORGET = "/forget_me"


class TurnError(Exception):
    """Rasa's part of a turn failed. The text is the kind of the error, never content."""


@dataclass(frozen=True)
class Incoming:
    """A message as a channel received it.

    channel: the channel's name. sender: the person, as the platform names them. text: what was typed, or a button's
    payload. address: where the request came from, where that is the person's own. country: whose numbers the page
    around the chat asks for, until the person names another.
    """

    channel: str
    sender: str
    text: str
    address: str | None = None
    country: str | None = None

    @property
    def conversation(self) -> str:
        """The conversation's name. A sender of one channel is never taken for one of another."""
        return f"{self.channel}:{self.sender}"


class Order(Protocol):
    """Lets one turn of a conversation pass after the other."""

    def turn(self, name: str) -> AbstractAsyncContextManager[None]: ...


class Turns:
    """Takes messages of every channel, one at a time for each conversation, in the order in which they came.

    Args:
        replies: makes the replies.
        limiter: how many messages may come.
        loop: where Rasa's part of a turn runs.
        countries: keeps the country of each person.
        order: keeps the order.
        longest: seconds from a message's arrival to the fixed reply.
        switch: while it is on, every reply is the block of helplines.
    """

    def __init__(
        self,
        replies: Replies,
        limiter: Limiter,
        loop: AgentLoop,
        countries: Countries,
        order: Order,
        longest: float = LONGEST_TURN,
        switch: KillSwitch | None = None,
    ) -> None:
        self.replies = replies
        self.loop = loop
        self.switch = switch or KillSwitch([])
        self.places = Places.from_files()
        self._limiter = limiter
        self._countries = countries
        self._order = order
        self._longest = longest
        self._payloads: Payloads | None = None

    @classmethod
    def from_settings(cls, chosen: Settings) -> Turns:
        """Reads the data files; raises `FileError` where one does not fit."""
        replies = Replies(Composer.from_files(helplines.load(chosen.default_country)), chosen.default_country)
        seconds = chosen.conversations.minutes * 60
        limiter: Limiter = RateLimit(chosen.rate_limits)
        seen = MemoryCountries(seconds, chosen.conversations.at_most)
        countries: Countries = seen
        order: Order = MemoryOrder()
        if redis := shared():
            limiter = SharedRateLimit(redis, chosen.rate_limits)
            countries = SharedCountries(redis, seconds, seen)
            order = SharedOrder(redis, seconds)
        return cls(replies, limiter, agent_loop(), countries, order, switch=kill_switch())

    def know(self, domain: Domain | None) -> None:
        """Learns from the model which payloads its buttons carry; without a model there are none."""
        self._payloads = Payloads(domain or Domain.empty(), self.replies.composer.registry.countries)

    async def take(self, incoming: Incoming, on_new_message: OnMessage, deliver: Deliver) -> None:
        """Answers a message: calls `deliver` for every reply, as soon as it is there and at least once."""
        with metrics.turn() as counted:

            def hand_on(reply: Reply) -> None:
                if self.switch.is_on():
                    reply = self.replies.helplines_only(reply.country)
                if counted.outcome != "crisis":
                    counted.outcome, counted.topic = reply.outcome, topic_of(reply.message, reply.outcome)
                deliver(reply)

            if self.switch.is_on():
                await self._only_helplines(incoming, on_new_message, hand_on)
            else:
                await self._take(incoming, on_new_message, hand_on)
        if counted.seconds > SLOW_TURN:
            channel = incoming.channel
            logger.warning("A turn on %s took %.1f s.", channel, counted.seconds, extra={"channel": channel})

    async def _only_helplines(self, incoming: Incoming, on_new_message: OnMessage, deliver: Deliver) -> None:
        if stated := self.places.code(incoming.text):
            await self._countries.set(incoming.conversation, stated)
        deliver(self.replies.helplines_only(await self._country(incoming)))
        if incoming.text.strip() == FORGET:
            await self._take(incoming, on_new_message, lambda reply: None)

    async def _take(self, incoming: Incoming, on_new_message: OnMessage, deliver: Deliver) -> None:
        end = asyncio.get_running_loop().time() + self._longest
        if not await self._limiter.allows(incoming.conversation, incoming.address):
            deliver(self.replies.limited(await self._country(incoming)))
            return
        outbox = Outbox(incoming.channel, self.replies, deliver)
        problem = "ended without a reply"
        try:
            async with asyncio.timeout_at(end):
                await self._take_turn(incoming, on_new_message, outbox)
        except Exception as error:  # never silent, whatever broke
            problem = f"failed with {_kind(error)}"
            outbox.failed = True
        outbox.closed = True
        if outbox.said and not outbox.failed:
            return
        logger.error("A turn on %s %s.", incoming.channel, problem, extra={"channel": incoming.channel})
        # What answered an emergency has the numbers already, and must not be taken back.
        if not outbox.crisis:
            deliver(await self.trouble(incoming))

    async def trouble(self, incoming: Incoming) -> Reply:
        """Returns the fixed reply to a message whose turn failed."""
        return self.replies.trouble(await self._country(incoming))

    async def _take_turn(self, incoming: Incoming, on_new_message: OnMessage, outbox: Outbox) -> None:
        try:
            async with self._order.turn(incoming.conversation):
                await self._run(incoming, on_new_message, outbox)
        except SharedError:
            # An emergency is recognised without what was said before, and its reply helps more than the fixed one.
            outbox.only_crisis = True
            with without_memory(incoming.conversation):
                await self._run(incoming, on_new_message, outbox)
            raise

    async def _run(self, incoming: Incoming, on_new_message: OnMessage, outbox: Outbox) -> None:
        name = incoming.conversation
        outbox.country = await self._countries.get(name)
        metadata = {KNOWN_COUNTRY: outbox.country or incoming.country}
        text = self._read(incoming.text)
        message = UserMessage(text, outbox, name, input_channel=incoming.channel, metadata=metadata)
        try:
            await self.loop.run(_turn(on_new_message, message))
        finally:
            if reply := outbox.said:
                await self._countries.set(name, None if reply.forgets else reply.country)

    async def _country(self, incoming: Incoming) -> str | None:
        return await self._countries.get(incoming.conversation) or incoming.country

    def _read(self, text: str) -> str:
        if len(text) > LONGEST_READ:
            text = f"{text[: LONGEST_READ // 2]} {text[-LONGEST_READ // 2 :]}"
        return self._payloads.as_text(text) if self._payloads else text.lstrip("/ ")


async def _turn(on_new_message: OnMessage, message: UserMessage) -> None:
    try:
        await on_new_message(message)
    except Exception as error:
        # Its text may hold what was typed, and asyncio logs the errors of a turn that was given up.
        raise TurnError(type(error).__name__) from None


def _kind(error: Exception) -> str:
    # These two carry the kind of another.
    return str(error) if isinstance(error, TurnError | SharedError) else type(error).__name__


@lru_cache(maxsize=1)
def turns() -> Turns:
    """Returns what all channels of the server share, made once.

    Raises:
        FileError: a data file or the settings do not fit.
    """
    return Turns.from_settings(settings())
