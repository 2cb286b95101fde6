"""Token buckets in Redis: one limit for a sender or an address, whichever process takes the message."""

from __future__ import annotations

import logging

from signpost.channels.limits import is_local
from signpost.settings import Limits, Rate
from signpost.shared.connection import Shared, SharedError, key

logger = logging.getLogger(__name__)

# A hash of level and time for each bucket; KEYS[i] has burst and tokens a minute in ARGV[2i-1] and ARGV[2i].
_TAKE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
for i, bucket in ipairs(KEYS) do
  local burst, rate = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i]) / 60
  local kept = redis.call('HMGET', bucket, 'level', 'at')
  local level = math.min(burst, (kept[1] or burst) + math.max(0, now - (kept[2] or now)) * rate)
  if level < 1 then return 0 end
  redis.call('HSET', bucket, 'level', level - 1, 'at', string.format('%.6f', now))
  redis.call('EXPIRE', bucket, math.ceil(burst / rate))
end
return 1
"""


class SharedRateLimit:
    """The limits of `signpost.yml`, counted in Redis. While it does not answer, every message may pass."""

    def __init__(self, shared: Shared, limits: Limits) -> None:
        self._shared = shared
        self._limits = limits

    async def allows(self, sender: str, address: str | None) -> bool:
        """Counts a message; says whether it may pass. See `RateLimit.allows`."""
        buckets: dict[str, Rate] = {}
        if address and not is_local(address):
            buckets[key("address", address)] = self._limits.address
        buckets[key("sender", sender)] = self._limits.sender
        rates = [number for rate in buckets.values() for number in (rate.burst, rate.per_minute)]
        try:
            return bool(await self._shared.run(_TAKE, list(buckets), *rates))
        except SharedError as error:
            # Nobody is refused because a store is down.
            logger.error("A message could not be counted in Redis: %s.", error)
            return True
