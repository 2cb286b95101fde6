"""The `rasa` command without the libraries that it imports at every start and this assistant never uses.

They belong to trackers, brokers and channels of other projects, and to its questions in a terminal; without them a
server starts a second sooner and has some 30 megabytes more. The plain `rasa` command still loads them.
"""

from __future__ import annotations

import logging

LEFT_OUT = (
    "aio_pika",
    "boto3",
    "botocore",
    "confluent_kafka",
    "engineio",
    "fbmessenger",
    "matplotlib",
    "mattermostwrapper",
    "prompt_toolkit",
    "pymongo",
    "questionary",
    "rocketchat_API",
    "s3transfer",
    "socketio",
    "webexteamssdk",
)


def leave_out() -> None:
    """Puts stand-ins in place of what is left out; must come before Rasa is imported."""
    # Libraries warn of their own deprecations, and Sanic and Rasa put filters before those of PYTHONWARNINGS.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    import tensorflow  # the stand-in of stubs/tensorflow

    tensorflow.stand_in(LEFT_OUT, "is left out of `make run`. Start the server with the plain `rasa run`.")


def main() -> None:
    """Runs `rasa` with this process's arguments."""
    leave_out()
    from rasa.__main__ import main as rasa

    rasa()


if __name__ == "__main__":
    main()
