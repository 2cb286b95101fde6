"""Where conversations are kept: in this process's memory, or in Redis."""

from __future__ import annotations

import json
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from rasa.shared.core.events import Event

from signpost.settings import Conversations
from signpost.shared.connection import Shared
from signpost.shared.order import HELD, conversation_key

logger = logging.getLogger(__name__)


class Kept(NamedTuple):
    """What is kept of a conversation: the events of its last turns, and the slots that are set."""

    events: list[Event]
    slots: dict[str, Any]


class Keeper(Protocol):
    """Keeps conversations by name for a while."""

    async def get(self, name: str) -> Kept | None: ...

    async def put(self, name: str, kept: Kept) -> None: ...

    async def names(self) -> list[str]: ...


class MemoryKeeper:
    """Keeps conversations in memory. When there are too many, the one that has been quiet longest goes first.

    Args:
        bounds: minutes and number.
        clock: seconds, monotonic.
    """

    def __init__(self, bounds: Conversations, clock: Callable[[], float] = time.monotonic) -> None:
        self._bounds = bounds
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, Kept]] = OrderedDict()

    async def get(self, name: str) -> Kept | None:
        self._forget()
        found = self._kept.get(name)
        return found[1] if found else None

    async def put(self, name: str, kept: Kept) -> None:
        self._kept[name] = (self._clock(), kept)
        self._kept.move_to_end(name)
        self._forget()

    async def names(self) -> list[str]:
        self._forget()
        return list(self._kept)

    def _forget(self) -> None:
        oldest_allowed = self._clock() - self._bounds.minutes * 60
        while self._kept:
            name, (at, _) = next(iter(self._kept.items()))
            if at >= oldest_allowed and len(self._kept) <= self._bounds.at_most:
                return
            del self._kept[name]


class SharedKeeper:
    """Keeps conversations in Redis, which forgets each after its time; how many fit in is for Redis to bound.

    A turn's own conversation is read and written together with its place in the order (`order.py`). So a turn never
    begins with a conversation that could not be read, and never writes over what came after it.

    Args:
        shared: the Redis.
        seconds: how long a conversation is kept without a message.
    """

    def __init__(self, shared: Shared, seconds: int) -> None:
        self._shared = shared
        self._seconds = seconds

    async def get(self, name: str) -> Kept | None:
        held = HELD.get()
        if not (held and held.name == name):
            text = await self._shared.do("GET", conversation_key(name))
            return _read(text) if text else None
        if held.kept is None and held.before:
            held.kept = _read(held.before)
        return held.kept

    async def put(self, name: str, kept: Kept) -> None:
        text = json.dumps({"events": [event.as_dict() for event in kept.events], "slots": kept.slots})
        held = HELD.get()
        if held and held.name == name:
            held.kept, held.after = kept, text
        else:
            await self._shared.do("SET", conversation_key(name), text, "EX", self._seconds)

    async def names(self) -> list[str]:
        """Returns nothing: Redis has the names digested only."""
        return []


def _read(text: str) -> Kept | None:
    try:
        content = json.loads(text)
        return Kept([_event(event) for event in content["events"]], dict(content["slots"]))
    except Exception as error:  # written by another release; the person shall have an answer nevertheless
        logger.error("A conversation in Redis could not be read and begins anew: %s.", type(error).__name__)
        return None


def _event(parameters: dict[str, Any]) -> Event:
    event: Event = _class(parameters["event"])._from_parameters(parameters)
    return event


@lru_cache
def _class(name: str) -> Any:
    """Returns the class of an event. `Event.from_parameters` looks through all of them for each event anew."""
    found = Event.resolve_by_type(name)
    if found is None:
        raise ValueError(name)
    return found
