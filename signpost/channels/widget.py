"""The files of the chat widget, at /widget/ on the same server, for pages of any origin to load."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic_cors.core import SANIC_CORS_EVALUATED

from signpost import helplines, widget_data
from signpost.channels.web import OnMessage
from signpost.files import ROOT
from signpost.settings import settings

_HEADERS = {
    # Kept for ten minutes, then asked for again by its tag: a mended number reaches everybody soon.
    "Cache-Control": "public, max-age=600",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
}


@dataclass(frozen=True)
class StaticFile:
    """A file as it is sent: packed once, and named by a hash of its content."""

    content: bytes
    packed: bytes
    tag: str
    content_type: str

    @classmethod
    def of(cls, text: str, content_type: str) -> StaticFile:
        """Returns the file with this text; `content_type` without a charset, which is UTF-8."""
        content = text.encode()
        tag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
        return cls(content, gzip.compress(content, 9, mtime=0), tag, f"{content_type}; charset=utf-8")

    def answer(self, request: Request, headers: dict[str, str]) -> HTTPResponse:
        """Returns the response: 304 where the client has it already."""
        # A proxy that packs a response itself marks its tag as weak.
        if self.tag in request.headers.get("If-None-Match", ""):
            return response.empty(304, headers={**headers, "ETag": self.tag})
        takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
        body, encoding = (self.packed, {"Content-Encoding": "gzip"}) if takes_gzip else (self.content, {})
        return response.raw(body, content_type=self.content_type, headers={**headers, **encoding, "ETag": self.tag})


class WidgetFiles(InputChannel):
    """Serves the widget's modules; its messages go through the REST channel."""

    @classmethod
    def name(cls) -> str:
        return "widget"

    def url_prefix(self) -> str:
        # An absolute path, so that Rasa mounts it at the root and not below /webhooks.
        return "/widget"

    def blueprint(self, on_new_message: OnMessage) -> Blueprint:
        blueprint = Blueprint("signpost_widget", "signpost_widget")
        files = modules(ROOT / "widget")

        @blueprint.route("/<name:[a-z.-]+>", methods=["GET", "HEAD"])
        async def module(request: Request, name: str) -> HTTPResponse:
            if name not in files:
                return response.text("Not found", status=404)
            # Any page may read these, whatever the operator's list says of the rest; two such headers are none.
            setattr(request.ctx, SANIC_CORS_EVALUATED, "1")
            return files[name].answer(request, _HEADERS)

        return blueprint


def modules(directory: Path) -> dict[str, StaticFile]:
    """Returns the widget's modules by name, the helplines as `data/helplines.yml` has them now."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in directory.glob("*.js")}
    texts[widget_data.FILE.name] = widget_data.render(helplines.load(settings().default_country))
    return {name: StaticFile.of(text, "text/javascript") for name, text in texts.items()}
