"""Conversations within bounds: the last turns of each, for a limited time, never on disk."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, Restarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from signpost.settings import Conversations, settings
from signpost.shared.connection import shared
from signpost.shared.conversations import Keeper, Kept, MemoryKeeper, SharedKeeper


class BoundedTrackerStore(TrackerStore):
    """Keeps the last turns and the set slots of each conversation, so that a turn costs the same however long it lasts.

    A conversation is forgotten after the set time without a message. A restart forgets everything said before it.

    Args:
        domain: the domain, for the slots of new trackers.
        event_broker: gets new events, where one is configured.
        host: what Rasa passes from endpoints.yml; not used.
        bounds: the limits; those of `signpost.yml` without it.
        keeper: where to keep; in Redis where the environment names one, else in memory.
    """

    def __init__(
        self,
        domain: Domain | None,
        event_broker: EventBroker | None = None,
        host: Any = None,
        bounds: Conversations | None = None,
        keeper: Keeper | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self._bounds = bounds or settings().conversations
        self._keeper = keeper or _keeper(self._bounds)

    async def save(self, tracker: DialogueStateTracker) -> None:
        if self.event_broker:
            await self.stream_events(tracker)
        slots = {name: slot.value for name, slot in tracker.slots.items() if slot.value != slot.initial_value}
        await self._keeper.put(tracker.sender_id, Kept(self._last_turns(list(tracker.events)), slots))

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        kept = await self._keeper.get(sender_id)
        if kept is None:
            return None
        tracker = self.init_tracker(sender_id)
        for event in (*kept.events, *(SlotSet(name, value) for name, value in kept.slots.items())):
            tracker.update(event, self.domain)
        return tracker

    async def keys(self) -> Iterable[str]:
        return await self._keeper.names()

    def _last_turns(self, events: list[Event]) -> list[Event]:
        after_restart = list(takewhile(lambda event: not isinstance(event, Restarted), reversed(events)))[::-1]
        turns = [i for i, event in enumerate(after_restart) if isinstance(event, UserUttered)]
        if len(turns) <= self._bounds.turns_kept:
            return after_restart
        # Rules match a turn from the moment the assistant began to listen for it.
        return [ActionExecuted(ACTION_LISTEN_NAME), *after_restart[turns[-self._bounds.turns_kept] :]]


def _keeper(bounds: Conversations) -> Keeper:
    redis = shared()
    return SharedKeeper(redis, bounds.minutes * 60) if redis else MemoryKeeper(bounds)
