"""Rasa's REST protocol for the chat page and the widget."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from signpost import helplines
from signpost.channels.payloads import Payloads
from signpost.conversation import COUNTRY, RESPONSE
from signpost.reply import Composer
from signpost.settings import settings

logger = logging.getLogger(__name__)

OnMessage = Callable[[UserMessage], Awaitable[Any]]
LONGEST_SENDER = 128
# What a page may know of a reply, and what the generator calls it.
_METADATA = {"crisis": "crisis", "country": COUNTRY, "response": RESPONSE, "sources": "cited"}


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


class WebChannel(InputChannel):
    """`POST /webhooks/rest/webhook` with `{"sender": ..., "message": ...}`; answers with Rasa's list of messages.

    Bad input is answered with status 400 and a sentence: not JSON, no sender, a sender or message that is not text.
    """

    @classmethod
    def name(cls) -> str:
        return "rest"

    def blueprint(self, on_new_message: OnMessage) -> Blueprint:
        blueprint = Blueprint("signpost_web", "signpost_web")
        registry = helplines.load(settings().default_country)
        composer = Composer.from_files(registry)
        payloads: list[Payloads] = []

        @blueprint.listener("after_server_start")
        async def know_payloads(app: Sanic, _: Any) -> None:
            if app.ctx.agent.domain:
                payloads.append(Payloads(app.ctx.agent.domain, registry.countries))

        @blueprint.get("/")
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @blueprint.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            problem, sender, text, country = _read(request)
            if problem:
                return response.json({"error": problem}, status=400)
            output = WebOutput()
            try:
                message = UserMessage(payloads[0].as_text(text), output, sender, input_channel=self.name())
                message.metadata = {COUNTRY: country} if country else {}
                await on_new_message(message)
            except Exception as error:  # never silent: whatever broke, the person gets a number to call
                logger.error("A turn failed with %s; the fixed reply was sent.", type(error).__name__)
            trouble = composer.trouble(registry.code(country))
            return response.json(output.messages or [{"recipient_id": sender, "text": trouble}])

        return blueprint


def _read(request: Request) -> tuple[str, str, str, str | None]:
    """Returns (problem, sender, text, country of the page); the problem is empty when the request is good."""
    try:
        body = request.json
    except Exception:  # Sanic raises its own kinds for what is not JSON
        return "The body is not JSON.", "", "", None
    if not isinstance(body, dict):
        return 'Send an object: {"sender": "<conversation id>", "message": "<text>"}.', "", "", None
    sender, text = body.get("sender"), body.get("message", "")
    if not isinstance(sender, str) or not 0 < len(sender) <= LONGEST_SENDER:
        return f'"sender" must be a text of 1 to {LONGEST_SENDER} characters.', "", "", None
    if text is not None and not isinstance(text, str):
        return '"message" must be a text.', "", "", None
    metadata = body.get("metadata")
    country = metadata.get(COUNTRY) if isinstance(metadata, dict) else None
    return "", sender, text or "", country if isinstance(country, str) else None
