"""The event loop of the turns, in a thread of its own, so that the server can still answer while a turn hangs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from functools import lru_cache
from typing import Any


class AgentLoop:
    """Runs coroutines on a loop in a daemon thread, which starts with the first."""

    def __init__(self) -> None:
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        # Turns begun and ended; written by the loop's thread only.
        self._steps = 0

    async def run(self, turn: Coroutine[Any, Any, Any]) -> Any:
        """Returns what the coroutine returns, or raises what it raises; cancelling this cancels the coroutine."""
        counted = self._counted(turn)
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(counted, self._started()))

    async def _counted(self, turn: Coroutine[Any, Any, Any]) -> Any:
        self._steps += 1
        try:
            return await turn
        finally:
            self._steps += 1

    async def responds(self, seconds: float) -> bool:
        """Says whether the loop does anything within a time; a turn that never gives way keeps it from doing so.

        One with many turns to do may take longer to come round, but begins or ends some of them meanwhile.
        """
        before = self._steps
        try:
            async with asyncio.timeout(seconds):
                await self.run(asyncio.sleep(0))
        except TimeoutError:
            return self._steps > before
        return True

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="turns", daemon=True).start()
            return self._loop


@lru_cache(maxsize=1)
def agent_loop() -> AgentLoop:
    """Returns the loop that all channels share: Rasa's lock store and the conversations are not made for two."""
    return AgentLoop()
