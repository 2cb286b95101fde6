"""`GET /health`, `GET /health/live`, and what holds for every address of the server."""

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

from signpost import logs
from signpost.channels.turns import OnMessage, Turns, turns
from signpost.settings import settings
from signpost.shared.connection import shared

logger = logging.getLogger(__name__)

# No platform's request comes near; bytes.
LARGEST_REQUEST = 512_000
# A turn takes some milliseconds. Seconds without a sign of life mean that one does not give way.
PATIENCE = 2.0
HANGS = "A turn does not end. Start the server again."
STOPPING = "The server is stopping."


class Health(InputChannel):
    """Says whether the assistant answers; sets the largest request and how errors look, and stops without haste.

    `GET /health` is for people and monitors: `{"status": "ok", "ready": true, "model": <file>, "model_id":
    <id>, "helplines_days": <age in days of the oldest check of a helpline>}`; status 503 with `{"status": "error",
    "ready": false, "reason": <sentence>}` while people get the fixed reply or the server is stopping. With the kill
    switch on, `status` is "helplines_only", and the server is ready for that.

    `GET /health/ready` is for what balances load: 503 only where another server would do better. While Redis is down
    for all it is 200, so that people still get the fixed reply and not a balancer's error. `GET /health/live` is for
    what restarts servers: 503 only where a new start is the mend.
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

        @blueprint.listener("after_server_start")
        async def started(app: Sanic, _: Any) -> None:
            logger.info("The server has started with model %s.", _model(app) or "none")
            logs.people_may_write()

        @blueprint.listener("before_server_stop")
        async def stopping(app: Sanic, _: Any) -> None:
            logger.info("The server stops.")

        @blueprint.get("/")
        async def health(request: Request) -> HTTPResponse:
            if request.app.ctx.stopping:
                return _unwell(STOPPING)
            facts = {"model": _model(request.app), "model_id": request.app.ctx.agent and request.app.ctx.agent.model_id}
            facts["helplines_days"] = helplines_days(turns())
            if turns().switch.is_on():
                return response.json({"status": "helplines_only", "ready": True, **facts})
            if reason := await unready(request.app):
                return _unwell(reason)
            if (redis := shared()) and not await redis.responds():
                return _unwell("Redis does not answer. Start it, or look at its log.")
            return response.json({"status": "ok", "ready": True, **facts})

        @blueprint.get("/live")
        async def live(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"}) if await turns().loop.responds(PATIENCE) else _unwell(HANGS)

        @blueprint.get("/ready")
        async def ready(request: Request) -> HTTPResponse:
            if request.app.ctx.stopping:
                return _unwell(STOPPING)
            # With the kill switch on, every server answers alike.
            if not turns().switch.is_on() and (reason := await unready(request.app)):
                return _unwell(reason)
            return response.json({"status": "ok"})

        return blueprint


async def unready(app: Sanic) -> str | None:
    """Returns why people get the fixed reply, and what to do; none if they do not."""
    if not (app.ctx.agent and app.ctx.agent.is_ready()):
        return "The model cannot be loaded. Train it again: make train."
    return None if await turns().loop.responds(PATIENCE) else HANGS


def _model(app: Sanic) -> str | None:
    """Returns the name of the model's file, none if no model is loaded."""
    processor = app.ctx.agent and app.ctx.agent.processor
    return str(processor.model_filename) if processor else None


def helplines_days(shared: Turns, today: datetime.date | None = None) -> int:
    """Returns how many days ago the helpline was checked that nobody has checked for longest."""
    countries = shared.replies.composer.registry.countries.values()
    oldest = min(line.last_checked for country in countries for line in country.lines)
    return ((today or datetime.date.today()) - oldest).days


def _let_go(request: Request, answer: BaseHTTPResponse) -> None:
    """Ends connections with their answer while the server is stopping, which else waits for those that stay open."""
    if request.app.ctx.stopping and request.stream:
        request.stream.keep_alive = False


def _unwell(reason: str) -> HTTPResponse:
    return response.json({"status": "error", "ready": False, "reason": reason}, status=503)


def _problem(request: Request, error: Exception) -> HTTPResponse:
    """Answers what no route answers: no page of Sanic's, no traceback, and nothing of the request."""
    if isinstance(error, SanicException):
        return response.json({"error": str(error)}, status=error.status_code, headers=getattr(error, "headers", None))
    logger.error("A request failed with %s.", type(error).__name__)
    return response.json({"error": "Something went wrong here."}, status=500)
