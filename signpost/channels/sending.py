"""Sends to a platform's API: with a time limit, again when it fails, and one message of a person after the other."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

logger = logging.getLogger(__name__)

SECONDS = 5.0
# Before the second and the third try, in seconds.
PAUSES = (0.5, 1.5)
LONGEST_PAUSE = 3.0


class SendError(Exception):
    """A platform did not take a message. The text is a status or the kind of an error, never content.

    final: the platform refuses this message; sending it again is of no use.
    """

    def __init__(self, reason: str, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final


@dataclass(frozen=True)
class Call:
    """One request to a platform: a path below its API's address, and a JSON body or a form."""

    path: str
    json: Mapping[str, Any] | None = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)


class Api:
    """A platform's API at an address.

    Args:
        address: what every path is put behind.
        refusal: what a good status still says of a failure, where the platform does so (`{"ok": false}`).
        pauses: seconds before each further try.
    """

    def __init__(
        self,
        address: str,
        refusal: Callable[[Any], str | None] = lambda body: None,
        pauses: tuple[float, ...] = PAUSES,
    ) -> None:
        self._address = address.rstrip("/")
        self._refusal = refusal
        self._pauses = pauses
        self._session: aiohttp.ClientSession | None = None

    async def send(self, call: Call) -> None:
        """Sends a request, and again after a pause where that may help.

        Raises:
            SendError: the last try failed, or the platform refuses the message.
        """
        for pause in (*self._pauses, None):
            try:
                await self._once(call)
                return
            except _TryLaterError as error:
                if pause is None:
                    raise SendError(str(error)) from error
                await asyncio.sleep(min(max(pause, error.after), LONGEST_PAUSE))

    async def close(self) -> None:
        """Ends the connections."""
        if self._session:
            await self._session.close()

    async def _once(self, call: Call) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS))
        try:
            async with self._session.post(
                f"{self._address}{call.path}",
                json=call.json,
                data=call.form,
                headers=call.headers,
                params=call.params,
            ) as answer:
                if answer.status == 429 or answer.status >= 500:
                    raise _TryLaterError(f"status {answer.status}", _seconds(answer.headers.get("Retry-After")))
                if answer.status >= 300:
                    raise SendError(f"status {answer.status}", final=True)
                body = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _TryLaterError(type(error).__name__) from error
        except ValueError:  # a good status without JSON
            return
        if reason := self._refusal(body):
            raise SendError(reason, final=True)


class Lanes:
    """Runs what is put in under one key in order, and different keys side by side."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[tuple[Callable[[], Awaitable[None]], asyncio.Event]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def put(self, key: str, work: Callable[[], Awaitable[None]]) -> asyncio.Event:
        """Runs `work` when everything that was put in under the key before is done; returns what says that it ended."""
        ended = asyncio.Event()
        if key in self._waiting:
            self._waiting[key].append((work, ended))
            return ended
        self._waiting[key] = deque([(work, ended)])
        task = asyncio.create_task(self._run(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return ended

    async def finish(self, seconds: float) -> None:
        """Waits until everything is done, but not longer than the time."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def _run(self, key: str) -> None:
        waiting = self._waiting[key]
        while waiting:
            work, ended = waiting.popleft()
            try:
                await work()
            except Exception as error:
                logger.error("Something put into a lane failed with %s.", type(error).__name__)
            ended.set()
        del self._waiting[key]


class _TryLaterError(Exception):
    def __init__(self, reason: str, after: float = 0.0) -> None:
        super().__init__(reason)
        self.after = after


def _seconds(header: str | None) -> float:
    try:
        return float(header or 0)
    except ValueError:
        return 0.0
