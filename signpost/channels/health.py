"""`GET /health`, and what holds for every address of the server."""

from __future__ import annotations

import datetime
import logging
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from signpost.channels.turns import OnMessage, Turns, turns
from signpost.settings import settings

logger = logging.getLogger(__name__)

# No platform's request comes near; bytes.
LARGEST_REQUEST = 512_000
# A turn takes some milliseconds. Seconds without a sign of life mean that one does not give way.
PATIENCE = 2.0


class Health(InputChannel):
    """Says whether the assistant answers; sets the largest request and how errors look.

    `{"status": "ok", "model": <id>, "helplines_days": <age in days of the oldest check of a helpline>}`, or status 503
    with `{"status": "error", "reason": <sentence>}` while people get the fixed reply.
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

        @blueprint.get("/")
        async def health(request: Request) -> HTTPResponse:
            agent = request.app.ctx.agent
            if not (agent and agent.is_ready()):
                return _unwell("The model cannot be loaded. Train it again: make train.")
            if not await turns().loop.responds(PATIENCE):
                return _unwell("A turn does not end. Start the server again.")
            return response.json({"status": "ok", "model": agent.model_id, "helplines_days": helplines_days(turns())})

        return blueprint


def helplines_days(shared: Turns, today: datetime.date | None = None) -> int:
    """Returns how many days ago the helpline was checked that nobody has checked for longest."""
    countries = shared.replies.composer.registry.countries.values()
    oldest = min(line.last_checked for country in countries for line in country.lines)
    return ((today or datetime.date.today()) - oldest).days


def _unwell(reason: str) -> HTTPResponse:
    return response.json({"status": "error", "reason": reason}, status=503)


def _problem(request: Request, error: Exception) -> HTTPResponse:
    """Answers what no route answers: no page of Sanic's, no traceback, and nothing of the request."""
    if isinstance(error, SanicException):
        return response.json({"error": str(error)}, status=error.status_code, headers=getattr(error, "headers", None))
    logger.error("A request failed with %s.", type(error).__name__)
    return response.json({"error": "Something went wrong here."}, status=500)
