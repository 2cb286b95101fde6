"""Slack apps, by the Events API and interactivity. Limits as of docs.slack.dev/reference/block-kit."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse
from slack_sdk.models.blocks import ActionsBlock, ButtonElement, PlainTextObject, SectionBlock
from slack_sdk.signature import SignatureVerifier

from signpost.channels.pieces import pieces, shortened
from signpost.channels.platform import Platform, Received
from signpost.channels.reply import Replies, Reply
from signpost.channels.sending import Call

LONGEST = 3000  # characters of a section
LONGEST_BUTTON = 75
MOST_BUTTONS = 5
TOKEN = "SLACK_BOT_TOKEN"
SECRET = "SLACK_SIGNING_SECRET"
_MENTION = re.compile(r"<@[A-Z0-9]+>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


class Slack(Platform):
    """`POST /webhooks/slack/webhook`, for events and for presses of buttons alike.

    Answers direct messages, and mentions of the app in a thread below them.
    """

    NAME = "slack"
    SECRETS = (TOKEN, SECRET)
    API = "https://slack.com/api"

    def __init__(self, secrets: Mapping[str, str], api: str = "") -> None:
        super().__init__(secrets, api)
        self._verifier = SignatureVerifier(secrets[SECRET])

    def is_genuine(self, request: Request) -> bool:
        return self._verifier.is_valid_request(request.body, dict(request.headers))

    def at_once(self, request: Request) -> HTTPResponse | None:
        body = _body(request)
        return response.json({"challenge": body["challenge"]}) if body["type"] == "url_verification" else None

    def read(self, request: Request) -> list[Received]:
        body = _body(request)
        if body["type"] == "block_actions":
            return _press(body)
        if body["type"] != "event_callback":
            return []
        event = body["event"]
        # What the app itself posted comes back as an event.
        if event.get("bot_id") or event.get("subtype") not in (None, "file_share"):
            return []
        direct = event["type"] == "message" and event.get("channel_type") == "im"
        if not direct and event["type"] != "app_mention":
            return []
        text = _MENTION.sub("", event.get("text") or "").strip()
        for entity, character in _ENTITIES:
            text = text.replace(entity, character)
        to = {"channel": event["channel"]}
        if not direct:
            to["thread_ts"] = event.get("thread_ts") or event["ts"]
        return [Received(_sender(body["team_id"], event["user"], to), text, body["event_id"], to)]

    def calls(self, to: Mapping[str, str], reply: Reply, replies: Replies) -> list[Call]:
        texts = pieces(replies.shortened(reply)[:1], LONGEST)
        blocks: list[Any] = [SectionBlock(text=PlainTextObject(text=text, emoji=False)) for text in texts]
        if reply.buttons:
            buttons = [
                ButtonElement(
                    text=PlainTextObject(text=shortened(button["title"], LONGEST_BUTTON), emoji=False),
                    value=button["payload"],
                    action_id=f"choice_{place}",
                )
                for place, button in enumerate(reply.buttons[:MOST_BUTTONS], 1)
            ]
            blocks.append(ActionsBlock(elements=buttons))
        # The text is what a notification shows, and what is read where blocks are not.
        body = {**to, "text": _escaped(reply.text), "blocks": [block.to_dict() for block in blocks]}
        return [Call("/chat.postMessage", json=body, headers={"Authorization": f"Bearer {self.secrets[TOKEN]}"})]

    def refusal(self, body: Any) -> str | None:
        if isinstance(body, dict) and body.get("ok"):
            return None
        reason = body.get("error") if isinstance(body, dict) else None
        return reason if isinstance(reason, str) and re.fullmatch(r"[a-z_]{1,60}", reason) else "ok is false"


def _body(request: Request) -> dict[str, Any]:
    """Returns the JSON of an event, or of a press, which comes as a form's field."""
    if "json" in request.headers.get("content-type", ""):
        return request.json
    return json.loads(parse_qs(request.body.decode())["payload"][0])


def _press(body: dict[str, Any]) -> list[Received]:
    action = body["actions"][0]
    to = {"channel": body["channel"]["id"]}
    if thread := body.get("container", {}).get("thread_ts"):
        to["thread_ts"] = thread
    sender = _sender(body["team"]["id"], body["user"]["id"], to)
    return [Received(sender, action["value"], f"{sender}/{action['action_ts']}", to)]


def _sender(team: str, user: str, to: Mapping[str, str]) -> str:
    return f"{team}/{user}/{to['channel']}"


def _escaped(text: str) -> str:
    for entity, character in reversed(_ENTITIES):
        text = text.replace(character, entity)
    return text
