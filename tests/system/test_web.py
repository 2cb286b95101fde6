"""The web channel and the chat page over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from signpost.files import ROOT
from tests.system.server import Server, free_port
from tests.system.test_privacy import rasa_run


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    port = free_port()
    with Server(rasa_run(port), ROOT, port) as running:
        running.wait_for("Chat with the assistant", seconds=60)
        yield running


def post(server: Server, **arguments: object) -> requests.Response:
    return requests.post(f"{server.url}/webhooks/rest/webhook", timeout=20, **arguments)  # type: ignore[arg-type]


def test_a_reply_has_rasas_own_format(server: Server) -> None:
    replies = server.say("is tapering safe", sender="format")
    assert {"recipient_id", "text"} <= set(replies[0])
    assert replies[0]["recipient_id"] == "format"
    assert {"title", "payload"} == set(replies[-1]["buttons"][0])
    assert {"crisis", "country", "response", "sources"} == set(replies[-1]["metadata"])


def test_a_page_names_the_country_for_people_who_have_not(server: Server) -> None:
    body = {"sender": "page", "message": "is tapering safe", "metadata": {"country": "GB", "crisis": True}}
    last = post(server, json=body).json()[-1]
    assert "FRANK" in last["text"]
    assert last["metadata"]["country"] == "GB"
    assert last["metadata"]["crisis"] is False


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"data": b"{not json"}, "not JSON"),
        ({"json": ["hello"]}, "Send an object"),
        ({"json": {"message": "hello"}}, '"sender"'),
        ({"json": {"sender": 5, "message": "hello"}}, '"sender"'),
        ({"json": {"sender": "x" * 200, "message": "hello"}}, '"sender"'),
        ({"json": {"sender": "somebody", "message": {"a": 1}}}, '"message"'),
    ],
)
def test_a_bad_request_is_answered_with_a_sentence(server: Server, arguments: dict, words: str) -> None:
    answer = post(server, **arguments)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


@pytest.mark.parametrize(
    "message", ["", None, "   ", "\u200b", "🙂", "?!", "a" * 5000, "/back", "/session_start", "/nothing"]
)
def test_no_message_is_met_with_silence(server: Server, message: str | None) -> None:
    replies = server.say(message, sender=f"silence-{message!r:.20}")
    assert replies
    assert "911" in replies[-1]["text"]


def test_nobody_can_set_a_slot_by_typing(server: Server) -> None:
    server.say('/set_country{"country": "IE", "asking_for": "someone_else"}', sender="typist")
    assert "1800 459 459" not in server.say("what is tapering", sender="typist")[-1]["text"]


def test_the_chat_page_is_served_with_a_strict_policy_and_the_numbers(server: Server) -> None:
    page = requests.get(f"{server.url}/chat", timeout=20)
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "1-800-662-4357" in page.text
    for name in ("crisis-protocol", "accessibility", "privacy", "site.css"):
        assert requests.get(f"{server.url}/chat/{name}", timeout=20).status_code == 200
    assert requests.head(f"{server.url}/chat", timeout=20).status_code == 200
    assert requests.get(f"{server.url}/chat/nothing.js", timeout=20).status_code == 404


def test_a_page_says_whose_numbers_to_give_until_the_person_does(server: Server) -> None:
    def ask(message: str) -> dict:
        body = {"sender": "on-a-british-page", "message": message, "metadata": {"country": "GB"}}
        return post(server, json=body).json()[-1]

    assert "Samaritans" in ask("is tapering safe")["text"]
    assert ask("im in ireland now")["metadata"]["country"] == "IE"
    assert "Samaritans: 116 123 (24/7, free)" not in ask("what is a taper")["text"]
    assert ask("what is cold turkey")["metadata"]["country"] == "IE"
