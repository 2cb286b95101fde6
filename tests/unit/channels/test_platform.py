"""channels/platform.py: a channel without its secrets is off, and says so once."""

from __future__ import annotations

import pytest

from bench.webhooks import SECRETS
from signpost.channels.messenger import Messenger
from signpost.channels.off import Off
from signpost.channels.slack import Slack
from signpost.channels.telegram import Telegram
from signpost.channels.twilio import Twilio

EVERY = (Telegram, Slack, Twilio, Messenger)


@pytest.fixture(autouse=True)
def bare(monkeypatch, settings_file):
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
    settings_file("public_url: https://bot.example\n")
    Off.line()


@pytest.mark.parametrize("channel", EVERY)
def test_a_channel_without_its_secrets_is_off(channel):
    assert isinstance(channel.from_credentials(None), Off)


@pytest.mark.parametrize("channel", EVERY)
def test_a_channel_with_some_of_its_secrets_is_off_too(channel, monkeypatch):
    monkeypatch.setenv(channel.SECRETS[0], SECRETS[channel.SECRETS[0]])
    assert isinstance(channel.from_credentials(None), Off)
    assert channel.SECRETS[1] in Off.line()


@pytest.mark.parametrize("channel", EVERY)
def test_a_channel_with_its_secrets_is_on(channel, monkeypatch):
    for name in channel.SECRETS:
        monkeypatch.setenv(name, SECRETS[name])
    assert isinstance(channel.from_credentials({"api": "http://127.0.0.1:1"}), channel)


def test_one_line_names_all_channels_that_are_off_and_what_they_need_once():
    for channel in EVERY:
        channel.from_credentials(None)
    line = Off.line()
    assert line.startswith("Channels that are off: ")
    assert "telegram (needs TELEGRAM_BOT_TOKEN, TELEGRAM_WEBHOOK_SECRET)" in line
    assert all(name in line for name in SECRETS)
    assert len(line.splitlines()) == 1
    assert Off.line() == ""


def test_text_messages_need_the_address_that_twilio_signs(monkeypatch, settings_file):
    settings_file("default_country: US\n")
    for name in Twilio.SECRETS:
        monkeypatch.setenv(name, SECRETS[name])
    assert isinstance(Twilio.from_credentials(None), Off)
    assert "twilio (needs public_url in signpost.yml)" in Off.line()


def test_a_setting_that_there_is_not_stops_the_start_with_one_sentence():
    with pytest.raises(SystemExit, match=r"Telegram: no setting token\. The only one is `api`; mend it\.$"):
        Telegram.from_credentials({"token": "in a file"})
