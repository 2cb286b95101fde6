"""The threads that read messages. Half of that time the encoder works without the interpreter's lock, so that another
turn goes on meanwhile; on the loop of the turns nothing would."""

from __future__ import annotations

import asyncio
import contextvars
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import lru_cache
from typing import Any

# One thread reads no more messages a second than the loop did; three read no more than two.
THREADS = 2


class Readers:
    """Runs functions in threads, which start with the first; one that hangs does not keep the server from ending."""

    def __init__(self, threads: int = THREADS) -> None:
        self._jobs: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = queue.SimpleQueue()
        self._threads = threads
        self._starting = threading.Lock()

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Returns what the function returns, or raises what it raises; a job that is cancelled in time never begins."""
        context = contextvars.copy_context()
        future: Future[Any] = Future()
        self._start()
        self._jobs.put((future, lambda: context.run(function, *arguments)))
        return await asyncio.wrap_future(future)

    def _start(self) -> None:
        with self._starting:
            for _ in range(self._threads):
                threading.Thread(target=self._work, name="reader", daemon=True).start()
            self._threads = 0

    def _work(self) -> None:
        while True:
            future, job = self._jobs.get()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(job())
            except BaseException as error:
                future.set_exception(error)


@lru_cache(maxsize=1)
def readers() -> Readers:
    """Returns the threads that all turns share."""
    return Readers()
