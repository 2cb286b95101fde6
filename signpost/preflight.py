"""Reads every file that an operator or a writer may have changed, before anything slow starts."""

from __future__ import annotations

import sys

from signpost import helplines, logs, metrics
from signpost.files import FileError
from signpost.handoff import Notifier
from signpost.kill_switch import KillSwitch
from signpost.nlu.gate import loading as gate
from signpost.nlu.lexicon import Lexicon
from signpost.reply import Composer
from signpost.settings import settings
from signpost.shared.connection import shared
from signpost.topic_file import read_topic_files


def preflight(training: bool = True) -> None:
    """Reads settings, environment, helplines and texts; before a training, all that a model is made of too.

    Raises:
        FileError: one of them does not fit; the message gives the place and the mend.
    """
    Composer.from_files(helplines.load(settings().default_country))
    shared()
    Notifier.from_settings()
    KillSwitch.from_environment()
    metrics.token()
    logs.level()
    if training:
        Lexicon.from_files()
        read_topic_files()
        gate.from_files()


def main() -> int:
    try:
        preflight()
    except FileError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
