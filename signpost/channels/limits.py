"""How many messages a sender, or an address, may send: token buckets in memory."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from typing import Protocol

from signpost.channels.recent import Recent
from signpost.settings import Limits, Rate

MOST_BUCKETS = 20_000


class Limiter(Protocol):
    """Says whether one message more may pass."""

    async def allows(self, sender: str, address: str | None) -> bool: ...


class Buckets:
    """A token bucket for each key: `burst` messages at once, refilled by `per_minute`."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        # A bucket that had the time to fill up is like one that was never used.
        full_again = rate.burst / rate.per_minute * 60
        self._levels: Recent[str, tuple[float, float]] = Recent(full_again, MOST_BUCKETS, clock)

    def take(self, key: str) -> bool:
        """Takes a token; returns false, and takes none, if there is none."""
        now = self._clock()
        level, at = self._levels.get(key) or (float(self._rate.burst), now)
        level = min(self._rate.burst, level + (now - at) * self._rate.per_minute / 60)
        if level < 1:
            return False
        self._levels.set(key, (level - 1, now))
        return True


class RateLimit:
    """The limits of `signpost.yml`."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._senders = Buckets(limits.sender, clock)
        self._addresses = Buckets(limits.address, clock)

    async def allows(self, sender: str, address: str | None) -> bool:
        """Counts a message; says whether it may pass.

        Args:
            sender: the conversation.
            address: where it came from; none, or one of this machine or network, is not limited. It may be a web
                server in front that does not say whom it asks for, and would be limited for all people at once.
        """
        if address and not is_local(address) and not self._addresses.take(address):
            return False
        return self._senders.take(sender)


def is_local(address: str) -> bool:
    """Says whether an address is this machine's or of a private network."""
    try:
        return ipaddress.ip_address(address.strip("[]")).is_private
    except ValueError:
        return False
