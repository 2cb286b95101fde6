"""The pages around the chat, at /chat on the same server."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from signpost import helplines, site
from signpost.channels.web import OnMessage
from signpost.channels.widget import StaticFile
from signpost.files import read_text
from signpost.memory import release
from signpost.reply import Composer
from signpost.settings import settings

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "require-trusted-types-for 'script'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
    "Vary": "Accept-Encoding",
}


class ChatPage(InputChannel):
    """Serves the pages; the messages of the widget in them go through the REST channel."""

    @classmethod
    def name(cls) -> str:
        return "chat"

    def url_prefix(self) -> str:
        # An absolute path, so that Rasa mounts it at the root and not below /webhooks.
        return "/chat"

    def blueprint(self, on_new_message: OnMessage) -> Blueprint:
        blueprint = Blueprint("signpost_page", "signpost_page")
        registry = helplines.load(settings().default_country)
        pages = site.pages(registry, Composer.from_files(registry).sources, settings())
        files = {name: StaticFile.of(html, "text/html") for name, html in pages.items()}
        files["site.css"] = StaticFile.of(read_text(site.TEMPLATES / "site.css"), "text/css")

        @blueprint.listener("after_server_start")
        async def say_where(app: Sanic, _: Any) -> None:
            release()
            print(f"Chat with the assistant at http://localhost:{app.state.port}{self.url_prefix()}", flush=True)

        @blueprint.route("/", methods=["GET", "HEAD"])
        async def chat(request: Request) -> HTTPResponse:
            return files[""].answer(request, _HEADERS)

        @blueprint.route("/<name:[a-z.-]+>", methods=["GET", "HEAD"])
        async def page(request: Request, name: str) -> HTTPResponse:
            if name not in files:
                return response.text("Not found", status=404)
            return files[name].answer(request, _HEADERS)

        return blueprint
