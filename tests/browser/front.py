"""A web server between the browser and the assistant: it serves the test's page, and fails as a test wants it to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import requests

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
WEBHOOK = "/webhooks/rest/webhook"


class Front:
    """Passes what the browser asks for on to the assistant at `behind`.

    Attributes:
        page: what is served at `/page`.
        messages: the bodies of the messages that reached this server, in order.
        answer: takes the place of the assistant's reply: called with the message's body and a function that asks the
            assistant. Returns status and body; None closes the connection without a reply.
        broken: addresses that are answered with status 500.
    """

    def __init__(self, behind: str) -> None:
        self.behind = behind
        self.page = ""
        self.policy = POLICY
        self.messages: list[dict[str, Any]] = []
        self.requested: list[str] = []
        self.broken: set[str] = set()
        self.answer: Callable[[dict[str, Any], Callable[[], bytes]], tuple[int, bytes] | None] | None = None
        front = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                pass

            def do_GET(self) -> None:
                front.requested.append(self.path)
                if self.path.partition("?")[0] == "/page":
                    kind = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": front.policy}
                    return self.send(200, front.page.encode(), kind)
                if self.path == "/nowhere":
                    # The browser stays where it is.
                    return self.send(204, b"", {})
                if self.path in front.broken:
                    return self.send(500, b"", {})
                found = requests.get(front.behind + self.path, timeout=20)
                return self.send(found.status_code, found.content, {"Content-Type": found.headers["Content-Type"]})

            def do_POST(self) -> None:
                front.requested.append(self.path)
                body = self.rfile.read(int(self.headers["Content-Length"]))
                message = json.loads(body)

                def ask() -> bytes:
                    return requests.post(front.behind + self.path, json=message, timeout=20).content

                front.messages.append(message)
                reply = front.answer(message, ask) if front.answer else (200, ask())
                if reply is None:
                    self.close_connection = True
                    return None
                return self.send(*reply, {"Content-Type": "application/json"})

            def send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
                try:
                    self.send_response(status)
                    for name, value in {**headers, "Content-Length": str(len(body)), "Connection": "close"}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(body)
                except (BrokenPipeError, ConnectionResetError):  # the browser has gone on
                    pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def embed(self, attributes: str = "", fallback: str = "", script: str = "/widget/signpost-chat.js") -> str:
        """Makes the page one with the widget in it; returns its address."""
        self.page = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A clinic</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<script type="module" crossorigin src="{script}"></script></head><body><main><h1>A clinic</h1>'
            f'<p>A page of its own, with <a href="#here">a link</a>.</p>'
            f"<signpost-chat {attributes}>{fallback}</signpost-chat></main></body></html>"
        )
        return f"{self.url}/page"

    def wait_for(self, happened: Callable[[], bool], seconds: float = 15) -> None:
        """Waits until something has reached this server that the browser shows nothing of."""
        end = time.monotonic() + seconds
        while not happened():
            assert time.monotonic() < end, self.messages
            time.sleep(0.05)

    def said(self) -> list[str]:
        """Returns the messages that reached this server, without the widget's own."""
        own = ("/greet", "/forget_me", "/feedback")
        return [message["message"] for message in self.messages if not message["message"].startswith(own)]


def reply(*messages: dict[str, Any]) -> bytes:
    """Returns a reply's body."""
    return json.dumps([{"recipient_id": "somebody", **message} for message in messages]).encode()
