"""Everything that `GET /metrics` counts, named here and nowhere else. No label can hold what somebody typed or is."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

from signpost.files import FileError

if TYPE_CHECKING:
    from signpost.channels.outcome import Outcome

NO_TOPIC = "none"
METRICS_TOKEN = "SIGNPOST_METRICS_TOKEN"
SHORTEST_TOKEN = 16

# They would say to the millisecond when a server recognised its first emergency.
disable_created_metrics()

TURNS = Counter("signpost_turns", "Messages answered; topic is the article's section.", ["outcome", "topic"])
SECONDS = Histogram(
    "signpost_turn_seconds",
    "From a message's arrival to its last reply, where it was read.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8),
)
UNDER_WAY = Gauge("signpost_turns_under_way", "Messages that wait for their reply.")
UNSENT = Counter("signpost_replies_unsent", "Replies that a messaging platform did not take.", ["channel"])
READY = Gauge("signpost_ready", "1 while the assistant answers, as /health says.")
HELPLINES_ONLY = Gauge("signpost_helplines_only", "1 while the kill switch is on.")
HELPLINES_DAYS = Gauge("signpost_helplines_oldest_check_days", "Days since the oldest check of a helpline.")

# Outcomes of messages that were never read, and say nothing about how fast answers are.
UNREAD: tuple[Outcome, ...] = ("limited", "helplines_only")


class Turn:
    """What is counted of one message when it is answered. `seconds` is how long it took, from its end on."""

    outcome: Outcome = "failed"
    topic: str = NO_TOPIC
    seconds: float = 0.0


@contextmanager
def turn() -> Iterator[Turn]:
    """Counts a message with the outcome that the block sets."""
    counted = Turn()
    began = time.perf_counter()
    with UNDER_WAY.track_inprogress():
        try:
            yield counted
        finally:
            counted.seconds = time.perf_counter() - began
            TURNS.labels(counted.outcome, counted.topic).inc()
            if counted.outcome not in UNREAD:
                SECONDS.observe(counted.seconds)


def token() -> str | None:
    """Returns the token with which metrics may be read, none if nobody may.

    Raises:
        FileError: the token is so short that it could be guessed.
    """
    chosen = os.environ.get(METRICS_TOKEN)
    if chosen and len(chosen) < SHORTEST_TOKEN:
        raise FileError(f"{METRICS_TOKEN} is shorter than {SHORTEST_TOKEN} characters. Set a longer one, or none.")
    return chosen or None
