"""What Rasa takes for the channel during a turn."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from rasa.core.channels.channel import OutputChannel

from signpost.channels.reply import Replies, Reply

logger = logging.getLogger(__name__)

Deliver = Callable[[Reply], None]


class Outbox(OutputChannel):
    """Takes the replies of one turn, on the loop of the turns, and hands them on, on the channel's."""

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
