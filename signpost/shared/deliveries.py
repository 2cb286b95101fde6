"""Which deliveries of a platform have come before, and which were never finished because their process died."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from signpost.channels.recent import Recent
from signpost.shared.connection import LEASE_SECONDS, PREFIX, Shared, SharedError, key, renewing

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 20

# A delivery that is first is put down as under way in the same step: KEYS are its own key, when each that is under way
# lapses unless it is renewed, and to whom each is to be replied.
_FIRST = """
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EX', ARGV[2]) and redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
local time = redis.call('TIME')
redis.call('ZADD', KEYS[2], time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[3], ARGV[1])
redis.call('HSET', KEYS[3], ARGV[1], ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[2])
redis.call('EXPIRE', KEYS[3], ARGV[2])
return 1
"""
_RENEW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZADD', KEYS[1], 'XX', now + ARGV[2], ARGV[1])
"""
_DONE = "redis.call('HDEL', KEYS[2], ARGV[1]) return redis.call('ZREM', KEYS[1], ARGV[1])"
_ORPHANS = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local found = {}
for _, token in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])) do
  redis.call('ZREM', KEYS[1], token)
  local to = redis.call('HGET', KEYS[2], token)
  redis.call('HDEL', KEYS[2], token)
  if to then table.insert(found, to) end
end
return found
"""


Done = Callable[[], Awaitable[None]]


class Deliveries(Protocol):
    """Lets a delivery through once."""

    async def begin(self, delivery: str, sender: str, to: Mapping[str, str]) -> Done | None:
        """Puts a delivery down as under way; returns what to call when it is answered, none if it has come before."""

    async def orphans(self) -> list[tuple[str, dict[str, str]]]:
        """Returns sender and address (`to`) of deliveries whose process died before the reply, each once."""


class MemoryDeliveries:
    """Remembers deliveries in memory.

    Args:
        seconds: for how long.
        at_most: how many.
    """

    def __init__(self, seconds: float, at_most: int) -> None:
        self._seen: Recent[str, bool] = Recent(seconds, at_most)

    async def begin(self, delivery: str, sender: str, to: Mapping[str, str]) -> Done | None:
        if self._seen.get(delivery):
            return None
        self._seen.set(delivery, True)
        return _nothing

    async def orphans(self) -> list[tuple[str, dict[str, str]]]:
        return []


class SharedDeliveries:
    """Remembers them in Redis, and what this process has seen itself while Redis does not answer.

    Args:
        shared: the Redis.
        channel: whose deliveries they are.
        seconds: for how long.
        seen: what this process has seen.
        lease: seconds after which a delivery of a process that died is an orphan.
    """

    def __init__(
        self, shared: Shared, channel: str, seconds: int, seen: MemoryDeliveries, lease: float = LEASE_SECONDS
    ) -> None:
        self._shared = shared
        self._channel = channel
        self._seconds = seconds
        self._seen = seen
        self._lease = round(lease * 1000)
        self._under_way = [f"{PREFIX}:lapse:{channel}", f"{PREFIX}:reply:{channel}"]

    async def begin(self, delivery: str, sender: str, to: Mapping[str, str]) -> Done | None:
        if await self._seen.begin(delivery, sender, to) is None:
            return None
        token = self._shared.token()
        keys = [key("delivery", self._channel, delivery), *self._under_way]
        address = json.dumps([sender, dict(to)])
        try:
            first = await self._shared.run(_FIRST, keys, token, self._seconds, self._lease, address)
        except SharedError as error:
            logger.error("A delivery's id could not be looked up in Redis: %s.", error)
            return _nothing
        if not first:
            return None
        renewal = renewing(lambda: self._shared.run(_RENEW, self._under_way[:1], token, self._lease))

        async def done() -> None:
            renewal.cancel()
            await self._done(token)

        return done

    async def orphans(self) -> list[tuple[str, dict[str, str]]]:
        try:
            found = await self._shared.run(_ORPHANS, self._under_way, MOST_AT_ONCE)
        except SharedError:
            return []
        return [(sender, to) for sender, to in map(json.loads, found)]

    async def _done(self, token: str) -> None:
        # Tried for as long as a Redis takes to start again: who is not taken off is told that something went wrong.
        for pause in (0.2, 0.5, 1.0, None):
            try:
                await self._shared.run(_DONE, self._under_way, token)
                return
            except SharedError as error:
                if pause is None:
                    logger.error("A delivery could not be marked as answered in Redis: %s.", error)
                    return
                await asyncio.sleep(pause)


async def _nothing() -> None:
    return
