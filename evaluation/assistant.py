"""Talks to the trained assistant in process, as the web channel does."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent, load_agent
from rasa.core.channels.channel import UserMessage
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.events import BotUttered
from rasa.utils.log_utils import configure_structlog

from signpost import helplines
from signpost.channels.payloads import Payloads
from signpost.channels.web import WebOutput
from signpost.files import ROOT
from signpost.settings import settings

MODEL = ROOT / "models" / "signpost.tar.gz"


@dataclass(frozen=True)
class Turn:
    """One turn: the names of the responses, the messages as the channel got them, the slots afterwards."""

    responses: list[str]
    messages: list[dict[str, Any]]
    slots: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The reply's messages as one text."""
        return "\n\n".join(message["text"] for message in self.messages)

    @property
    def buttons(self) -> list[dict[str, str]]:
        """The quick replies under the last message."""
        return self.messages[-1].get("buttons", []) if self.messages else []


class Assistant:
    """The trained assistant."""

    def __init__(self, model: Path = MODEL) -> None:
        # Unconfigured, structlog prints every message at level debug.
        configure_structlog(logging.ERROR)
        logging.getLogger("rasa").setLevel(logging.ERROR)
        endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
        self._loop = asyncio.new_event_loop()
        self.agent: Agent = self._loop.run_until_complete(load_agent(str(model), endpoints=endpoints))
        self._payloads = Payloads(self.agent.domain, helplines.load(settings().default_country).countries)

    def say(self, text: str, sender: str) -> Turn:
        """Sends one message and returns the turn."""
        return self._loop.run_until_complete(self._say(text, sender))

    def parse(self, text: str) -> dict[str, Any]:
        """Returns what the NLU pipeline makes of a text."""
        return self._loop.run_until_complete(self.agent.parse_message(text))

    async def _say(self, text: str, sender: str) -> Turn:
        output = WebOutput()
        store = self.agent.tracker_store
        known = await store.retrieve(sender)
        before = {id(event) for event in known.events} if known else set()
        await self.agent.handle_message(UserMessage(self._payloads.as_text(text), output, sender, input_channel="rest"))
        tracker = await store.retrieve(sender)
        said = [event for event in tracker.events if isinstance(event, BotUttered) and id(event) not in before]
        return Turn(
            [event.metadata.get("response", "") for event in said], output.messages, tracker.current_slot_values()
        )
