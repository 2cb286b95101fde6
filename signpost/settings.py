"""The operator's settings, from `signpost.yml` or the file that SIGNPOST_SETTINGS names."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from signpost.files import ROOT, Strict, read

Origin = Annotated[str, StringConstraints(pattern=r"^https?://[^/\s*]+$")]
HttpsUrl = Annotated[str, StringConstraints(pattern=r"^https://[^/\s]+(/\S*)?$")]


class Conversations(Strict):
    """Bounds of what is remembered: turns of a conversation, minutes without a message, conversations in all."""

    turns_kept: int = Field(4, ge=1, le=50)
    minutes: int = Field(60, ge=1, le=24 * 60)
    at_most: int = Field(10_000, ge=1)


class Rate(Strict):
    """How many messages may come at once, and how many a minute after that."""

    burst: int = Field(ge=1, le=1_000_000)
    per_minute: int = Field(ge=1, le=1_000_000)


class Limits(Strict):
    """Who sends more is asked to wait, in a reply with numbers to call."""

    sender: Rate = Rate(burst=20, per_minute=30)
    address: Rate = Rate(burst=200, per_minute=300)


class Handoff(Strict):
    """Whom the assistant tells that a person wants to talk to somebody, and how it speaks of them."""

    url: HttpsUrl
    team: str = Field("the team of this service", min_length=1, max_length=60)
    hours: str = Field("when they are at work", min_length=1, max_length=60)


class Settings(Strict):
    """Everything an operator sets that is not a secret."""

    default_country: str = "US"
    conversations: Conversations = Conversations()
    longest_message: int = Field(2000, ge=200, le=20_000)
    allowed_origins: list[Origin] = []
    public_url: HttpsUrl | None = None
    rate_limits: Limits = Limits()
    proxies: int = Field(0, ge=0, le=10)
    rasa_api: bool = False
    handoff: Handoff | None = None
    stopping_seconds: int = Field(0, ge=0, le=300)


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Returns the settings, read once.

    Raises:
        FileError: the file is missing or does not fit; the message gives file, line and mend.
    """
    return read(settings_path(), Settings)


def settings_path() -> Path:
    """Returns the file the settings come from."""
    return Path(os.environ.get("SIGNPOST_SETTINGS", ROOT / "signpost.yml"))
