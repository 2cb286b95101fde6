"""A messaging channel whose secrets the environment does not have."""

from __future__ import annotations

from typing import Any, ClassVar

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic

from signpost.channels.turns import OnMessage


class Off(InputChannel):
    """A channel that is not served. All of them are named in one line when the server has started."""

    _named: ClassVar[dict[str, list[str]]] = {}

    def __init__(self, name: str, missing: list[str]) -> None:
        self._name = name
        self._named[name] = missing

    def url_prefix(self) -> str:
        return self._name

    def blueprint(self, on_new_message: OnMessage) -> Blueprint:
        blueprint = Blueprint(f"signpost_{self._name}", f"signpost_{self._name}")

        @blueprint.listener("after_server_start")
        async def say(app: Sanic, _: Any) -> None:
            if line := self.line():
                print(line, flush=True)

        return blueprint

    @classmethod
    def line(cls) -> str:
        """Returns the line about all channels that are off, the first time; afterwards nothing."""
        off = "; ".join(f"{name} (needs {', '.join(missing)})" for name, missing in cls._named.items())
        cls._named.clear()
        return f"Channels that are off: {off}." if off else ""
