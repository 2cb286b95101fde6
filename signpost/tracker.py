"""A conversation's tracker that is copied where Rasa's is replayed."""

from __future__ import annotations

import copy
from typing import Any

from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker


class QuickTracker(DialogueStateTracker):
    """Rasa's tracker, with the same state after every event.

    Rasa gives each action a copy that it makes by applying every event anew, and computes the states of all turns each
    time that a policy asks; here a copy copies, and the states are computed once between two events.
    """

    _known: tuple[tuple[Any, ...], list[State]] | None = None

    def copy(self) -> QuickTracker:
        twin = copy.copy(self)
        twin.events = copy.copy(self.events)
        twin.slots = copy.copy(self.slots)
        twin.slots.update((name, copy.copy(slot)) for name, slot in self.slots.items())
        twin.active_loop = copy.copy(self.active_loop)
        # As in Rasa's copy: what is tried out there gets its marks when it is kept.
        twin.model_id = twin.assistant_id = None
        return twin

    def past_states(
        self,
        domain: Domain,
        omit_unset_slots: bool = False,
        ignore_rule_only_turns: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:
        if ignore_rule_only_turns:  # asked for by policies that learn from stories, and with other data each time
            return super().past_states(domain, omit_unset_slots, ignore_rule_only_turns, rule_only_data)
        # State changes by events alone. The last one is held by `events`, so that its id is its own.
        at = (id(domain), len(self.events), id(self.events[-1]) if self.events else None, omit_unset_slots)
        if self._known is None or self._known[0] != at:
            self._known = (at, super().past_states(domain, omit_unset_slots))
        # Policies take out of a state what they do not use.
        return [{kind: copy.copy(part) for kind, part in state.items()} for state in self._known[1]]
