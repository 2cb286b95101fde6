"""One long conversation, without typing a thousand turns where each takes ever longer."""

from __future__ import annotations

from typing import Any

import requests

from bench.stock.sides import TOKEN

# A conversation of a thousand turns has some megabytes of events.
PATIENCE = 300.0


def lengthen(url: str, conversation: str, turns: int) -> None:
    """Appends a conversation's own events to it through Rasa's HTTP API, until it has so many turns.

    Raises:
        RuntimeError: it has not so many turns afterwards.
    """
    address = f"{url}/conversations/{conversation}/tracker"
    events = _events(address)
    starts = [place for place, event in enumerate(events) if event["event"] == "user"]
    more: list[dict[str, Any]] = []
    missing = turns - len(starts)
    while missing > 0:
        taken = min(missing, len(starts))
        end = starts[taken] if taken < len(starts) else len(events)
        more += events[starts[0] : end]
        missing -= taken
    answer = requests.post(f"{address}/events", params={"token": TOKEN}, json=more, timeout=PATIENCE)
    answer.raise_for_status()
    found = sum(event["event"] == "user" for event in _events(address))
    if found != turns:
        raise RuntimeError(f"The conversation has {found} turns where {turns} were asked for.")


def _events(address: str) -> list[dict[str, Any]]:
    answer = requests.get(address, params={"token": TOKEN, "include_events": "ALL"}, timeout=PATIENCE)
    answer.raise_for_status()
    return list(answer.json()["events"])
