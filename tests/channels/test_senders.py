"""Many people at once: every reply reaches the one who asked, in order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from bench.platforms import Platforms
from bench.webhooks import typed
from tests.channels.conftest import post
from tests.channels.test_trust import key
from tests.system.server import Server

FIRST = ("what is cold turkey", "Cold turkey")
SECOND = ("is tapering safe", "The two articles differ")
# What it repeats shows whose conversation it is.
AGAIN = "say that again"


def talk_of(place: int) -> list[tuple[str, str]]:
    """What a person asks, and words of the answers: neighbours ask for other things."""
    asked = [FIRST, SECOND] if place % 2 else [SECOND, FIRST]
    return [*asked, (AGAIN, asked[1][1])]


@pytest.mark.parametrize("platform", ["telegram", "slack", "messenger", "whatsapp"])
def test_fifty_people_at_once_get_their_own_answers_in_order(server: Server, platforms: Platforms, platform: str):
    people = [str(60_000 + place) for place in range(50)]

    def talk(person: str) -> None:
        for question, _ in talk_of(int(person)):
            assert post(server, typed(platform, person, question)).status_code == 200

    with ThreadPoolExecutor(50) as pool:
        list(pool.map(talk, people))
    for person in people:
        name = f"whatsapp:+{person}" if platform == "whatsapp" else key(platform, person)
        said = platforms.wait("twilio" if platform == "whatsapp" else platform, name, 3, seconds=60)
        assert len(said) == 3
        for (_, words), each in zip(talk_of(int(person)), said, strict=True):
            assert words in each.text


def test_fifty_people_on_the_web_get_their_own_answers(server: Server):
    def talk(place: int) -> None:
        for question, words in talk_of(place):
            replies = server.say(question, sender=f"crowd-{place}")
            assert words in replies[-1]["text"]
            assert replies[-1]["recipient_id"] == f"crowd-{place}"

    with ThreadPoolExecutor(50) as pool:
        list(pool.map(talk, range(50)))
