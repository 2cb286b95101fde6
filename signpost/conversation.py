"""What earlier replies of a conversation say to the next turn. The generator leaves it in their metadata."""

from __future__ import annotations

from collections.abc import Iterator

from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.core.events import BotUttered, Restarted, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker

# Keys of a reply's metadata.
STATE = "signpost_state"
ANSWER = "signpost_answer"
RESPONSE = "response"
# Key of a message's metadata: the country as the channel knows it, should the conversation be lost.
KNOWN_COUNTRY = "signpost_country"
# Key of a message's parse data: what the safety gate found.
SAFETY = "safety"


def replies(tracker: DialogueStateTracker) -> Iterator[BotUttered]:
    """Yields the assistant's replies since the conversation began or was restarted, the latest first."""
    for event in reversed(tracker.events):
        if isinstance(event, Restarted | SessionStarted):
            return
        if isinstance(event, BotUttered):
            yield event


def last_answered(tracker: DialogueStateTracker) -> str | None:
    """Returns the intent of the last answer from the articles, none if there was none."""
    for reply in replies(tracker):
        if reply.metadata.get(ANSWER) and reply.metadata.get("sources"):
            return str(reply.metadata[RESPONSE]).removeprefix(UTTER_PREFIX)
    return None


def in_distress(tracker: DialogueStateTracker) -> bool:
    """Says whether one of the last six turns showed distress."""
    last = next((reply.metadata[STATE] for reply in replies(tracker) if STATE in reply.metadata), None)
    return bool(last and last.get("distress", 0) > 0)


def known_country(tracker: DialogueStateTracker) -> str | None:
    """Returns the country that the channel knows the person to be in, none if it knows none."""
    latest = tracker.latest_message
    known = (latest.metadata or {}).get(KNOWN_COUNTRY) if latest else None
    return known if isinstance(known, str) else None
