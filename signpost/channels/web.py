"""Rasa's REST protocol for the chat page and the widget."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from signpost.channels.outcome import CRISIS
from signpost.channels.recent import Recent
from signpost.channels.reply import REPLY_COUNTRY, Reply
from signpost.channels.turns import FORGET, Incoming, OnMessage, Turns, turns
from signpost.conversation import RESPONSE
from signpost.shared.answers import SharedAnswers
from signpost.shared.connection import shared

LONGEST_SENDER = 128
LONGEST_ID = 64
# How long a repeated message gets the reply that it got first, and how many such replies are kept.
REPEATED_SECONDS = 600
MOST_REPEATED = 5000
# What a page may know of a reply, and what the generator calls it.
_METADATA = {"crisis": CRISIS, "country": REPLY_COUNTRY, "response": RESPONSE, "sources": "cited"}


class WebOutput(CollectingOutputChannel):
    """Collects a turn's messages for the response. A blank line in a reply starts a message of its own.

    The last one carries `metadata`: `crisis` (true or false), `country` (code), `response` (name) and `sources`, a list
    of objects with `article`, `publisher`, `section` and `reviewed`.
    """

    @classmethod
    def name(cls) -> str:
        return "rest"

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        await self._send(recipient_id, text, None, kwargs)

    async def send_text_with_buttons(
        self, recipient_id: str, text: str, buttons: list[dict[str, Any]], **kwargs: Any
    ) -> None:
        await self._send(recipient_id, text, buttons, kwargs)

    async def _send(
        self, recipient_id: str, text: str, buttons: list[dict[str, Any]] | None, reply: dict[str, Any]
    ) -> None:
        *before, last = text.strip().split("\n\n")
        for part in before:
            await self._persist_message(self._message(recipient_id, text=part))
        metadata = {shown: reply[key] for shown, key in _METADATA.items() if key in reply}
        message = self._message(recipient_id, text=last, buttons=buttons)
        await self._persist_message({**message, "metadata": metadata} if metadata else message)


@dataclass(frozen=True)
class _Body:
    sender: str
    text: str
    message_id: str | None
    country: str | None


class WebChannel(InputChannel):
    """`POST /webhooks/rest/webhook` with `{"sender": ..., "message": ...}`; answers with Rasa's list of messages.

    With a `"message_id"` of the client's choice, a message that is sent again within ten minutes, because the answer
    did not arrive, gets the same reply and is no new turn. Bad input is answered with status 400 and a sentence.
    """

    @classmethod
    def name(cls) -> str:
        return "rest"

    def blueprint(self, on_new_message: OnMessage) -> Blueprint:
        blueprint = Blueprint("signpost_web", "signpost_web")
        answers = _Answers(turns(), on_new_message)

        @blueprint.listener("after_server_start")
        async def know_payloads(app: Sanic, _: Any) -> None:
            turns().know(app.ctx.agent.domain)

        @blueprint.get("/")
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @blueprint.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            body = _read(request)
            if isinstance(body, str):
                return response.json({"error": body}, status=400)
            return response.json(await answers.get(body, request.remote_addr or request.ip))

        return blueprint


class _Answers:
    """The answers under way, and those that a repeated message gets again."""

    def __init__(self, turns: Turns, on_new_message: OnMessage) -> None:
        self._turns = turns
        self._on_new_message = on_new_message
        self._running: set[asyncio.Task[list[dict[str, Any]]]] = set()
        # With Redis only those under way: the rest lies there, for all processes.
        self._kept: Recent[tuple[str, str], asyncio.Task[list[dict[str, Any]]]] = Recent(
            REPEATED_SECONDS, MOST_REPEATED
        )
        redis = shared()
        self._shared = SharedAnswers(redis, REPEATED_SECONDS) if redis else None

    async def get(self, body: _Body, address: str) -> list[dict[str, Any]]:
        # With the kill switch on, an answer that was given before is not given again.
        named = body.message_id and not self._turns.switch.is_on()
        key = (body.sender, str(body.message_id)) if named else None
        task = self._kept.get(key) if key else None
        if task is None:
            # A task of its own: it is not given up when the person's connection breaks.
            task = asyncio.create_task(self._answered(body, address))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            if key:
                self._kept.set(key, task)
                if self._shared:
                    task.add_done_callback(lambda _: self._kept.drop(lambda kept: kept == key))
        return await asyncio.shield(task)

    async def _answered(self, body: _Body, address: str) -> list[dict[str, Any]]:
        if self._shared and body.message_id and not self._turns.switch.is_on():
            return await self._shared.once(body.sender, body.message_id, lambda: self._answer(body, address))
        return await self._answer(body, address)

    async def _answer(self, body: _Body, address: str) -> list[dict[str, Any]]:
        replies: list[Reply] = []
        incoming = Incoming(WebChannel.name(), body.sender, body.text, address, body.country)
        await self._turns.take(incoming, self._on_new_message, replies.append)
        # While the kill switch is on, no reply says that it was done.
        if body.text.strip() == FORGET or any(reply.forgets for reply in replies):
            self._kept.drop(lambda key: key[0] == body.sender and key[1] != body.message_id)
            if self._shared:
                await self._shared.forget(body.sender)
        output = WebOutput()
        for reply in replies:
            await output.send_response(body.sender, dict(reply.message))
        return output.messages


def _read(request: Request) -> _Body | str:
    """Returns the body of a request, or what is wrong with it."""
    try:
        body = request.json
    except Exception:  # Sanic raises its own kinds for what is not JSON
        return "The body is not JSON."
    if not isinstance(body, dict):
        return 'Send an object: {"sender": "<conversation id>", "message": "<text>"}.'
    sender, text, message_id = body.get("sender"), body.get("message", ""), body.get("message_id")
    if not (isinstance(sender, str) and _fits(sender, LONGEST_SENDER)):
        return f'"sender" must be a text of 1 to {LONGEST_SENDER} characters.'
    if text is not None and not isinstance(text, str):
        return '"message" must be a text.'
    if message_id is not None and not (isinstance(message_id, str) and _fits(message_id, LONGEST_ID)):
        return f'"message_id" must be a text of 1 to {LONGEST_ID} characters.'
    metadata = body.get("metadata")
    country = metadata.get("country") if isinstance(metadata, dict) else None
    return _Body(sender, text or "", message_id, country if isinstance(country, str) else None)


def _fits(name: str, longest: int) -> bool:
    """Says whether a name is not too long and can be sent back: half of a surrogate pair cannot."""
    return 0 < len(name) <= longest and not any("\ud800" <= c <= "\udfff" for c in name)
