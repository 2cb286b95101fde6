"""handoff.py, in conversations with a running server: the team is told what the person agreed to, and nothing else."""

from __future__ import annotations

import hashlib
import hmac
import time

import pytest

from bench.platforms import Platforms
from bench.webhooks import typed
from tests.channels.conftest import HANDOFF_SECRET, post
from tests.channels.team import Team
from tests.system.server import Server

OFFER = {"title": "Ask the team to answer", "payload": "/handoff"}


@pytest.fixture(autouse=True)
def nothing_told(team: Team) -> None:
    team.notices.clear()
    team.statuses.clear()


def test_who_wants_a_person_gets_the_numbers_and_the_offer_to_tell_the_team(server: Server, team: Team):
    reply = server.say("i want to speak to a human", sender="offer")[-1]
    assert "1-800-662-4357" in reply["text"]
    assert reply["buttons"][0] == OFFER
    asked = server.say("/handoff", sender="offer")[-1]
    assert "I can tell the test team" in asked["text"]
    assert "at noon" in asked["text"]
    assert [button["title"] for button in asked["buttons"]] == [
        "Without my messages",
        "With my messages",
        "Do not tell them",
    ]
    assert team.notices == []


def test_a_notice_is_signed_and_has_no_word_of_the_person(server: Server, team: Team):
    server.say("im so tired of using, quokka", sender="plain")
    server.say("i want to speak to a human", sender="plain")
    server.say("/handoff", sender="plain")
    reply = server.say("without my messages", sender="plain")[-1]
    assert "I told the test team" in reply["text"]
    assert "Your messages were not sent" in reply["text"]
    assert "Help in the United States" in reply["text"]
    ((headers, body),) = team.notices
    assert b"quokka" not in body
    notice = team.bodies()[0]
    assert set(notice) == {"type", "id", "sent_at", "channel", "conversation", "country", "emergency", "messages"}
    assert (notice["type"], notice["channel"], notice["country"]) == ("handoff", "rest", "US")
    assert (notice["conversation"], notice["messages"], notice["emergency"]) == ("rest:plain", None, False)
    stamp = headers["X-Signpost-Timestamp"]
    expected = hmac.new(HANDOFF_SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["X-Signpost-Signature"] == f"sha256={expected}"
    assert abs(int(stamp) - time.time()) < 60


def test_messages_go_with_the_notice_only_when_the_person_chooses_so(server: Server, team: Team):
    server.say("i am ready to stop quokka", sender="shared")
    server.say("i want to speak to a human", sender="shared")
    server.say("/handoff", sender="shared")
    assert "your last messages" in server.say("With my messages", sender="shared")[-1]["text"]
    assert team.bodies()[0]["messages"][:2] == ["i am ready to stop quokka", "i want to speak to a human"]


def test_who_chooses_not_to_tell_tells_nobody(server: Server, team: Team):
    server.say("/handoff", sender="none")
    reply = server.say("do not tell them", sender="none")[-1]
    assert "1-800-662-4357" in reply["text"]
    assert "told" not in reply["text"]
    assert team.notices == []


def test_telling_twice_sends_one_notice(server: Server, team: Team):
    for _ in range(3):
        assert "I told the test team" in server.say("/handoff_plain", sender="twice")[-1]["text"]
    assert len(team.notices) == 1


@pytest.mark.parametrize(("statuses", "tries"), [([500, 503], 2), ([404], 1), ([302], 1)])
def test_when_the_team_cannot_be_told_the_person_is_told_so_and_gets_the_numbers(
    server: Server, team: Team, statuses: list[int], tries: int
):
    team.statuses[:] = statuses
    reply = server.say("/handoff_plain", sender=f"failed-{statuses}")[-1]
    assert reply["text"].startswith("I could not tell anyone") or "I could not tell anyone" in reply["text"]
    assert "Help in the United States" in reply["text"]
    assert len(team.notices) == tries


def test_a_failure_that_passes_is_tried_again(server: Server, team: Team):
    team.statuses[:] = [500]
    assert "I told the test team" in server.say("/handoff_plain", sender="again")[-1]["text"]
    assert len(team.notices) == 2


def test_by_text_message_the_number_chooses(server: Server, platforms: Platforms, team: Team):
    person = "whatsapp:+8101"
    for place, text in enumerate(("i want to speak to a human", "1", "1"), 1):
        post(server, typed("whatsapp", "8101", text))
        said = platforms.wait("twilio", person, place)
    assert "Reply 1 for Ask the team to answer" in said[0].text
    assert "Reply 1 for Without my messages\nReply 2 for With my messages" in said[1].text
    assert "I told the test team" in said[2].text
    assert team.bodies()[0]["conversation"] == "twilio:whatsapp:+8101"


def test_an_emergency_in_the_conversation_is_in_the_notice(server: Server, team: Team):
    server.say("he is not breathing", sender="crisis")
    server.say("/handoff_plain", sender="crisis")
    assert team.bodies()[0]["emergency"] is True
