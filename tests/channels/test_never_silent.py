"""Each part of a turn is broken for real: the person gets the fixed reply in time, and the conversation goes on."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from bench.platforms import Platforms
from bench.services import Redis
from bench.webhooks import typed
from evaluation.assistant import MODEL
from signpost.files import ROOT
from signpost.readers import THREADS
from tests.channels import breaking
from tests.channels.conftest import post
from tests.channels.fragile import SECONDS, say, wait_until
from tests.system.server import Server, free_port

TROUBLE = "Something went wrong here, and I cannot answer that now."


def is_trouble(texts: list[str], number: str = "911") -> bool:
    return texts[-1].startswith(TROUBLE) and number in texts[-1] and len(texts) == 1


@pytest.mark.parametrize(
    "text",
    [
        breaking.RAISE_IN_NLU,
        breaking.RAISE_IN_POLICY,
        "failing",
        "hanging",
        "nonsense",
        "wrongshape",
        "emptyish",
        "dying",
    ],
)
def test_whatever_breaks_the_person_gets_the_numbers_and_the_conversation_goes_on(fragile, actions, text):
    actions.start()
    sender = f"breaks-{text}"
    assert is_trouble(say(fragile, text, sender))
    assert "Hello there." in say(fragile, "hello", sender)[-1]


def test_an_action_server_that_is_down_from_the_beginning_is_no_silence(fragile, actions):
    actions.stop()
    try:
        assert is_trouble(say(fragile, "freetext", "down"))
    finally:
        actions.start()


def test_an_action_that_rejects_is_answered_by_the_fallback(fragile):
    assert "911" in say(fragile, "refusing", "refused")[-1]


def test_the_numbers_are_those_of_the_persons_country(fragile):
    say(fragile, '/set_country{"country":"IE"}', "irish")
    assert is_trouble(say(fragile, "failing", "irish"), "112")
    assert is_trouble(say(fragile, breaking.RAISE_IN_NLU, "irish"), "1800 459 459")


def test_what_an_action_says_by_itself_gets_a_signpost(fragile):
    assert say(fragile, "freetext", "free") == [
        "Words of an action.\nTo talk to someone: SAMHSA helpline: 1-800-662-4357."
    ]


def test_after_an_answer_that_was_not_all_the_numbers_follow(fragile):
    texts = say(fragile, "answerthenhang", "partial")
    assert "Hello there." in texts[-2]
    assert texts[-1].startswith(TROUBLE)


def test_a_reply_to_an_emergency_is_not_taken_back_by_what_fails_after_it(fragile):
    (text,) = say(fragile, "crisisthenhang", "emergency")
    assert text.startswith("Call 911 now.")


def test_on_a_platform_the_reply_to_an_emergency_does_not_wait_for_what_hangs(fragile, platforms: Platforms):
    post(fragile, typed("telegram", "7001", "crisisthenhang"))
    (said,) = platforms.wait("telegram", "7001", seconds=5)
    assert said.text.startswith("Call 911 now.")


def test_a_message_that_is_never_read_delays_nobody_else(fragile):
    with ThreadPoolExecutor(3) as pool:
        stuck = pool.submit(say, fragile, breaking.HANG_IN_NLU, "stuck")
        time.sleep(0.5)
        began = time.monotonic()
        others = [pool.submit(say, fragile, "hello", f"meanwhile-{place}") for place in range(2)]
        assert all("Hello there." in other.result()[-1] for other in others)
        well = requests.get(f"{fragile.url}/health", timeout=SECONDS)
        assert time.monotonic() - began < 5
        assert is_trouble(stuck.result())
    assert well.status_code == 200
    assert "Hello there." in say(fragile, "hello", "stuck")[-1]


def test_messages_that_keep_every_reading_thread_busy_silence_nobody(fragile):
    with ThreadPoolExecutor(THREADS + 2) as pool:
        stuck = [pool.submit(say, fragile, breaking.HANG_IN_NLU, f"stuck-{place}") for place in range(THREADS)]
        time.sleep(0.5)
        others = [pool.submit(say, fragile, "hello", f"beside-{place}") for place in range(2)]
        unwell = requests.get(f"{fragile.url}/health", timeout=SECONDS)
        assert all(is_trouble(each.result()) for each in stuck)
        assert all("911" in other.result()[-1] for other in others)
    assert (unwell.status_code, unwell.json()["status"]) == (503, "error")
    wait_until(lambda: requests.get(f"{fragile.url}/health", timeout=SECONDS).status_code == 200)
    assert "Hello there." in say(fragile, "hello", "stuck-0")[-1]


@pytest.mark.parametrize("platform", ["telegram", "slack", "twilio", "messenger"])
def test_the_fixed_reply_reaches_people_on_every_platform(fragile, platforms: Platforms, platform):
    post(fragile, typed(platform, "7002", breaking.RAISE_IN_NLU))
    name = {"slack": "D7002", "twilio": "+7002"}.get(platform, "7002")
    (said,) = platforms.wait(platform, name, seconds=SECONDS)
    assert said.text.startswith(TROUBLE)
    assert "911" in said.text


@pytest.mark.parametrize("platform", ["telegram", "slack", "twilio", "messenger"])
def test_a_reply_that_a_platform_does_not_take_is_sent_again(fragile, platforms: Platforms, platform):
    platforms.failing[:] = [500, 429]
    post(fragile, typed(platform, "7003", breaking.RAISE_IN_NLU))
    name = {"slack": "D7003", "twilio": "+7003"}.get(platform, "7003")
    assert len(platforms.wait(platform, name, seconds=SECONDS)) == 1
    assert platforms.failing == []


def test_with_redis_stopped_people_are_answered_with_the_numbers_of_their_country(fragile, redis: Redis):
    say(fragile, '/set_country{"country":"IE"}', "redis")
    redis.stop()
    try:
        texts = say(fragile, "hello", "redis")
        assert is_trouble(texts, "112")
        assert "1800 459 459" in texts[-1]
        health = requests.get(f"{fragile.url}/health", timeout=SECONDS)
        assert (health.status_code, "Redis" in health.json()["reason"]) == (503, True)
    finally:
        redis.start()
    assert "Hello there." in say(fragile, "hello", "redis")[-1]


@pytest.mark.parametrize("platform", ["telegram", "slack", "twilio", "messenger"])
def test_with_redis_stopped_people_on_every_platform_get_the_numbers_once(
    fragile, platforms: Platforms, redis: Redis, platform
):
    redis.stop()
    try:
        request = typed(platform, "7004", "hello")
        for _ in range(2):
            post(fragile, request)
        name = {"slack": "D7004", "twilio": "+7004"}.get(platform, "7004")
        (said,) = platforms.wait(platform, name, seconds=SECONDS)
        assert said.text.startswith(TROUBLE)
    finally:
        redis.start()


def test_with_a_redis_that_hangs_the_numbers_come_in_time(fragile, redis: Redis):
    say(fragile, "hello", "hanging-redis")
    redis.hang()
    try:
        assert is_trouble(say(fragile, "hello", "hanging-redis"))
        # It holds up nothing else.
        assert requests.get(f"{fragile.url}/health/ready", timeout=SECONDS).status_code == 200
    finally:
        redis.go_on()
    wait_until(lambda: requests.get(f"{fragile.url}/health", timeout=SECONDS).status_code == 200)
    assert "Hello there." in say(fragile, "hello", "hanging-redis")[-1]


def test_what_was_typed_is_not_in_the_log_of_what_broke(fragile):
    say(fragile, f"{breaking.RAISE_IN_NLU} zanzibarquokka", "private-quokka")
    assert "zanzibarquokka" not in fragile.output
    assert "private-quokka" not in fragile.output


@pytest.mark.parametrize("part", [0.5, 0.0])
def test_with_a_model_cut_in_half_every_message_gets_the_numbers_and_health_says_so(tmp_path: Path, part: float):
    whole = MODEL.read_bytes()
    broken = tmp_path / "model.tar.gz"
    broken.write_bytes(whole[: int(len(whole) * part)])
    port = free_port()
    command = [sys.executable, "-m", "signpost.serve", "--model", str(broken), "--port", str(port)]
    with Server(command, ROOT, port) as server:
        server.wait_for("Chat with the assistant", seconds=60)
        for text in ("is tapering safe", "/greet", ""):
            assert is_trouble(say(server, text, "cut"))
        health = requests.get(f"{server.url}/health", timeout=SECONDS)
    assert health.status_code == 503
    reason = "The model cannot be loaded. Train it again: make train."
    assert health.json() == {"status": "error", "ready": False, "reason": reason}
