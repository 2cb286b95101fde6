"""The reply to a message that is sent again: the same one, and no second turn, whichever process it reaches."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from signpost.shared.connection import LEASE_SECONDS, Shared, SharedError, key, renewed

logger = logging.getLogger(__name__)

Messages = list[dict[str, Any]]

LOOK_SECONDS = 0.05
# Who has the message answers within the longest turn.
PATIENCE = 9.0

# The value is "?" and a token while somebody answers, and then the answer.
_CLAIM = """
local value = redis.call('GET', KEYS[1])
if not value or value == '?' .. ARGV[1] then
  redis.call('SET', KEYS[1], '?' .. ARGV[1], 'PX', ARGV[2])
  return false
end
return value
"""
# An index for each sender, so that all can be forgotten.
_KEEP = """
if redis.call('GET', KEYS[1]) ~= '?' .. ARGV[1] then return 0 end
local now = tonumber(redis.call('TIME')[1])
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
redis.call('ZADD', KEYS[2], now + ARGV[3], KEYS[1])
redis.call('EXPIRE', KEYS[2], ARGV[3])
return 1
"""
_FORGET = """
for _, kept in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do redis.call('DEL', kept) end
return redis.call('DEL', KEYS[1])
"""


class SharedAnswers:
    """Keeps the answers in Redis.

    Args:
        shared: the Redis.
        seconds: how long an answer is kept.
    """

    def __init__(self, shared: Shared, seconds: int, lease: float = LEASE_SECONDS) -> None:
        self._shared = shared
        self._seconds = seconds
        self._lease = round(lease * 1000)

    async def once(self, sender: str, message_id: str, answer: Callable[[], Awaitable[Messages]]) -> Messages:
        """Returns what was answered to the message, or answers it, if nobody does or whoever did has died."""
        kept, token = key("answer", sender, message_id), self._shared.token()

        async def claim() -> str | None:
            value = await self._shared.run(_CLAIM, [kept], token, self._lease)
            return None if value is None else str(value)

        try:
            async with asyncio.timeout(PATIENCE):
                while value := await claim():
                    if not value.startswith("?"):
                        messages: Messages = json.loads(value)
                        return messages
                    await asyncio.sleep(LOOK_SECONDS)
        except (SharedError, TimeoutError) as error:
            # Better answered twice than never.
            logger.error("A message's id could not be looked up in Redis: %s.", str(error) or "TimeoutError")
            return await answer()
        async with renewed(claim):
            messages = await answer()
        try:
            index = key("answers", sender)
            await self._shared.run(_KEEP, [kept, index], token, json.dumps(messages), self._seconds)
        except SharedError as error:
            logger.error("An answer could not be kept in Redis: %s.", error)
        return messages

    async def forget(self, sender: str) -> None:
        """Forgets every answer to a sender."""
        try:
            await self._shared.run(_FORGET, [key("answers", sender)])
        except SharedError as error:
            logger.error("Answers could not be forgotten in Redis, and lapse by themselves: %s.", error)
