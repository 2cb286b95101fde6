"""Facebook Messenger, by the Send API of a page. Limits as of developers.facebook.com/docs/messenger-platform."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Mapping
from typing import Any

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from signpost.channels.pieces import pieces, shortened
from signpost.channels.platform import Platform, Received
from signpost.channels.reply import Replies, Reply
from signpost.channels.sending import Call

logger = logging.getLogger(__name__)

VERSION = "v21.0"
LONGEST = 2000  # characters
MOST_BUTTONS = 3
LONGEST_BUTTON = 20
TOKEN = "MESSENGER_PAGE_TOKEN"
SECRET = "MESSENGER_APP_SECRET"
VERIFY = "MESSENGER_VERIFY_TOKEN"


class Messenger(Platform):
    """`POST /webhooks/messenger/webhook`, and `GET` for Meta's check of the address."""

    NAME = "messenger"
    SECRETS = (TOKEN, SECRET, VERIFY)
    API = "https://graph.facebook.com"

    def is_genuine(self, request: Request) -> bool:
        method, _, given = request.headers["x-hub-signature-256"].partition("=")
        expected = hmac.new(self.secrets[SECRET].encode(), request.body, hashlib.sha256).hexdigest()
        return method == "sha256" and hmac.compare_digest(given.encode(), expected.encode())

    def routes(self, blueprint: Blueprint) -> None:
        @blueprint.get("/webhook")
        async def verify(request: Request) -> HTTPResponse:
            given = request.args.get("hub.verify_token", "").encode()
            if not hmac.compare_digest(given, self.secrets[VERIFY].encode()):
                logger.warning("A check of the address of %s with a wrong token was refused.", self.NAME)
                return response.json({"error": "The verify token is wrong or missing."}, status=403)
            return response.text(request.args.get("hub.challenge", ""))

    def read(self, request: Request) -> list[Received]:
        body: dict[str, Any] = request.json
        if body["object"] != "page":
            raise ValueError("not of a page")
        received = (_received(event) for entry in body["entry"] for event in entry.get("messaging", []))
        return [message for message in received if message]

    def calls(self, to: Mapping[str, str], reply: Reply, replies: Replies) -> list[Call]:
        messages: list[dict[str, Any]] = [{"text": text} for text in pieces(replies.shortened(reply), LONGEST)]
        if reply.buttons:
            messages[-1]["quick_replies"] = [
                {
                    "content_type": "text",
                    "title": shortened(button["title"], LONGEST_BUTTON),
                    "payload": button["payload"],
                }
                for button in reply.buttons[:MOST_BUTTONS]
            ]
        return [
            Call(
                f"/{VERSION}/me/messages",
                json={"recipient": {"id": to["id"]}, "messaging_type": "RESPONSE", "message": message},
                params={"access_token": self.secrets[TOKEN]},
            )
            for message in messages
        ]


def _received(event: dict[str, Any]) -> Received | None:
    """Returns the message of an event; none for a receipt, a typing sign, or what the page itself said."""
    sender = str(event["sender"]["id"])
    to = {"id": sender}
    if press := event.get("postback"):
        return Received(sender, press["payload"], press.get("mid") or f"{sender}/{event['timestamp']}", to)
    message = event.get("message")
    if message is None or message.get("is_echo"):
        return None
    chosen = message.get("quick_reply")
    text = chosen["payload"] if chosen else message.get("text") or ""
    return Received(sender, text, message["mid"], to)
