"""A turn on any channel: whatever goes wrong inside, the person gets a reply with a number to call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.domain import Domain

from signpost import helplines, metrics
from signpost.channels.agent_loop import AgentLoop, agent_loop
from signpost.channels.limits import Limiter, RateLimit
from signpost.channels.outcome import topic_of
from signpost.channels.payloads import Payloads
from signpost.channels.recent import Recent
from signpost.channels.reply import Replies, Reply
from signpost.conversation import KNOWN_COUNTRY
from signpost.kill_switch import KillSwitch, kill_switch
from signpost.places import Places
from signpost.reply import Composer
from signpost.settings import Settings, settings

logger = logging.getLogger(__name__)

OnMessage = Callable[[UserMessage], Awaitable[Any]]
Deliver = Callable[[Reply], None]

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


class Turns:
    """Takes messages of every channel, one at a time for each conversation, in the order in which they came.

    Args:
        replies: makes the replies.
        limiter: how many messages may come.
        loop: where Rasa's part of a turn runs.
        remembered: for how long and for how many people their country is kept.
        longest: seconds from a message's arrival to the fixed reply.
        switch: while it is on, every reply is the block of helplines.
    """

    def __init__(
        self,
        replies: Replies,
        limiter: Limiter,
        loop: AgentLoop,
        remembered: Recent[str, str],
        longest: float = LONGEST_TURN,
        switch: KillSwitch | None = None,
    ) -> None:
        self.replies = replies
        self.loop = loop
        self.switch = switch or KillSwitch([])
        self.places = Places.from_files()
        self._limiter = limiter
        self._countries = remembered
        self._longest = longest
        self._payloads: Payloads | None = None
        self._order: dict[str, tuple[asyncio.Lock, int]] = {}

    @classmethod
    def from_settings(cls, chosen: Settings) -> Turns:
        """Reads the data files; raises `FileError` where one does not fit."""
        composer = Composer.from_files(helplines.load(chosen.default_country))
        kept: Recent[str, str] = Recent(chosen.conversations.minutes * 60, chosen.conversations.at_most)
        replies, limiter = Replies(composer, chosen.default_country), RateLimit(chosen.rate_limits)
        return cls(replies, limiter, agent_loop(), kept, switch=kill_switch())

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
            self._countries.set(incoming.conversation, stated)
        deliver(self.replies.helplines_only(self._country(incoming)))
        if incoming.text.strip() == FORGET:
            await self._take(incoming, on_new_message, lambda reply: None)

    async def _take(self, incoming: Incoming, on_new_message: OnMessage, deliver: Deliver) -> None:
        name = incoming.conversation
        if not self._limiter.allows(name, incoming.address):
            deliver(self.replies.limited(self._country(incoming)))
            return
        outbox = _Outbox(incoming.channel, lambda message: self._said(name, message, deliver))
        problem = "ended without a reply"
        try:
            async with asyncio.timeout(self._longest), self._in_order(name):
                await self.loop.run(_turn(on_new_message, self._message(incoming, outbox)))
        except Exception as error:  # never silent, whatever broke
            problem = f"failed with {error if isinstance(error, TurnError) else type(error).__name__}"
            outbox.failed = True
        outbox.closed = True
        if not outbox.failed and outbox.said:
            return
        logger.error("A turn on %s %s.", incoming.channel, problem, extra={"channel": incoming.channel})
        # What answered an emergency has the numbers already, and must not be taken back.
        if not outbox.crisis:
            deliver(self.replies.trouble(self._country(incoming)))

    def _message(self, incoming: Incoming, outbox: OutputChannel) -> UserMessage:
        name = incoming.conversation
        known = {KNOWN_COUNTRY: self._country(incoming)}
        return UserMessage(self._read(incoming.text), outbox, name, input_channel=incoming.channel, metadata=known)

    def _country(self, incoming: Incoming) -> str | None:
        return self._countries.get(incoming.conversation) or incoming.country

    def _said(self, name: str, message: dict[str, Any], deliver: Deliver) -> Reply | None:
        reply = self.replies.made(message, self._countries.get(name))
        if reply is None:
            return None
        if reply.forgets:
            self._countries.drop(lambda known: known == name)
        else:
            self._countries.set(name, reply.country)
        deliver(reply)
        return reply

    def _read(self, text: str) -> str:
        if len(text) > LONGEST_READ:
            text = f"{text[: LONGEST_READ // 2]} {text[-LONGEST_READ // 2 :]}"
        return self._payloads.as_text(text) if self._payloads else text.lstrip("/ ")

    @asynccontextmanager
    async def _in_order(self, name: str) -> AsyncIterator[None]:
        """Lets one turn of a conversation pass after the other. Rasa's own lock looks once a second."""
        lock, waiting = self._order.get(name) or (asyncio.Lock(), 0)
        self._order[name] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._order[name]
            if waiting > 1:
                self._order[name] = (lock, waiting - 1)
            else:
                del self._order[name]


class _Outbox(OutputChannel):
    """What Rasa takes for the channel. It is called on the loop of the turns and hands on to the channel's."""

    def __init__(self, channel: str, say: Callable[[dict[str, Any]], Reply | None]) -> None:
        self._channel = channel
        self._say = say
        self._loop = asyncio.get_running_loop()
        self.said = self.crisis = self.failed = self.closed = False

    def name(self) -> str:  # Rasa asks the instance
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self._loop.call_soon_threadsafe(self._arrived, dict(message))

    def _arrived(self, message: dict[str, Any]) -> None:
        if self.closed:  # the person was told that it failed
            return
        try:
            reply = self._say(message)
        except Exception as error:
            logger.error("A reply could not be formatted: %s.", type(error).__name__)
            self.failed = True
            return
        if reply:
            self.said = True
            self.crisis = self.crisis or reply.crisis


async def _turn(on_new_message: OnMessage, message: UserMessage) -> None:
    try:
        await on_new_message(message)
    except Exception as error:
        # Its text may hold what was typed, and asyncio logs the errors of a turn that was given up.
        raise TurnError(type(error).__name__) from None


@lru_cache(maxsize=1)
def turns() -> Turns:
    """Returns what all channels of the server share, made once.

    Raises:
        FileError: a data file or the settings do not fit.
    """
    return Turns.from_settings(settings())
