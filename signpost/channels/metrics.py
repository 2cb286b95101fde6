"""`GET /metrics` for Prometheus."""

from __future__ import annotations

import hmac

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from signpost import metrics
from signpost.channels.health import helplines_days, unready
from signpost.channels.turns import OnMessage, turns


class Metrics(InputChannel):
    """Answers whoever has the token of the environment: `Authorization: Bearer <token>`. Without one it is off.

    Raises:
        FileError: the token is too short.
    """

    def __init__(self) -> None:
        self._token = metrics.token()

    @classmethod
    def name(cls) -> str:
        return "metrics"

    def url_prefix(self) -> str:
        # An absolute path, so that Rasa mounts it at the root and not below /webhooks.
        return "/metrics"

    def blueprint(self, on_new_message: OnMessage) -> Blueprint:
        blueprint = Blueprint("signpost_metrics", "signpost_metrics")

        @blueprint.get("/")
        async def read(request: Request) -> HTTPResponse:
            if self._token is None:
                problem = f"Metrics are off. Set {metrics.METRICS_TOKEN} in the environment."
                return response.json({"error": problem}, status=401, headers=_CHALLENGE)
            if not hmac.compare_digest(_given(request), f"Bearer {self._token}".encode()):
                return response.json({"error": "The token is wrong or missing."}, status=401, headers=_CHALLENGE)
            metrics.READY.set(await unready(request.app) is None)
            metrics.HELPLINES_ONLY.set(turns().switch.is_on())
            metrics.HELPLINES_DAYS.set(helplines_days(turns()))
            return response.raw(generate_latest(), content_type=CONTENT_TYPE_LATEST)

        return blueprint


_CHALLENGE = {"WWW-Authenticate": "Bearer"}


def _given(request: Request) -> bytes:
    return str(request.headers.get("Authorization", "")).encode("utf-8", "replace")
