"""Requests as the messaging platforms make them, signed as they sign: written from the platforms' documentation."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urlencode

from slack_sdk.signature import SignatureVerifier
from twilio.request_validator import RequestValidator

PUBLIC_URL = "https://bot.example"
NUMBER = "+15550100000"
SECRETS = {
    "TELEGRAM_BOT_TOKEN": "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    "TELEGRAM_WEBHOOK_SECRET": "telegram-secret_1",
    "SLACK_BOT_TOKEN": "xoxb-made-up",
    "SLACK_SIGNING_SECRET": "8f742231b10e8888abcd99yyyzzz85a5",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "12345",
    "MESSENGER_PAGE_TOKEN": "page-token",
    "MESSENGER_APP_SECRET": "app-secret",
    "MESSENGER_VERIFY_TOKEN": "verify-token",
}
CHANNELS = {
    "telegram": "signpost.channels.telegram.Telegram",
    "slack": "signpost.channels.slack.Slack",
    "twilio": "signpost.channels.twilio.Twilio",
    "messenger": "signpost.channels.messenger.Messenger",
}

_ids = count(1)


@dataclass(frozen=True)
class Signed:
    """A request as a platform makes it: a path of the server, headers and a body."""

    path: str
    headers: dict[str, str]
    body: bytes


def telegram(update: dict[str, Any], secret: str = SECRETS["TELEGRAM_WEBHOOK_SECRET"]) -> Signed:
    headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": secret}
    return Signed("/webhooks/telegram/webhook", headers, json.dumps(update).encode())


def telegram_update(person: int, text: str, **more: Any) -> dict[str, Any]:
    """An update with a message in a private chat, as core.telegram.org/bots/api#update describes it."""
    author = {"id": person, "is_bot": False, "first_name": "Ada", "language_code": "en"}
    chat = {"id": person, "first_name": "Ada", "type": "private"}
    message = {"message_id": next(_ids), "from": author, "chat": chat, "date": int(time.time()), "text": text}
    return {"update_id": next(_ids), "message": {**message, **more}}


def telegram_press(person: int, data: str) -> dict[str, Any]:
    """An update with a press of an inline button."""
    update = telegram_update(person, "What the button stood under")
    message = {**update["message"], "from": {"id": 110201543, "is_bot": True, "first_name": "Signpost"}}
    press = {"id": str(next(_ids)), "from": update["message"]["from"], "message": message, "chat_instance": "1"}
    return {"update_id": update["update_id"], "callback_query": {**press, "data": data}}


def slack(
    body: dict[str, Any],
    pressed: bool = False,
    at: float | None = None,
    secret: str = SECRETS["SLACK_SIGNING_SECRET"],
) -> Signed:
    """A request with an event, or with a press as the field of a form, signed as Slack does."""
    content = urlencode({"payload": json.dumps(body)}) if pressed else json.dumps(body)
    stamp = str(int(time.time() if at is None else at))
    signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=content)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded" if pressed else "application/json",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": str(signature),
    }
    return Signed("/webhooks/slack/webhook", headers, content.encode())


def slack_event(person: str, text: str, **more: Any) -> dict[str, Any]:
    """A direct message, as docs.slack.dev/reference/events/message.im describes it."""
    stamp = f"{time.time():.6f}"
    event = {
        "type": "message",
        "channel": f"D{person}",
        "user": f"U{person}",
        "text": text,
        "ts": stamp,
        "event_ts": stamp,
        "channel_type": "im",
    }
    return {
        "token": "one-long-verification-token",
        "team_id": "T061EG9R6",
        "api_app_id": "A0PNCHHK2",
        "event": {**event, **more},
        "type": "event_callback",
        "authed_teams": ["T061EG9R6"],
        "event_id": f"Ev{next(_ids):09d}",
        "event_time": int(time.time()),
    }


def slack_press(person: str, value: str) -> dict[str, Any]:
    """A press of a button, as docs.slack.dev/reference/interaction-payloads/block_actions-payload describes it."""
    return {
        "type": "block_actions",
        "team": {"id": "T061EG9R6", "domain": "example"},
        "user": {"id": f"U{person}", "username": "ada", "team_id": "T061EG9R6"},
        "api_app_id": "A0PNCHHK2",
        "token": "one-long-verification-token",
        "container": {"type": "message", "message_ts": "1548261231.000200", "channel_id": f"D{person}"},
        "trigger_id": "12321423423.333649436676.d8c1bb837935619ccad0f624c448ffb3",
        "channel": {"id": f"D{person}", "name": "directmessage"},
        "response_url": "https://hooks.slack.com/actions/AABA1ABCD/1232321423432/D09DSNJDDJ",
        "actions": [
            {"action_id": "choice_1", "block_id": "x", "type": "button", "value": value, "action_ts": f"{next(_ids)}.0"}
        ],
    }


def twilio(person: str, text: str, token: str = SECRETS["TWILIO_AUTH_TOKEN"], **more: str) -> Signed:
    """An incoming message, as twilio.com/docs/messaging/guides/webhook-request describes it."""
    form = {
        "ToCountry": "US",
        "ToState": "",
        "SmsMessageSid": f"SM{next(_ids):032d}",
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsStatus": "received",
        "Body": text,
        "FromCountry": "US",
        "To": f"whatsapp:{NUMBER}" if person.startswith("whatsapp:") else NUMBER,
        "NumSegments": "1",
        "AccountSid": SECRETS["TWILIO_ACCOUNT_SID"],
        "From": person,
        "ApiVersion": "2010-04-01",
    }
    form = {**form, "MessageSid": form["SmsMessageSid"], **more}
    path = "/webhooks/twilio/webhook"
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "X-Twilio-Signature": RequestValidator(token).compute_signature(f"{PUBLIC_URL}{path}", form),
    }
    return Signed(path, headers, urlencode(form).encode())


def messenger(body: dict[str, Any], secret: str = SECRETS["MESSENGER_APP_SECRET"]) -> Signed:
    """A request with events of a page, signed as Meta does."""
    content = json.dumps(body).encode()
    signature = hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}
    return Signed("/webhooks/messenger/webhook", headers, content)


def messenger_event(person: str, text: str, **more: Any) -> dict[str, Any]:
    """A message, as developers.facebook.com/docs/messenger-platform/reference/webhook-events/messages describes it."""
    message = {"mid": f"m_{next(_ids)}", "text": text, **more}
    return messenger_events({"sender": {"id": person}, "message": message})


def messenger_events(*events: dict[str, Any]) -> dict[str, Any]:
    now = int(time.time() * 1000)
    common = {"recipient": {"id": "100000000000001"}, "timestamp": now}
    return {
        "object": "page",
        "entry": [{"id": "100000000000001", "time": now, "messaging": [{**common, **event} for event in events]}],
    }


def typed(platform: str, person: str, text: str) -> Signed:
    """A message that a person typed, on any of the platforms; a person is a number."""
    if platform == "telegram":
        return telegram(telegram_update(int(person), text))
    if platform == "slack":
        return slack(slack_event(person, text))
    if platform == "messenger":
        return messenger(messenger_event(person, text))
    return twilio(f"whatsapp:+{person}" if platform == "whatsapp" else f"+{person}", text)
