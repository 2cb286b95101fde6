"""What a channel remembers for a while: bounded in time and in number."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """A mapping that forgets.

    Args:
        seconds: how long after it was set last an entry is kept.
        at_most: so many entries; the one that was set first goes when there are more.
        clock: seconds, monotonic.
    """

    def __init__(self, seconds: float, at_most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._at_most = at_most
        self._clock = clock
        self._kept: OrderedDict[Key, tuple[float, Value]] = OrderedDict()

    def __len__(self) -> int:
        self._forget()
        return len(self._kept)

    def get(self, key: Key) -> Value | None:
        """Returns the value of a key, none if it was never set or is forgotten."""
        self._forget()
        kept = self._kept.get(key)
        return kept[1] if kept else None

    def set(self, key: Key, value: Value) -> None:
        """Sets the value of a key; its time begins anew."""
        self._kept[key] = (self._clock(), value)
        self._kept.move_to_end(key)
        self._forget()

    def drop(self, unwanted: Callable[[Key], bool]) -> None:
        """Forgets every key for which `unwanted` is true."""
        for key in [key for key in self._kept if unwanted(key)]:
            del self._kept[key]

    def _forget(self) -> None:
        oldest = self._clock() - self._seconds
        while self._kept:
            key, (at, _) = next(iter(self._kept.items()))
            if at >= oldest and len(self._kept) <= self._at_most:
                return
            del self._kept[key]
