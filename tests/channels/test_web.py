"""The web channel: a repeated message gets its reply again, and a bad request a sentence."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.system.server import Server


def post(server: Server, **body: object) -> requests.Response:
    return requests.post(f"{server.url}/webhooks/rest/webhook", json=body, timeout=20)


def test_a_repeated_message_gets_the_same_reply_and_is_no_new_turn(server: Server):
    first = post(server, sender="repeats", message="what is cold turkey", message_id="1").json()
    second = post(server, sender="repeats", message="what is cold turkey", message_id="1").json()
    third = post(server, sender="repeats", message="what is cold turkey", message_id="2").json()
    assert first == second
    assert "an automated program" in first[0]["text"]
    assert "an automated program" not in third[0]["text"]


def test_a_message_that_is_repeated_while_the_first_is_answered_waits_for_its_reply(server: Server):
    def say(_: int) -> object:
        return post(server, sender="impatient", message="is tapering safe", message_id="x").json()

    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(say, range(8)))
    assert all(reply == replies[0] for reply in replies)
    assert len(post(server, sender="impatient", message="is tapering safe").json()) == 1


def test_the_same_id_of_another_sender_is_another_message(server: Server):
    for sender in ("one-sender", "other-sender"):
        (disclosure, _) = post(server, sender=sender, message="is tapering safe", message_id="same").json()
        assert disclosure["recipient_id"] == sender


def test_forget_me_forgets_what_a_repeated_message_would_get_again(server: Server):
    post(server, sender="forgotten", message="i live in ireland", message_id="1")
    assert "1800 459 459" in str(post(server, sender="forgotten", message="hello", message_id="2").json())
    post(server, sender="forgotten", message="forget me", message_id="3")
    assert "1800 459 459" not in str(post(server, sender="forgotten", message="hello", message_id="2").json())


@pytest.mark.parametrize("message_id", ["", "x" * 65, 5, [], "\ud800"])
def test_a_message_id_that_is_none_is_a_clear_400(server: Server, message_id: object):
    answer = post(server, sender="ids", message="hello", message_id=message_id)
    assert answer.status_code == 400
    assert '"message_id"' in answer.json()["error"]


def test_a_sender_that_cannot_be_sent_back_is_a_clear_400(server: Server):
    assert post(server, sender="\ud800", message="hello").status_code == 400


def test_a_body_of_a_megabyte_is_a_clear_413(server: Server):
    answer = post(server, sender="big", message="x" * 1_000_000)
    assert answer.status_code == 413
    assert answer.json()["error"]


def test_a_long_cry_for_help_is_heard(server: Server):
    words = "and then we talked about the weather " * 9000
    assert "911" in post(server, sender="long", message=f"{words} he is not breathing").json()[0]["text"].split("\n")[0]


@pytest.mark.parametrize("path", ["/nothing", "/conversations/x/tracker", "/model", "/status", "/version"])
def test_what_is_not_served_is_a_clear_4xx_in_json(server: Server, path: str):
    answer = requests.get(server.url + path, timeout=20)
    assert answer.status_code == 404
    assert set(answer.json()) == {"error"}


def test_health_names_the_model_and_the_age_of_the_numbers(server: Server):
    health = requests.get(f"{server.url}/health", timeout=20)
    assert health.status_code == 200
    assert set(health.json()) == {"status", "ready", "model", "model_id", "helplines_days"}
    assert health.json()["helplines_days"] >= 0
