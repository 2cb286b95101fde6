"""What Signpost changes in the `rasa` command: no telemetry, no message text in logs, a faster start."""

from __future__ import annotations

import argparse
import logging
import os

import pluggy
import rasa.cli.run
import rasa.utils.log_utils
import structlog

from signpost import logs, rasa_patches

API_TOKEN = "SIGNPOST_API_TOKEN"
SHORTEST_TOKEN = 16

hookimpl = pluggy.HookimplMarker("rasa")


@hookimpl
def refine_cli(subparsers: object, parent_parsers: object) -> None:
    """Turns usage reports and error reports off before Rasa decides about them."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"


@hookimpl
def configure_commandline(cmdline_arguments: argparse.Namespace) -> None:
    """Puts Rasa's patches in place, and keeps what people type out of every log, whatever level was asked for.

    Rasa writes messages, slots and events at level debug, and local variables beside exceptions. A server's log is
    Signpost's own (`logs.py`).

    Raises:
        SystemExit: Rasa's own HTTP routes are turned on without a token; one sentence.
    """
    _protect_api(cmdline_arguments)
    rasa_patches.apply()
    if getattr(cmdline_arguments, "func", None) is rasa.cli.run.run:
        logs.install()
    for name in ("rasa", "asyncio"):
        library = logging.getLogger(name)
        library.setLevel(max(library.level, logging.INFO))
    # The renderer for terminals does so whatever it is told; JSON is used on terminals too.
    rasa.utils.log_utils.FORCE_JSON_LOGGING = "true"
    # Tracebacks of structlog's default show local variables, the message among them.
    structlog.processors.dict_tracebacks = structlog.processors.ExceptionRenderer(
        structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    )


def _protect_api(arguments: argparse.Namespace) -> None:
    """Lets Rasa's own HTTP routes, which show and change every conversation, be served only with a token."""
    if not getattr(arguments, "enable_api", False):
        return
    # From the environment, for a command line can be read by everybody on the machine.
    arguments.auth_token = getattr(arguments, "auth_token", None) or os.environ.get(API_TOKEN)
    if len(arguments.auth_token or "") < SHORTEST_TOKEN and not getattr(arguments, "jwt_secret", None):
        raise SystemExit(
            f"Rasa's own HTTP routes need a token of at least {SHORTEST_TOKEN} characters: set {API_TOKEN} in the "
            "environment, or start without them (`rasa_api: false` in signpost.yml, no --enable-api)."
        )
