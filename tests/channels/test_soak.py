"""bench/soak.py, a small one: every channel at once, and what it would call lost or crossed."""

from __future__ import annotations

import asyncio

import pytest

from bench.platforms import Platforms
from bench.soak import COUNTRIES, _crosses, memory, soak
from tests.system.server import Server

OWN = {"IE": "1800 459 459", "GB": "0300 123 6600", "AU": "1800 250 015"}


def test_five_hundred_messages_over_every_channel_are_answered_each_to_its_sender(server: Server, platforms: Platforms):
    before = memory(server.pid)
    result = asyncio.run(soak(server.url, server.pid, platforms, 500))
    assert (result.sent, result.lost, result.fixed, result.crossed) == (500, 0, 0, 0)
    assert before > 0
    assert result.memory[-1] - result.memory[0] < 50


@pytest.mark.parametrize(
    ("text", "crossed"),
    [
        ("A doctor can guide you. HSE: 1800 459 459.", False),
        ("A doctor can guide you. SAMHSA helpline: 1-800-662-4357.", True),
        ("A doctor can guide you. HSE: 1800 459 459, or 1800 250 015.", True),
        ("", True),
    ],
)
def test_a_reply_for_another_country_is_one_that_crossed(text: str, crossed: bool):
    assert _crosses(text, OWN, "IE") is crossed


def test_people_of_different_countries_have_different_lines(registry_lines: list[str]):
    assert len(set(registry_lines)) == len(COUNTRIES)


@pytest.fixture
def registry_lines() -> list[str]:
    from signpost import helplines

    registry = helplines.load("US")
    return [registry.lines_for(code, "support")[0].number for code in COUNTRIES]
