"""What Signpost changes in the `rasa` command: no telemetry, no message text in logs, a faster start."""

from __future__ import annotations

import argparse
import logging
import os

import pluggy
import rasa.utils.log_utils
import structlog

from signpost import rasa_patches

hookimpl = pluggy.HookimplMarker("rasa")


@hookimpl
def refine_cli(subparsers: object, parent_parsers: object) -> None:
    """Turns usage reports and error reports off before Rasa decides about them."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"


@hookimpl
def configure_commandline(cmdline_arguments: argparse.Namespace) -> None:
    """Puts Rasa's patches in place and keeps what people type out of every log, whatever level was asked for.

    Rasa writes messages, slots and events at level debug, and local variables beside exceptions.
    """
    rasa_patches.apply()
    for name in ("rasa", "asyncio"):
        library = logging.getLogger(name)
        library.setLevel(max(library.level, logging.INFO))
    # The renderer for terminals does so whatever it is told; JSON is used on terminals too.
    rasa.utils.log_utils.FORCE_JSON_LOGGING = "true"
    # Tracebacks of structlog's default show local variables, the message among them.
    structlog.processors.dict_tracebacks = structlog.processors.ExceptionRenderer(
        structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    )
