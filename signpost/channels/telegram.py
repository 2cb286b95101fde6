"""Telegram bots, by webhook. Limits as of the Bot API: core.telegram.org/bots/api."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from sanic.request import Request

from signpost.channels.pieces import pieces
from signpost.channels.platform import Platform, Received
from signpost.channels.reply import Replies, Reply
from signpost.channels.sending import Call

LONGEST = 4096  # characters
LONGEST_DATA = 64  # bytes of a button
TOKEN = "TELEGRAM_BOT_TOKEN"
SECRET = "TELEGRAM_WEBHOOK_SECRET"
# What Telegram itself sends when a person opens the chat.
_START = {"/start": "/greet"}


class Telegram(Platform):
    """`POST /webhooks/telegram/webhook`. In a group each person has a conversation of their own."""

    NAME = "telegram"
    SECRETS = (TOKEN, SECRET)
    API = "https://api.telegram.org"

    def is_genuine(self, request: Request) -> bool:
        given = request.headers["x-telegram-bot-api-secret-token"]
        return hmac.compare_digest(given.encode(), self.secrets[SECRET].encode())

    def read(self, request: Request) -> list[Received]:
        update: dict[str, Any] = request.json
        delivery = str(update["update_id"])
        if press := update.get("callback_query"):
            chat = press["message"]["chat"]
            return [Received(_sender(chat, press["from"]), press["data"], delivery, {"chat_id": str(chat["id"])})]
        message = update.get("message") or update.get("edited_message")
        if message is None:  # somebody joined, a poll, a channel's post
            return []
        chat, author = message["chat"], message["from"]
        text = message.get("text") or message.get("caption") or ""
        # What is no text in a group was not said to the assistant.
        if author.get("is_bot") or (not text and chat["type"] != "private"):
            return []
        said = _START.get(text.strip(), text)
        return [Received(_sender(chat, author), said, delivery, {"chat_id": str(chat["id"])})]

    def seen(self, request: Request) -> Call | None:
        press = request.json.get("callback_query")
        return self._call("answerCallbackQuery", {"callback_query_id": press["id"]}) if press else None

    def calls(self, to: Mapping[str, str], reply: Reply, replies: Replies) -> list[Call]:
        bodies: list[dict[str, Any]] = [
            {"chat_id": to["chat_id"], "text": text, "link_preview_options": {"is_disabled": True}}
            for text in pieces(replies.shortened(reply), LONGEST)
        ]
        if reply.buttons:
            rows = [[{"text": button["title"], "callback_data": _data(button)}] for button in reply.buttons]
            bodies[-1]["reply_markup"] = {"inline_keyboard": rows}
        return [self._call("sendMessage", body) for body in bodies]

    def refusal(self, body: Any) -> str | None:
        return None if isinstance(body, dict) and body.get("ok") else "ok is false"

    def _call(self, method: str, body: dict[str, Any]) -> Call:
        return Call(f"/bot{self.secrets[TOKEN]}/{method}", json=body)


def _sender(chat: dict[str, Any], author: dict[str, Any]) -> str:
    return str(chat["id"]) if chat["type"] == "private" else f"{chat['id']}/{author['id']}"


def _data(button: dict[str, str]) -> str:
    """Returns a button's payload, or its title where that is too long: typing the title chooses it as well."""
    payload = button["payload"]
    if len(payload.encode()) <= LONGEST_DATA:
        return payload
    return button["title"].encode()[:LONGEST_DATA].decode(errors="ignore")
