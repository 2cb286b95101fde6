"""What the messaging platforms share: a signed webhook, a turn in the background, a reply through their API."""

from __future__ import annotations

import asyncio
import logging
import os
from abc import abstractmethod
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from signpost import metrics
from signpost.channels.off import Off
from signpost.channels.reply import Replies, Reply
from signpost.channels.sending import Api, Call, Lanes, SendError
from signpost.channels.turns import Incoming, OnMessage, turns
from signpost.settings import settings
from signpost.shared.connection import shared
from signpost.shared.deliveries import Deliveries, Done, MemoryDeliveries, SharedDeliveries

logger = logging.getLogger(__name__)

REMEMBERED_SECONDS = 600
MOST_REMEMBERED = 50_000
# How often a server looks for people whose message another one took and did not live to answer.
LOOK_SECONDS = 2.0
# How long a server that is stopped waits for the replies under way.
LAST_SECONDS = 9.0


@dataclass(frozen=True)
class Received:
    """A message out of a webhook.

    sender: names the conversation. text: what was typed, or a button's payload. delivery: the platform's id of the
    message, the same when it is delivered again. to: what the platform needs to know to whom a reply goes.
    """

    sender: str
    text: str
    delivery: str
    to: Mapping[str, str]


class Platform(InputChannel):
    """Base of the messaging channels: subclasses say what is genuine, what was said, and how a reply looks.

    Args:
        secrets: the values of `SECRETS`, by name.
        api: the address of the platform's API; the platform's own if empty.
    """

    NAME: ClassVar[str]
    # Names of environment variables. Without one of them the channel is off.
    SECRETS: ClassVar[tuple[str, ...]]
    API: ClassVar[str]
    NEEDS_PUBLIC_URL: ClassVar[bool] = False

    def __init__(self, secrets: Mapping[str, str], api: str = "") -> None:
        self.secrets = secrets
        self.api = Api(api or self.API, self.refusal)
        self._lanes = Lanes()
        self._turns: set[asyncio.Task[None]] = set()
        seen = MemoryDeliveries(REMEMBERED_SECONDS, MOST_REMEMBERED)
        redis = shared()
        self._deliveries: Deliveries = SharedDeliveries(redis, self.NAME, REMEMBERED_SECONDS, seen) if redis else seen

    @classmethod
    def name(cls) -> str:
        return cls.NAME

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Returns the channel, or one that is off where the environment lacks its secrets.

        Raises:
            SystemExit: credentials.yml has a setting that there is not; one sentence.
        """
        unknown = set(credentials or {}) - {"api"}
        if unknown:
            place = f"{cls.__module__}.{cls.__name__}"
            raise SystemExit(f"credentials.yml: {place}: no setting {min(unknown)}. The only one is `api`; mend it.")
        missing = [name for name in cls.SECRETS if not os.environ.get(name)]
        if cls.NEEDS_PUBLIC_URL and not settings().public_url:
            missing.append("public_url in signpost.yml")
        if missing:
            return Off(cls.NAME, missing)
        return cls({name: os.environ[name] for name in cls.SECRETS}, **(credentials or {}))

    @abstractmethod
    def is_genuine(self, request: Request) -> bool:
        """Says whether the platform sent the request. An exception means no."""

    @abstractmethod
    def read(self, request: Request) -> list[Received]:
        """Returns the messages of a request; raises `KeyError`, `TypeError` or `ValueError` where it is none."""

    @abstractmethod
    def calls(self, to: Mapping[str, str], reply: Reply, replies: Replies) -> list[Call]:
        """Returns the requests that bring a reply to the person, in order."""

    def at_once(self, request: Request) -> HTTPResponse | None:
        """Returns the answer to a genuine request that is no message and asks for more than an acknowledgement."""
        return None

    def seen(self, request: Request) -> Call | None:
        """Returns a request that the platform wants as soon as a press of a button arrived."""
        return None

    def acknowledgement(self) -> HTTPResponse:
        return response.empty(status=200)

    def refusal(self, body: Any) -> str | None:
        """Returns what a good status says of a failure."""
        return None

    def routes(self, blueprint: Blueprint) -> None:
        """Adds further routes."""

    def blueprint(self, on_new_message: OnMessage) -> Blueprint:
        blueprint = Blueprint(f"signpost_{self.NAME}", f"signpost_{self.NAME}")

        @blueprint.listener("after_server_start")
        async def know_payloads(app: Sanic, _: Any) -> None:
            turns().know(app.ctx.agent.domain)
            if shared():
                app.add_task(self._answer_orphans())

        @blueprint.listener("before_server_stop")
        async def finish(app: Sanic, _: Any) -> None:
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_SECONDS):
                    while self._turns:  # a turn goes on with its replies
                        await asyncio.wait(self._turns)
            await self._lanes.finish(LAST_SECONDS)
            await self.api.close()

        @blueprint.get("/")
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @blueprint.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            if not self._trusts(request):
                logger.warning("A request to %s without a valid signature was refused.", self.NAME)
                return response.json({"error": "The signature is wrong or missing."}, status=403)
            try:
                if answer := self.at_once(request):
                    return answer
                received = self.read(request)
                seen = self.seen(request)
            except Exception as error:  # whatever came, it was none of the platform's messages
                logger.warning("A request to %s could not be read: %s.", self.NAME, type(error).__name__)
                return response.json({"error": "This is not a message of the platform."}, status=400)
            if seen:
                self._lanes.put("seen", lambda: self._send(seen))
            await self._begin(received, on_new_message)
            return self.acknowledgement()

        self.routes(blueprint)
        return blueprint

    def _trusts(self, request: Request) -> bool:
        try:
            return self.is_genuine(request)
        except Exception:  # a header that is no signature at all
            return False

    async def _begin(self, received: list[Received], on_new_message: OnMessage) -> None:
        """Puts messages down, before they are acknowledged, and begins to answer those that have not come before."""
        begun: dict[str, list[tuple[Received, Done]]] = {}
        for message in received:
            if done := await self._deliveries.begin(message.delivery, message.sender, message.to):
                begun.setdefault(message.sender, []).append((message, done))
        for messages in begun.values():
            self._run(self._take(messages, on_new_message))

    async def _take(self, messages: list[tuple[Received, Done]], on_new_message: OnMessage) -> None:
        """Answers messages of one person, one after the other."""
        for message, done in messages:
            sent: list[asyncio.Event] = []

            def deliver(reply: Reply, message: Received = message, sent: list[asyncio.Event] = sent) -> None:
                sent.append(self._put(message.sender, message.to, reply))

            await turns().take(Incoming(self.NAME, message.sender, message.text), on_new_message, deliver)
            self._run(_finish(sent, done))

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._turns.add(task)
        task.add_done_callback(self._turns.discard)

    def _put(self, sender: str, to: Mapping[str, str], reply: Reply) -> asyncio.Event:
        return self._lanes.put(sender, lambda: self._reply(to, reply))

    async def _answer_orphans(self) -> None:
        """Tells people whose message was lost with the process that took it that something went wrong."""
        while True:
            for sender, to in await self._deliveries.orphans():
                logger.error("A message on %s was lost with the process that took it.", self.NAME)
                self._put(sender, to, await turns().trouble(Incoming(self.NAME, sender, "")))
            await asyncio.sleep(LOOK_SECONDS)

    async def _reply(self, to: Mapping[str, str], reply: Reply) -> None:
        try:
            for call in self.calls(to, reply, turns().replies):
                await self.api.send(call)
        except Exception as error:
            if not reply.buttons or (isinstance(error, SendError) and not error.final):
                metrics.UNSENT.labels(self.NAME).inc()
                logger.error(
                    "A reply on %s could not be sent: %s.", self.NAME, _kind(error), extra={"channel": self.NAME}
                )
                return
            # The words matter more than the buttons, should these be what is wrong.
            logger.error("A reply on %s is sent without its buttons: %s.", self.NAME, _kind(error))
            await self._reply(to, reply.plain())

    async def _send(self, call: Call) -> None:
        try:
            await self.api.send(call)
        except SendError as error:
            logger.warning("A notice to %s could not be sent: %s.", self.NAME, error)


async def _finish(sent: list[asyncio.Event], done: Done) -> None:
    """Says that a message is answered as soon as its replies are sent."""
    for each in sent:
        await each.wait()
    await done()


def _kind(error: Exception) -> str:
    return str(error) if isinstance(error, SendError) else type(error).__name__
