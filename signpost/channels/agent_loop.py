"""The event loop of the turns, in a thread of its own, so that the server can still answer while a turn hangs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from functools import lru_cache
from typing import Any

from signpost.readers import readers


class AgentLoop:
    """Runs coroutines on a loop in a daemon thread, which starts with the first."""

    def __init__(self) -> None:
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        # Turns that went through; written by the loop's thread only.
        self._ended = 0

    async def run(self, turn: Coroutine[Any, Any, Any]) -> Any:
        """Returns what the coroutine returns, or raises what it raises; cancelling this cancels the coroutine."""
        counted = self._counted(turn)
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(counted, self._started()))

    async def _counted(self, turn: Coroutine[Any, Any, Any]) -> Any:
        result = await turn
        self._ended += 1
        return result

    async def responds(self, seconds: float) -> bool:
        """Says whether the loop and the reading threads do anything within a time; turns that never give way keep them
        from doing so.

        With many turns to do they may take longer to come round, but some turns end meanwhile.
        """
        before = self._ended
        try:
            async with asyncio.timeout(seconds):
                await self.run(readers().run(bool))
        except TimeoutError:
            return self._ended > before
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
