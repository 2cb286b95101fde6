"""The chat page, at /chat on the same server."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from signpost import helplines
from signpost.channels.web import OnMessage
from signpost.files import ROOT
from signpost.memory import release
from signpost.settings import settings

PAGE = ROOT / "widget" / "site"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


class ChatPage(InputChannel):
    """Serves the page; its messages go through the REST channel."""

    @classmethod
    def name(cls) -> str:
        return "chat"

    def url_prefix(self) -> str:
        # An absolute path, so that Rasa mounts it at the root and not below /webhooks.
        return "/chat"

    def blueprint(self, on_new_message: OnMessage) -> Blueprint:
        blueprint = Blueprint("signpost_page", "signpost_page")
        html = _filled(PAGE / "chat.html")
        files = {path.name: path.read_text(encoding="utf-8") for path in PAGE.glob("chat.*") if path.suffix in _TYPES}

        @blueprint.listener("after_server_start")
        async def say_where(app: Sanic, _: Any) -> None:
            release()
            print(f"Chat with the assistant at http://localhost:{app.state.port}{self.url_prefix()}", flush=True)

        @blueprint.get("/")
        async def page(request: Request) -> HTTPResponse:
            return response.html(html, headers=_HEADERS)

        @blueprint.get("/<name:[a-z.]+>")
        async def file(request: Request, name: str) -> HTTPResponse:
            if name not in files:
                return response.text("Not found", status=404)
            headers = {**_HEADERS, "Cache-Control": "no-cache"}
            return response.text(files[name], content_type=_TYPES[Path(name).suffix], headers=headers)

        return blueprint


def _filled(path: Path) -> str:
    """Returns the page with the default country's helplines in it, so that they stand there without a script."""
    registry = helplines.load(settings().default_country)
    block = registry.block(settings().default_country).splitlines()
    lines = "\n".join(f"<li>{line.removeprefix('- ')}</li>" for line in block[1:])
    return Template(path.read_text(encoding="utf-8")).substitute(heading=block[0].rstrip(":"), helplines=lines)
