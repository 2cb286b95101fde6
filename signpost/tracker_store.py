"""Conversations in bounded memory: the last turns of each, for a limited time, never on disk."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable
from itertools import takewhile
from typing import Any, NamedTuple

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, Restarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from signpost.settings import Conversations, settings


class _Kept(NamedTuple):
    events: list[Event]
    slots: dict[str, Any]
    at: float


class BoundedTrackerStore(TrackerStore):
    """Keeps the last turns and the set slots of each conversation, so that a turn costs the same however long it lasts.

    A conversation is forgotten after the set time without a message; when there are too many, the one that has been
    quiet longest goes first. A restart forgets everything said before it.

    Args:
        domain: the domain, for the slots of new trackers.
        event_broker: gets new events, where one is configured.
        host: what Rasa passes from endpoints.yml; not used.
        bounds: the limits; those of `signpost.yml` without it.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        domain: Domain | None,
        event_broker: EventBroker | None = None,
        host: Any = None,
        bounds: Conversations | None = None,
        clock: Any = time.monotonic,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self._bounds = bounds or settings().conversations
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        if self.event_broker:
            await self.stream_events(tracker)
        slots = {name: slot.value for name, slot in tracker.slots.items() if slot.value != slot.initial_value}
        self._kept[tracker.sender_id] = _Kept(self._last_turns(list(tracker.events)), slots, self._clock())
        self._kept.move_to_end(tracker.sender_id)
        self._forget()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        self._forget()
        kept = self._kept.get(sender_id)
        if kept is None:
            return None
        tracker = self.init_tracker(sender_id)
        for event in (*kept.events, *(SlotSet(name, value) for name, value in kept.slots.items())):
            tracker.update(event, self.domain)
        return tracker

    async def keys(self) -> Iterable[str]:
        self._forget()
        return list(self._kept)

    def _last_turns(self, events: list[Event]) -> list[Event]:
        after_restart = list(takewhile(lambda event: not isinstance(event, Restarted), reversed(events)))[::-1]
        turns = [i for i, event in enumerate(after_restart) if isinstance(event, UserUttered)]
        if len(turns) <= self._bounds.turns_kept:
            return after_restart
        # Rules match a turn from the moment the assistant began to listen for it.
        return [ActionExecuted(ACTION_LISTEN_NAME), *after_restart[turns[-self._bounds.turns_kept] :]]

    def _forget(self) -> None:
        oldest_allowed = self._clock() - self._bounds.minutes * 60
        while self._kept:
            sender_id, kept = next(iter(self._kept.items()))
            if kept.at >= oldest_allowed and len(self._kept) <= self._bounds.at_most:
                return
            del self._kept[sender_id]
