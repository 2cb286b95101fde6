"""settings.py: what an operator sets, and what is said when it does not fit."""

from __future__ import annotations

import pytest

from signpost.files import FileError
from signpost.nlg import SignpostGenerator
from signpost.settings import Settings, settings


def test_the_projects_own_settings_fit(monkeypatch):
    monkeypatch.delenv("SIGNPOST_SETTINGS", raising=False)
    settings.cache_clear()
    assert settings() == Settings()


def test_the_file_that_the_environment_names_is_read(settings_file):
    settings_file("default_country: IE\nconversations: {minutes: 5}\nallowed_origins: ['https://clinic.example']\n")
    assert settings().default_country == "IE"
    assert (settings().conversations.minutes, settings().conversations.turns_kept) == (5, 4)
    assert settings().allowed_origins == ["https://clinic.example"]


def test_settings_are_read_once(settings_file):
    path = settings_file("default_country: IE\n")
    before = settings()
    path.write_text("default_country: NZ\n", encoding="utf-8")
    assert settings() is before


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("default_country: US\nlongest_mesage: 300\n", 2, "longest_mesage"),
        ("longest_message: 10\n", 1, "longest_message"),
        ("conversations:\n  turns_kept: 0\n", 2, "conversations.turns_kept"),
        ("conversations:\n  minutes: 100000\n", 2, "conversations.minutes"),
        ("conversations:\n  turns_kept: 4\n  at_most: none\n", 3, "conversations.at_most"),
        ("allowed_origins:\n- https://a.example\n- https://b.example/path\n", 3, "allowed_origins.1"),
        ("allowed_origins:\n- '*'\n", 2, "allowed_origins.0"),
        ("allowed_origins:\n- https://*.example\n", 2, "allowed_origins.0"),
        ("default_country: [US]\n", 1, "default_country"),
        ("public_url: http://bot.example\n", 1, "public_url"),
        ("rate_limits:\n  sender: {burst: 0, per_minute: 5}\n", 2, "rate_limits.sender.burst"),
        ("rate_limits:\n  sender: {burst: 5}\n", 2, "rate_limits.sender.per_minute"),
        ("proxies: -1\n", 1, "proxies"),
        ("handoff:\n  url: http://clinic.example/handoff\n", 2, "handoff.url"),
        ("handoff:\n  team: nobody\n", 1, "handoff.url"),
    ],
)
def test_a_setting_that_does_not_fit_is_named_with_file_and_line(settings_file, text, line, key):
    path = settings_file(text)
    with pytest.raises(FileError, match=rf"^{path}, line {line}: {key}: "):
        settings()


def test_settings_that_are_not_yaml_are_named_with_file_and_line(settings_file):
    path = settings_file("default_country: US\n bad: [\n")
    with pytest.raises(FileError, match=rf"^{path}, line \d+: not valid YAML"):
        settings()


def test_a_missing_settings_file_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("SIGNPOST_SETTINGS", str(tmp_path / "none.yml"))
    settings.cache_clear()
    with pytest.raises(FileError, match=f"{tmp_path / 'none.yml'}: cannot be read"):
        settings()
    settings.cache_clear()


def test_norways_code_stays_a_word(settings_file):
    settings_file("default_country: NO\n")
    assert settings().default_country == "NO"


def test_a_default_country_without_lines_stops_the_start(settings_file, domain):
    settings_file("default_country: ZZ\n")
    with pytest.raises(FileError, match=r"line 1: default_country: ZZ is not one of US, "):
        SignpostGenerator(None, domain)


def test_a_default_country_without_lines_is_named_with_the_settings_file_and_line(settings_file, domain):
    path = settings_file("longest_message: 300\ndefault_country: ZZ\n")
    with pytest.raises(FileError, match=rf"^{path}, line 2"):
        SignpostGenerator(None, domain)
