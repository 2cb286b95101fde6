"""Tells the operator's team that a person wants to talk to somebody: a signed notice to an address of theirs."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import os
import ssl
import time
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from signpost.channels.recent import Recent
from signpost.files import FileError, line_of, read_text, shown
from signpost.settings import Handoff, settings, settings_path
from signpost.shared.connection import SharedError, key, shared

if TYPE_CHECKING:
    from rasa.shared.core.trackers import DialogueStateTracker

logger = logging.getLogger(__name__)

SECRET = "SIGNPOST_HANDOFF_SECRET"
SHORTEST_SECRET = 16
TALK_TO_PERSON = "utter_talk_to_person"
HANDOFF = "handoff"
NOT_TOLD = "utter_handoff_failed"
# The responses that tell the team, and whether the person's messages go with the notice.
NOTICES = {"utter_handoff_plain": False, "utter_handoff_shared": True}

# Two tries of so many seconds fit into a turn.
SECONDS = 3.0
TRIES = 2
# Who presses twice does not tell twice.
AGAIN_SECONDS = 600
MOST_REMEMBERED = 10_000
MOST_MESSAGES = 10


class Notifier:
    """Posts notices.

    The body is JSON: `type` ("handoff"), `id`, `sent_at` (seconds since 1970), `channel`, `conversation`, `country`,
    `emergency` (whether an emergency was recognised in this conversation) and `messages`: what the person wrote last,
    oldest first, or null where they did not agree. The header `X-Signpost-Signature` is `sha256=` and the HMAC-SHA256
    of `<X-Signpost-Timestamp>.<body>` in hexadecimal.
    """

    def __init__(self, handoff: Handoff, secret: str) -> None:
        self._handoff = handoff
        self._secret = secret.encode()
        self._told: Recent[tuple[str, bool], bool] = Recent(AGAIN_SECONDS, MOST_REMEMBERED)
        self._redis = shared()

    @classmethod
    def from_settings(cls) -> Notifier | None:
        """Returns the notifier, none if the operator names no team.

        Raises:
            FileError: a team is named, and the environment has no secret to sign with.
        """
        handoff = settings().handoff
        if handoff is None:
            return None
        secret = os.environ.get(SECRET, "")
        if len(secret) < SHORTEST_SECRET:
            path = settings_path()
            place = f"{shown(path)}, line {line_of(read_text(path), ('handoff',))}"
            raise FileError(
                f"{place}: handoff: notices are signed; set {SECRET} in the environment to at least "
                f"{SHORTEST_SECRET} characters, or take `handoff` out."
            )
        return cls(handoff, secret)

    def placeholders(self) -> dict[str, str]:
        """Returns what a text may say of the team."""
        return {"team": self._handoff.team, "hours": self._handoff.hours}

    async def tell(self, tracker: DialogueStateTracker, country: str, emergency: bool, share: bool) -> bool:
        """Posts a notice about a conversation; says whether the team's address took it."""
        name = tracker.sender_id
        if await self._was_told(name, share):
            return True
        body = {
            "type": "handoff",
            "id": uuid.uuid4().hex,
            "sent_at": int(time.time()),
            "channel": tracker.get_latest_input_channel(),
            "conversation": name,
            "country": country,
            "emergency": emergency,
            "messages": _messages(tracker) if share else None,
        }
        for _ in range(TRIES):
            try:
                async with asyncio.timeout(SECONDS):
                    status = await self._post(json.dumps(body).encode())
            except Exception as error:  # whatever broke, the person is told and gets the helplines
                logger.error("A notice to the team failed with %s.", type(error).__name__)
                continue
            if 200 <= status < 300:
                await self._remember(name, share)
                return True
            logger.error("A notice to the team was answered with status %s.", status)
            if status < 500:
                return False
        return False

    async def _was_told(self, name: str, share: bool) -> bool:
        if self._redis and not self._told.get((name, share)):
            with suppress(SharedError):
                return bool(await self._redis.do("EXISTS", key("told", name, str(share))))
        return bool(self._told.get((name, share)))

    async def _remember(self, name: str, share: bool) -> None:
        self._told.set((name, share), True)
        if self._redis:
            with suppress(SharedError):
                await self._redis.do("SET", key("told", name, str(share)), 1, "EX", AGAIN_SECONDS)

    async def _post(self, body: bytes) -> int:
        import aiohttp  # only here, so that the files can be checked before a start without it

        stamp = str(int(time.time()))
        signature = hmac.new(self._secret, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Signpost-Timestamp": stamp,
            "X-Signpost-Signature": f"sha256={signature}",
        }
        context = ssl.create_default_context()
        async with (
            aiohttp.ClientSession() as session,
            session.post(self._handoff.url, data=body, headers=headers, ssl=context, allow_redirects=False) as answer,
        ):
            return answer.status


def _messages(tracker: DialogueStateTracker) -> list[str]:
    """Returns what the person typed in the turns that are kept, without presses of buttons."""
    said: list[Any] = [event.text for event in tracker.events if event.type_name == "user"]
    return [text for text in said if isinstance(text, str) and text and not text.startswith("/")][-MOST_MESSAGES:]
