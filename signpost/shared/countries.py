"""Which country a person is in, kept beside the conversation so that the numbers are right when that is lost."""

from __future__ import annotations

import logging
from typing import Protocol

from signpost.channels.recent import Recent
from signpost.shared.connection import Shared, SharedError, key

logger = logging.getLogger(__name__)


class Countries(Protocol):
    """Keeps codes of countries by conversation for a while."""

    async def get(self, name: str) -> str | None: ...

    async def set(self, name: str, country: str | None) -> None:
        """Keeps a country; none forgets it."""


class MemoryCountries:
    """Keeps them in memory.

    Args:
        seconds: how long after it was set last.
        at_most: so many.
    """

    def __init__(self, seconds: float, at_most: int) -> None:
        self._kept: Recent[str, str] = Recent(seconds, at_most)

    async def get(self, name: str) -> str | None:
        return self._kept.get(name)

    async def set(self, name: str, country: str | None) -> None:
        if country is None:
            self._kept.drop(lambda known: known == name)
        else:
            self._kept.set(name, country)


class SharedCountries:
    """Keeps them in Redis; what this process has seen itself stands in while Redis does not answer.

    Args:
        shared: the Redis.
        seconds: how long after it was set last.
        seen: what this process has seen.
    """

    def __init__(self, shared: Shared, seconds: int, seen: MemoryCountries) -> None:
        self._shared = shared
        self._seconds = seconds
        self._seen = seen

    async def get(self, name: str) -> str | None:
        try:
            country: str | None = await self._shared.do("GETEX", key("country", name), "EX", self._seconds)
        except SharedError:
            return await self._seen.get(name)
        if country != await self._seen.get(name):
            await self._seen.set(name, country)
        return country

    async def set(self, name: str, country: str | None) -> None:
        if country == await self._seen.get(name):
            return  # as `get` found it in this turn
        await self._seen.set(name, country)
        try:
            if country is None:
                await self._shared.do("DEL", key("country", name))
            else:
                await self._shared.do("SET", key("country", name), country, "EX", self._seconds)
        except SharedError as error:
            logger.error("A person's country could not be written to Redis: %s.", error)
