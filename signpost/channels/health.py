"""`GET /health`, and what holds for every address of the server."""

from __future__ import annotations

import asyncio
import datetime
import logging
import signal
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import BaseHTTPResponse, HTTPResponse

from signpost.channels.turns import OnMessage, Turns, turns
from signpost.settings import settings
from signpost.shared.connection import shared

logger = logging.getLogger(__name__)

# No platform's request comes near; bytes.
LARGEST_REQUEST = 512_000
# A turn takes some milliseconds. Seconds without a sign of life mean that one does not give way.
PATIENCE = 2.0


class Health(InputChannel):
    """Says whether the assistant answers; sets the largest request and how errors look, and stops without haste.

    `{"status": "ok", "model": <id>, "helplines_days": <age in days of the oldest check of a helpline>}`, or status 503
    with `{"status": "error", "reason": <sentence>}` while people get the fixed reply or the server is stopping.

    `/health/ready` is for what balances load: status 503 only where another server would do better. While Redis is
    down for all it has status 200, so that people still get the fixed reply and not a balancer's error.
    """

    @classmethod
    def name(cls) -> str:
        return "health"

    def url_prefix(self) -> str:
        # An absolute path, so that Rasa mounts it at the root and not below /webhooks.
        return "/health"

    def blueprint(self, on_new_message: OnMessage) -> Blueprint:
        blueprint = Blueprint("signpost_health", "signpost_health")

        @blueprint.listener("before_server_start")
        async def set_up(app: Sanic, _: Any) -> None:
            app.config.REQUEST_MAX_SIZE = LARGEST_REQUEST
            if settings().proxies:
                app.config.PROXIES_COUNT = settings().proxies
            app.error_handler.add(Exception, _problem)
            app.ctx.stopping = False
            app.on_response(_let_go)

        @blueprint.listener("after_server_start")
        async def stop_without_haste(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
            def stop() -> None:
                if not app.ctx.stopping:
                    app.ctx.stopping = True
                    loop.call_later(settings().stopping_seconds, app.stop)

            # In place of Sanic's own, which stops at once, and breaks off when it is told twice.
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, stop)

        @blueprint.get("/")
        async def health(request: Request) -> HTTPResponse:
            agent = request.app.ctx.agent
            if reason := await _not_ready(request.app):
                return _unwell(reason)
            if (redis := shared()) and not await redis.responds():
                return _unwell("Redis does not answer. Start it, or look at its log.")
            return response.json({"status": "ok", "model": agent.model_id, "helplines_days": helplines_days(turns())})

        @blueprint.get("/ready")
        async def ready(request: Request) -> HTTPResponse:
            if reason := await _not_ready(request.app):
                return _unwell(reason)
            return response.json({"status": "ok"})

        return blueprint


def helplines_days(shared: Turns, today: datetime.date | None = None) -> int:
    """Returns how many days ago the helpline was checked that nobody has checked for longest."""
    countries = shared.replies.composer.registry.countries.values()
    oldest = min(line.last_checked for country in countries for line in country.lines)
    return ((today or datetime.date.today()) - oldest).days


async def _not_ready(app: Sanic) -> str | None:
    """Returns why this server should get no messages, where there is another one."""
    agent = app.ctx.agent
    if not (agent and agent.is_ready()):
        return "The model cannot be loaded. Train it again: make train."
    responds = app.ctx.stopping or await turns().loop.responds(PATIENCE)
    if app.ctx.stopping:
        return "The server is stopping."
    return None if responds else "A turn does not end. Start the server again."


def _let_go(request: Request, answer: BaseHTTPResponse) -> None:
    """Ends connections with their answer while the server is stopping, which else waits for those that stay open."""
    if request.app.ctx.stopping and request.stream:
        request.stream.keep_alive = False


def _unwell(reason: str) -> HTTPResponse:
    return response.json({"status": "error", "reason": reason}, status=503)


def _problem(request: Request, error: Exception) -> HTTPResponse:
    """Answers what no route answers: no page of Sanic's, no traceback, and nothing of the request."""
    if isinstance(error, SanicException):
        return response.json({"error": str(error)}, status=error.status_code, headers=getattr(error, "headers", None))
    logger.error("A request failed with %s.", type(error).__name__)
    return response.json({"error": "Something went wrong here."}, status=500)
