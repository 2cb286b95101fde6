"""Stands in for the messaging platforms: takes the assistant's replies where their APIs would be."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from aiohttp import web


@dataclass(frozen=True)
class Said:
    """A request that the assistant made of a platform's API."""

    platform: str
    person: str
    path: str
    headers: dict[str, str]
    query: dict[str, str]
    body: dict[str, Any]

    @property
    def text(self) -> str:
        """What the person reads."""
        if self.platform == "telegram":
            return str(self.body["text"])
        if self.platform == "twilio":
            return str(self.body["Body"])
        if self.platform == "messenger":
            return str(self.body["message"]["text"])
        return "\n".join(block["text"]["text"] for block in self.body["blocks"] if block["type"] == "section")

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """Title and payload of what the person can press."""
        if self.platform == "telegram":
            rows = self.body.get("reply_markup", {}).get("inline_keyboard", [])
            return [(button["text"], button["callback_data"]) for row in rows for button in row]
        if self.platform == "messenger":
            return [(each["title"], each["payload"]) for each in self.body["message"].get("quick_replies", [])]
        if self.platform == "slack":
            rows = [block["elements"] for block in self.body["blocks"] if block["type"] == "actions"]
            return [(button["text"]["text"], button["value"]) for row in rows for button in row]
        return []


class Platforms:
    """One local server in the place of every platform's API. `said` holds the requests by platform and person."""

    def __init__(self) -> None:
        self.said: dict[tuple[str, str], list[Said]] = defaultdict(list)
        self.others: list[str] = []
        self.address = ""
        # Statuses to answer the next requests with, instead of taking them.
        self.failing: list[int] = []
        self._arrived = threading.Condition()
        self._loop = asyncio.new_event_loop()

    def __enter__(self) -> Platforms:
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.address = asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)

    def wait(self, platform: str, person: str, many: int = 1, seconds: float = 20) -> list[Said]:
        """Returns what a person got, as soon as it is so many messages; what there is when the time is over."""
        key = (platform, person)
        with self._arrived:
            self._arrived.wait_for(lambda: len(self.said[key]) >= many, seconds)
            return list(self.said[key])

    async def _serve(self) -> str:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._take)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        assert site._server is not None
        return f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[attr-defined]

    async def _take(self, request: web.Request) -> web.Response:
        if self.failing:
            return web.json_response({"ok": False}, status=self.failing.pop(0))
        is_json = request.content_type == "application/json"
        body = await request.json() if is_json else dict(await request.post())
        person = _person(request.path, body)
        if person is None:
            self.others.append(request.path)
        else:
            query, headers = dict(request.query), dict(request.headers)
            with self._arrived:
                self.said[person].append(Said(*person, request.path, headers, query, body))
                self._arrived.notify_all()
        return web.json_response({"ok": True, "result": True})


def _person(path: str, body: dict[str, Any]) -> tuple[str, str] | None:
    """Returns platform and person of a request that sends a message."""
    if path.endswith("/sendMessage"):
        return "telegram", str(body["chat_id"])
    if path.endswith("/chat.postMessage"):
        return "slack", str(body["channel"])
    if path.endswith("/Messages.json"):
        return "twilio", str(body["To"])
    if path.endswith("/me/messages"):
        return "messenger", str(body["recipient"]["id"])
    return None
