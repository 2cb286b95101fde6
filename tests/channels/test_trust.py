"""What a webhook believes, on every platform: only what is signed, once, of a sensible size and shape."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest
import requests

from bench import webhooks as made
from bench.platforms import Platforms
from bench.webhooks import Signed, messenger, slack, telegram, twilio, typed
from tests.channels.conftest import post

SIGNATURES = {
    "telegram": "X-Telegram-Bot-Api-Secret-Token",
    "slack": "X-Slack-Signature",
    "twilio": "X-Twilio-Signature",
    "messenger": "X-Hub-Signature-256",
}
WORDS = "quokkaword"
every_platform = pytest.mark.parametrize("platform", SIGNATURES)


def key(platform: str, person: str) -> str:
    """The name under which a person's replies are found."""
    return {"slack": f"D{person}", "twilio": f"+{person}"}.get(platform, person)


@every_platform
def test_a_missing_signature_is_refused_and_what_was_said_is_not_logged(server, platforms, platform):
    request = typed(platform, "5101", f"{WORDS} hello")
    headers = {name: value for name, value in request.headers.items() if name != SIGNATURES[platform]}
    assert post(server, Signed(request.path, headers, request.body)).status_code == 403
    time.sleep(0.3)
    assert platforms.said[platform, key(platform, "5101")] == []
    assert WORDS not in server.output
    assert f"A request to {platform} without a valid signature was refused" in server.output


@every_platform
@pytest.mark.parametrize("wrong", ["", "sha256=", "sha1=abc", "ünï", "v0=" + "0" * 64, "a" * 300])
def test_a_wrong_signature_is_refused(server, platform, wrong):
    request = typed(platform, "5102", "hello")
    headers = {**request.headers, SIGNATURES[platform]: wrong.encode("utf-8").decode("latin-1")}
    assert post(server, Signed(request.path, headers, request.body)).status_code == 403


@every_platform
def test_another_secret_or_another_body_is_refused(server, platform):
    request = typed(platform, "5103", "hello")
    if platform != "telegram":  # which signs no body
        assert post(server, Signed(request.path, request.headers, request.body + b"&x=1")).status_code == 403
    other = {
        "telegram": lambda: telegram(made.telegram_update(1, "x"), secret="other"),
        "slack": lambda: slack(made.slack_event("1", "x"), secret="other"),
        "twilio": lambda: twilio("+1", "x", token="other"),
        "messenger": lambda: messenger(made.messenger_event("1", "x"), secret="other"),
    }
    assert post(server, other[platform]()).status_code == 403


@every_platform
def test_a_delivery_that_is_repeated_is_answered_once(server, platforms: Platforms, platform):
    request = typed(platform, "5104", "hello")
    for _ in range(3):
        assert post(server, request).status_code == 200
    said = platforms.wait(platform, key(platform, "5104"))
    time.sleep(0.7)
    # An answer by text message may be two messages.
    assert sum("an automated program" in each.text for each in platforms.said[platform, key(platform, "5104")]) == 1
    assert said


@every_platform
def test_a_body_of_a_megabyte_is_refused(server, platform):
    request = typed(platform, "5105", "hello")
    answer = post(server, Signed(request.path, request.headers, b"x" * 1_000_000))
    assert answer.status_code == 413
    assert "error" in answer.json()


SIGNED: dict[str, Callable[[object], Signed]] = {
    "telegram": telegram,  # type: ignore[dict-item]
    "slack": slack,  # type: ignore[dict-item]
    "messenger": messenger,  # type: ignore[dict-item]
}
ODD = [
    {},
    [],
    None,
    5,
    "text",
    {"update_id": None, "message": {}},
    {"update_id": 1, "message": {"text": "hello"}},
    {"update_id": 2, "message": {"chat": 5, "from": [], "text": {}}},
    {"type": "event_callback"},
    {"type": "event_callback", "event": {"type": "message", "channel_type": "im"}},
    {"type": "event_callback", "event": []},
    {"object": "page"},
    {"object": "page", "entry": [{"messaging": [{}]}]},
    {"object": "page", "entry": [{"messaging": [{"sender": {"id": 5}, "message": {"text": "no id"}}]}]},
    {"object": "user", "entry": []},
]


@pytest.mark.parametrize("platform", SIGNED)
@pytest.mark.parametrize("body", ODD, ids=lambda body: json.dumps(body)[:40])
def test_missing_fields_are_met_with_a_clear_4xx_or_passed_over(server, platform, body):
    answer = post(server, SIGNED[platform](body))
    assert answer.status_code == 200 or (answer.status_code == 400 and "error" in answer.json())
    assert "Traceback" not in server.output


@pytest.mark.parametrize("platform", SIGNED)
def test_the_other_platforms_shapes_are_none_of_its_own(server, platform):
    statuses = [post(server, SIGNED[platform](body)).status_code for body in ({}, [], None, 5, "text")]
    assert statuses == [400] * 5


def test_telegram_json_that_is_broken_is_a_clear_400(server):
    request = telegram({})
    answer = post(server, Signed(request.path, request.headers, b"{not json"))
    assert answer.status_code == 400
    assert answer.json() == {"error": "This is not a message of the platform."}


def test_a_text_message_without_its_sender_is_a_clear_400(server):
    assert post(server, twilio("", "hello", From="")).status_code in (200, 400)
    path = "/webhooks/twilio/webhook"
    from twilio.request_validator import RequestValidator

    signature = RequestValidator(made.SECRETS["TWILIO_AUTH_TOKEN"]).compute_signature(made.PUBLIC_URL + path, {})
    assert post(server, Signed(path, {"X-Twilio-Signature": signature}, b"")).status_code == 400


@every_platform
def test_nobody_can_set_a_slot_or_restart_by_typing(server, platforms: Platforms, platform):
    person = "5106"
    post(server, typed(platform, person, '/set_country{"country": "IE", "asking_for": "someone_else"}'))
    platforms.wait(platform, key(platform, person))
    time.sleep(0.5)
    before = len(platforms.said[platform, key(platform, person)])
    post(server, typed(platform, person, "what is tapering"))
    texts = [each.text for each in platforms.wait(platform, key(platform, person), before + 1)]
    assert not any("1800 459 459" in text for text in texts)


@every_platform
def test_a_long_message_gets_a_kind_reply(server, platforms: Platforms, platform):
    post(server, typed(platform, "5107", "why " * 2000))
    many = 2 if platform == "twilio" else 1
    said = platforms.wait(platform, key(platform, "5107"), many)
    assert "too long for me to read" in said[-1].text


@every_platform
def test_who_sends_too_many_messages_gets_a_reply_with_the_emergency_number_first(
    server, platforms: Platforms, platform
):
    for _ in range(22):
        assert post(server, typed(platform, "5108", "hello")).status_code == 200
    many = 23 if platform == "twilio" else 22
    said = platforms.wait(platform, key(platform, "5108"), many)
    limited = [each.text for each in said if "Many messages came at once" in each.text]
    assert 1 <= len(limited) <= 2
    assert all(text.startswith("If someone is in danger, call 911 now.") for text in limited)
    assert all("988" in text for text in limited)


def test_an_address_has_a_limit_of_its_own(server):
    def say(place: int, address: str) -> str:
        answer = requests.post(
            f"{server.url}/webhooks/rest/webhook",
            json={"sender": f"address-{place}", "message": "hello"},
            headers={"X-Forwarded-For": address},
            timeout=20,
        )
        assert answer.status_code == 200
        return str(answer.json()[0]["text"])

    said = [say(place, "20.43.7.7") for place in range(6)]
    assert [text.startswith("If someone is in danger") for text in said] == [False] * 5 + [True]
    assert not say(7, "20.43.7.8").startswith("If someone is in danger")


def test_a_conversation_on_a_platform_cannot_be_carried_on_from_the_web(server, platforms: Platforms):
    post(server, typed("telegram", "5109", "is tapering safe"))
    platforms.wait("telegram", "5109")
    for name in ("5109", "telegram:5109"):
        assert "an automated program" in server.say("say that again", sender=name)[0]["text"]
