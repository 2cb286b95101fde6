"""The operator's settings, from `signpost.yml` or the file that SIGNPOST_SETTINGS names."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from signpost.files import ROOT, Strict, read

Origin = Annotated[str, StringConstraints(pattern=r"^https?://[^/\s*]+$")]


class Conversations(Strict):
    """Bounds of what is remembered: turns of a conversation, minutes without a message, conversations in all."""

    turns_kept: int = Field(4, ge=1, le=50)
    minutes: int = Field(60, ge=1, le=24 * 60)
    at_most: int = Field(10_000, ge=1)


class Settings(Strict):
    """Everything an operator sets that is not a secret."""

    default_country: str = "US"
    conversations: Conversations = Conversations()
    longest_message: int = Field(2000, ge=200, le=20_000)
    allowed_origins: list[Origin] = []


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
