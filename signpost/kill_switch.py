"""What an operator can do within seconds when an answer is wrong: every reply becomes the block of helplines."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from signpost.files import ROOT, FileError

logger = logging.getLogger(__name__)

KILL_SWITCH = "SIGNPOST_KILL_SWITCH"
FILE = ROOT / "helplines-only"

Source = Callable[[], bool]


class KillSwitch:
    """Is on while any of its sources says so.

    Args:
        sources: each says whether it is on. They are asked before every reply, so they answer at once: what lies behind
            a network is read in the background. One that fails counts as what it said last.
    """

    def __init__(self, sources: Sequence[Source]) -> None:
        self._said = dict.fromkeys(sources, False)
        self._was_on = False

    @classmethod
    def from_environment(cls) -> KillSwitch:
        """Returns the switch that is on while a file is there: `helplines-only` in the project, or another.

        Raises:
            FileError: the environment names a file in a folder that there is not, so that it could never be put there.
        """
        path = Path(os.environ.get(KILL_SWITCH) or FILE)
        if not path.parent.is_dir():
            raise FileError(f"{KILL_SWITCH}: there is no folder {path.parent}. Mount it, or name a file in another.")
        return cls([path.exists])

    def is_on(self) -> bool:
        """Says whether every reply is the block of helplines now."""
        for source in self._said:
            try:
                self._said[source] = source()
            except Exception as error:  # the person gets a reply, whatever became of the switch
                logger.error("A source of the kill switch failed with %s.", type(error).__name__)
        on = any(self._said.values())
        if on != self._was_on:
            self._was_on = on
            logger.warning("The kill switch is %s.", "on: every reply is the block of helplines" if on else "off")
        return on


@lru_cache(maxsize=1)
def kill_switch() -> KillSwitch:
    """Returns the switch of this server, made once; raises `FileError`, see `KillSwitch.from_environment`."""
    return KillSwitch.from_environment()
