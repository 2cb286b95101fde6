"""channels/messenger.py against a running server and a stand-in of graph.facebook.com."""

from __future__ import annotations

import requests

from bench.platforms import Platforms, Said
from bench.webhooks import SECRETS, messenger, messenger_event, messenger_events
from tests.channels.conftest import post
from tests.system.server import Server


def ask(server: Server, platforms: Platforms, person: str, text: str, many: int = 1) -> list[Said]:
    assert post(server, messenger(messenger_event(person, text))).status_code == 200
    return platforms.wait("messenger", person, many)


def test_an_answer_is_one_message_with_at_most_three_quick_replies(server, platforms):
    (said,) = ask(server, platforms, "301", "is tapering safe")
    assert said.path == "/v21.0/me/messages"
    assert said.query == {"access_token": SECRETS["MESSENGER_PAGE_TOKEN"]}
    assert said.body["messaging_type"] == "RESPONSE"
    assert "The two articles differ" in said.text
    assert "\n- 988 Suicide & Crisis Lifeline: call or text 988" in said.text
    assert 0 < len(said.text) <= 2000
    replies = said.body["message"]["quick_replies"]
    assert 1 <= len(replies) <= 3
    for reply in replies:
        assert reply["content_type"] == "text"
        assert 0 < len(reply["title"]) <= 20
        assert 0 < len(reply["payload"]) <= 1000


def test_a_chosen_quick_reply_is_answered(server, platforms):
    (said,) = ask(server, platforms, "302", "is tapering safe")
    title, payload = said.buttons[0]
    post(server, messenger(messenger_event("302", title, quick_reply={"payload": payload})))
    assert "Source:" in platforms.wait("messenger", "302", 2)[1].text


def test_a_press_of_the_button_that_starts_a_chat_is_answered(server, platforms):
    event = {"sender": {"id": "303"}, "postback": {"mid": "m_start", "title": "Get started", "payload": "/greet"}}
    post(server, messenger(messenger_events(event)))
    assert "automated program" in platforms.wait("messenger", "303")[0].text


def test_each_message_of_a_request_is_answered_and_receipts_are_not(server, platforms):
    events = [
        {"sender": {"id": "304"}, "message": {"mid": "m_a", "text": "hello"}},
        {"sender": {"id": "304"}, "delivery": {"mids": ["m_x"], "watermark": 1}},
        {"sender": {"id": "305"}, "message": {"mid": "m_b", "attachments": [{"type": "audio", "payload": {}}]}},
        {"sender": {"id": "304"}, "message": {"mid": "m_c", "text": "echo", "is_echo": True}},
    ]
    post(server, messenger(messenger_events(*events)))
    assert "automated program" in platforms.wait("messenger", "304")[0].text
    assert "did not get any words" in platforms.wait("messenger", "305")[0].text
    assert len(platforms.said["messenger", "304"]) == 1


def test_meta_gets_its_challenge_back_for_the_right_token_only(server):
    address = f"{server.url}/webhooks/messenger/webhook"
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "verify-token"}
    right = requests.get(address, params=query, timeout=20)
    assert (right.status_code, right.text) == (200, "1158201444")
    for wrong in ("guess", ""):
        assert requests.get(address, params={**query, "hub.verify_token": wrong}, timeout=20).status_code == 403
