"""A turn on any channel: whatever goes wrong inside, the person gets a reply with a number to call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.domain import Domain

from signpost import helplines
from signpost.channels.agent_loop import AgentLoop, agent_loop
from signpost.channels.limits import Limiter, RateLimit
from signpost.channels.payloads import Payloads
from signpost.channels.reply import Replies, Reply
from signpost.conversation import COUNTRY
from signpost.reply import Composer
from signpost.settings import Settings, settings
from signpost.shared.connection import SharedError, shared
from signpost.shared.countries import Countries, MemoryCountries, SharedCountries
from signpost.shared.limits import SharedRateLimit
from signpost.shared.order import MemoryOrder, SharedOrder, without_memory

logger = logging.getLogger(__name__)

OnMessage = Callable[[UserMessage], Awaitable[Any]]
Deliver = Callable[[Reply], None]

# The person has a reply within ten seconds; two of them are left for the way there.
LONGEST_TURN = 8.0
# Far above the longest message that is answered: what is longer is read at both ends, where a cry for help may stand.
LONGEST_READ = 20_000


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
    """

    def __init__(
        self,
        replies: Replies,
        limiter: Limiter,
        loop: AgentLoop,
        countries: Countries,
        order: Order,
        longest: float = LONGEST_TURN,
    ) -> None:
        self.replies = replies
        self.loop = loop
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
        return cls(replies, limiter, agent_loop(), countries, order)

    def know(self, domain: Domain | None) -> None:
        """Learns from the model which payloads its buttons carry; without a model there are none."""
        self._payloads = Payloads(domain or Domain.empty(), self.replies.composer.registry.countries)

    async def take(self, incoming: Incoming, on_new_message: OnMessage, deliver: Deliver) -> None:
        """Answers a message: calls `deliver` for every reply, as soon as it is there and at least once."""
        end = asyncio.get_running_loop().time() + self._longest
        if not await self._limiter.allows(incoming.conversation, incoming.address):
            deliver(self.replies.limited(await self._country(incoming)))
            return
        outbox = _Outbox(incoming.channel, self.replies, deliver)
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
        logger.error("A turn on %s %s.", incoming.channel, problem)
        # What answered an emergency has the numbers already, and must not be taken back.
        if not outbox.crisis:
            deliver(await self.trouble(incoming))

    async def trouble(self, incoming: Incoming) -> Reply:
        """Returns the fixed reply to a message whose turn failed."""
        return self.replies.trouble(await self._country(incoming))

    async def _take_turn(self, incoming: Incoming, on_new_message: OnMessage, outbox: _Outbox) -> None:
        try:
            async with self._order.turn(incoming.conversation):
                await self._run(incoming, on_new_message, outbox)
        except SharedError:
            # An emergency is recognised without what was said before, and its reply helps more than the fixed one.
            outbox.only_crisis = True
            with without_memory(incoming.conversation):
                await self._run(incoming, on_new_message, outbox)
            raise

    async def _run(self, incoming: Incoming, on_new_message: OnMessage, outbox: _Outbox) -> None:
        name = incoming.conversation
        outbox.country = await self._countries.get(name)
        metadata = {COUNTRY: outbox.country or incoming.country}
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


class _Outbox(OutputChannel):
    """What Rasa takes for the channel. It is called on the loop of the turns and hands on to the channel's."""

    def __init__(self, channel: str, replies: Replies, deliver: Deliver) -> None:
        self._channel = channel
        self._replies = replies
        self._deliver = deliver
        self._loop = asyncio.get_running_loop()
        # The country as it was known before the turn, and the last reply.
        self.country: str | None = None
        self.said: Reply | None = None
        self.crisis = self.failed = self.closed = self.only_crisis = False

    def name(self) -> str:  # Rasa asks the instance
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self._loop.call_soon_threadsafe(self._arrived, dict(message))

    def _arrived(self, message: dict[str, Any]) -> None:
        if self.closed:  # the person was told that it failed
            return
        try:
            reply = self._replies.made(message, self.country)
            if reply and self.only_crisis and not reply.crisis:
                return
            if reply:
                self._deliver(reply)
        except Exception as error:
            logger.error("A reply could not be formatted: %s.", type(error).__name__)
            self.failed = True
            return
        if reply:
            self.said = reply
            self.crisis = self.crisis or reply.crisis


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
