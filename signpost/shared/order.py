"""One turn of a conversation after the other, whichever process takes the message; and what a turn knows and leaves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from signpost.shared.connection import LEASE_SECONDS, Shared, SharedError, key, renewed

logger = logging.getLogger(__name__)

# Seconds between two looks whether it is this message's turn: first, and then.
LOOKS = (0.02, 0.05)

# A list of tokens in the order of arrival, and a hash of when each lapses unless it is renewed.
_WAIT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then redis.call('RPUSH', KEYS[1], ARGV[1]) end
redis.call('HSET', KEYS[2], ARGV[1], string.format('%.0f', now + ARGV[2]))
redis.call('PEXPIRE', KEYS[1], 10 * ARGV[2])
redis.call('PEXPIRE', KEYS[2], 10 * ARGV[2])
local head = redis.call('LINDEX', KEYS[1], 0)
while head and head ~= ARGV[1] and tonumber(redis.call('HGET', KEYS[2], head) or 0) <= now do
  redis.call('LPOP', KEYS[1])
  redis.call('HDEL', KEYS[2], head)
  head = redis.call('LINDEX', KEYS[1], 0)
end
if not head then
  redis.call('RPUSH', KEYS[1], ARGV[1])
  head = ARGV[1]
end
if head ~= ARGV[1] then return {0} end
return {1, redis.call('GET', KEYS[3])}
"""
# Only whose turn it still is may leave something: a process that was taken for dead must not undo what came after.
_LEAVE = """
local own = redis.call('LINDEX', KEYS[1], 0) == ARGV[1]
if own and ARGV[2] ~= '' then redis.call('SET', KEYS[3], ARGV[2], 'EX', ARGV[3]) end
redis.call('LREM', KEYS[1], 1, ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
return own and 1 or 0
"""


@dataclass
class Held:
    """The conversation of the turn under way: as it was kept, and as the turn leaves it (none: as it was).

    `kept` is the one or the other as objects, once they are made.
    """

    name: str
    before: str | None
    after: str | None = None
    kept: Any = None


HELD: ContextVar[Held | None] = ContextVar("held", default=None)


class SharedOrder:
    """Order through Redis. A turn reads its conversation with taking its place, and writes it with leaving it.

    Args:
        shared: the Redis.
        seconds: how long a conversation is kept without a message.
        lease: seconds until the place of a process that died is free.
    """

    def __init__(self, shared: Shared, seconds: int, lease: float = LEASE_SECONDS) -> None:
        self._shared = shared
        self._seconds = seconds
        self._lease = round(lease * 1000)
        self._leaving: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Waits until all turns of the conversation that came before are over.

        Raises:
            SharedError: Redis does not answer. Failing to write at the end is logged, for the person has the reply.
        """
        token = self._shared.token()
        keys = [key("queue", name), key("leases", name), conversation_key(name)]

        async def look() -> list[str | int | None]:
            return list(await self._shared.run(_WAIT, keys, token, self._lease))

        held = Held(name, None)
        try:
            pause, longest = LOOKS
            while (place := await look())[0] == 0:
                await asyncio.sleep(pause)
                pause = longest
            held.before = str(place[1]) if place[1] is not None else None
            before = HELD.set(held)
            try:
                async with renewed(look):
                    yield
            finally:
                HELD.reset(before)
        except BaseException:
            # Nobody waits for it: the time may be over.
            task = asyncio.create_task(self._leave(keys, token, Held(name, None)))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)
            raise
        await self._leave(keys, token, held)

    async def _leave(self, keys: list[str], token: str, held: Held) -> None:
        try:
            own = await self._shared.run(_LEAVE, keys, token, held.after or "", self._seconds)
        except SharedError as error:
            # The place lapses by itself.
            if held.after:
                logger.error("The end of a turn could not be written to Redis: %s.", error)
            return
        if not own and held.after:
            logger.error("A turn took so long that another process was given the conversation; it is not kept.")


@contextmanager
def without_memory(name: str) -> Iterator[None]:
    """Lets a turn run with nothing from before, and leave nothing."""
    before = HELD.set(Held(name, None))
    try:
        yield
    finally:
        HELD.reset(before)


def conversation_key(name: str) -> str:
    """Returns the key of a conversation."""
    return key("conversation", name)


class MemoryOrder:
    """Order within one process."""

    def __init__(self) -> None:
        self._order: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
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
