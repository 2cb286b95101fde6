"""rasa_plugin.py: no telemetry, and nothing of what people type in the logs."""

from __future__ import annotations

import argparse
import io
import logging
import os
import sys

import pluggy
import pytest
import rasa_plus
import structlog
from rasa.telemetry import is_telemetry_enabled
from rasa.utils.log_utils import configure_structlog

from signpost import rasa_plugin

SECRET = "smack-and-my-name"


@pytest.fixture(autouse=True)
def as_before(monkeypatch):
    """Puts logging, structlog and the environment back."""
    monkeypatch.setenv("RASA_TELEMETRY_ENABLED", "true")
    monkeypatch.setattr(sys, "path", list(sys.path))
    levels = {name: logging.getLogger(name).level for name in ("rasa", "asyncio")}
    tracebacks, configuration = structlog.processors.dict_tracebacks, structlog.get_config()
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    structlog.processors.dict_tracebacks = tracebacks
    structlog.configure(**configuration)
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def log() -> io.StringIO:
    """What Rasa's loggers write from here on."""
    stream = io.StringIO()
    logging.getLogger().addHandler(logging.StreamHandler(stream))
    return stream


def fail(message: str) -> None:
    """Logs an exception, as Rasa does, while a local variable holds the message."""
    typed = message
    try:
        raise RuntimeError("broken")
    except RuntimeError:
        structlog.get_logger("rasa.core.processor").error("failed", exc_info=True)
    assert typed


def test_usage_reports_are_off_before_rasa_decides_about_them():
    rasa_plugin.refine_cli(None, None)
    assert os.environ["RASA_TELEMETRY_ENABLED"] == "false"
    assert is_telemetry_enabled() is False


@pytest.mark.parametrize("asked", [logging.NOTSET, logging.DEBUG, logging.INFO])
@pytest.mark.parametrize("name", ["rasa", "rasa.core.processor", "rasa.core.actions.action", "asyncio"])
def test_the_level_at_which_messages_are_written_cannot_be_reached(asked, name):
    for library in ("rasa", "asyncio"):
        logging.getLogger(library).setLevel(asked)
    rasa_plugin.configure_commandline(argparse.Namespace())
    assert not logging.getLogger(name).isEnabledFor(logging.DEBUG)
    assert logging.getLogger("rasa").level == logging.INFO


def test_a_quieter_level_stays_as_quiet():
    logging.getLogger("rasa").setLevel(logging.ERROR)
    rasa_plugin.configure_commandline(argparse.Namespace())
    assert logging.getLogger("rasa").level == logging.ERROR


def test_what_rasa_logs_at_debug_is_not_written(log):
    rasa_plugin.configure_commandline(argparse.Namespace())
    configure_structlog(logging.DEBUG)
    structlog.get_logger("rasa.core.processor").debug("processor.message.parse", text=SECRET)
    logging.getLogger("rasa.core.processor").debug(SECRET)
    assert SECRET not in log.getvalue()


def test_an_exception_is_logged_without_the_local_variables(log, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False, raising=False)
    rasa_plugin.configure_commandline(argparse.Namespace())
    configure_structlog(logging.INFO)
    fail(SECRET)
    assert "broken" in log.getvalue()
    assert SECRET not in log.getvalue()


def test_an_exception_is_logged_without_the_local_variables_on_a_terminal(log, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    rasa_plugin.configure_commandline(argparse.Namespace())
    configure_structlog(logging.INFO)
    fail(SECRET)
    assert "broken" in log.getvalue()
    assert SECRET not in log.getvalue()


def test_rasas_plugin_manager_finds_the_hooks_through_the_one_module_it_looks_in():
    manager = pluggy.PluginManager("rasa")
    rasa_plus.init_hooks(manager)
    assert manager.is_registered(rasa_plugin)
    assert {caller.name for caller in manager.get_hookcallers(rasa_plugin)} >= {"refine_cli", "configure_commandline"}


@pytest.fixture
def api(monkeypatch):
    """What `rasa run --enable-api` passes on, without a token in the environment."""
    monkeypatch.delenv("SIGNPOST_API_TOKEN", raising=False)
    monkeypatch.setattr(rasa_plugin.rasa_patches, "apply", lambda: None)
    return argparse.Namespace(enable_api=True, auth_token=None, jwt_secret=None)


@pytest.mark.parametrize("token", ["", "short", None])
def test_rasas_own_routes_without_a_token_stop_the_start_with_one_sentence(api, monkeypatch, token):
    if token is not None:
        monkeypatch.setenv("SIGNPOST_API_TOKEN", token)
    with pytest.raises(SystemExit, match="set SIGNPOST_API_TOKEN in the environment") as error:
        rasa_plugin.configure_commandline(api)
    assert len(str(error.value).splitlines()) == 1


def test_rasas_own_routes_take_the_token_of_the_environment(api, monkeypatch):
    monkeypatch.setenv("SIGNPOST_API_TOKEN", "0123456789abcdef")
    rasa_plugin.configure_commandline(api)
    assert api.auth_token == "0123456789abcdef"


def test_a_token_of_the_command_line_or_signed_tokens_are_good_too(api):
    api.jwt_secret = "secret"
    rasa_plugin.configure_commandline(api)
    api.jwt_secret, api.auth_token = None, "0123456789abcdef"
    rasa_plugin.configure_commandline(api)


def test_without_rasas_own_routes_no_token_is_asked_for(api):
    api.enable_api = False
    rasa_plugin.configure_commandline(api)
    assert api.auth_token is None
