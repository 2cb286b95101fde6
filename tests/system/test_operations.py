"""A running server as its operator sees it: health, metrics, the log, and the kill switch."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from bench.platforms import Platforms
from bench.webhooks import CHANNELS, PUBLIC_URL, SECRETS, typed
from evaluation.assistant import MODEL
from signpost.files import ROOT
from tests.system.server import Server, free_port

MARK = "zanzibarquokka"
TOKEN = "a-token-of-the-operators"
OFF = "If someone is in danger, call {} now. Answers are switched off at the moment."
# What is printed for a person at a terminal, before and beside the log.
FOR_PEOPLE = ("Chat with the assistant at ", "Channels that are off: ")


@pytest.fixture(scope="module")
def switch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("switch") / "helplines-only"


@pytest.fixture(scope="module")
def platforms() -> Iterator[Platforms]:
    with Platforms() as running:
        yield running


@pytest.fixture(scope="module")
def server(switch: Path, platforms: Platforms, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with every channel on, asked for as much logging as it can be asked for."""
    files = tmp_path_factory.mktemp("operations")
    channels = "".join(f"{path}:\n  api: {platforms.address}\n" for path in CHANNELS.values())
    credentials = (ROOT / "credentials.yml").read_text(encoding="utf-8").partition("# Messaging.")[0] + channels
    (files / "credentials.yml").write_text(credentials, encoding="utf-8")
    (files / "settings.yml").write_text(f"public_url: {PUBLIC_URL}\n", encoding="utf-8")
    environment = {
        **SECRETS,
        "SIGNPOST_METRICS_TOKEN": TOKEN,
        "SIGNPOST_KILL_SWITCH": str(switch),
        "SIGNPOST_SETTINGS": str(files / "settings.yml"),
        "LOG_LEVEL": "DEBUG",
        "LOG_LEVEL_LIBRARIES": "DEBUG",
        "PYTHONASYNCIODEBUG": "1",
    }
    port = free_port()
    rasa = [sys.executable, "-m", "signpost.lean_rasa", "run", "--debug", "--model", str(MODEL), "--port", str(port)]
    command = [*rasa, "--endpoints", "endpoints.yml", "--credentials", str(files / "credentials.yml")]
    with Server(command, ROOT, port, environment) as running:
        running.wait_for("Chat with the assistant", seconds=90)
        yield running


@pytest.fixture
def switched_off(switch: Path) -> Iterator[Path]:
    switch.touch()
    yield switch
    switch.unlink(missing_ok=True)


def metrics(server: Server) -> str:
    answer = requests.get(f"{server.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    return answer.text


def value(text: str, sample: str) -> float:
    return next((float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(f"{sample} ")), 0.0)


def health(server: Server) -> dict:
    answer = requests.get(f"{server.url}/health", timeout=20)
    assert answer.status_code == 200
    return answer.json()


def log(server: Server) -> list[dict]:
    lines = [line for line in server.output.splitlines() if not line.startswith(FOR_PEOPLE)]
    return [json.loads(line) for line in lines]


def test_health_says_ready_the_model_and_the_age_of_the_helplines(server):
    said = health(server)
    assert (said["status"], said["ready"], said["model"]) == ("ok", True, MODEL.name)
    assert said["helplines_days"] >= 0
    for probe in ("live", "ready"):
        assert requests.get(f"{server.url}/health/{probe}", timeout=20).json() == {"status": "ok"}


@pytest.mark.parametrize("header", [{}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": TOKEN}])
def test_metrics_are_for_who_has_the_token(server, header):
    answer = requests.get(f"{server.url}/metrics", headers=header, timeout=20)
    assert answer.status_code == 401
    assert "signpost_" not in answer.text


@pytest.mark.parametrize("token", [TOKEN, f"Bearer {TOKEN}", "ünï"])
def test_the_token_is_not_taken_from_the_address(server, token):
    assert requests.get(f"{server.url}/metrics", params={"token": token}, timeout=20).status_code == 401


@pytest.mark.parametrize(
    ("message", "outcome", "topic"),
    [
        ("is tapering safe", "answered", "A2#taper-safe"),
        ("how much methadone should i take", "declined", "none"),
        ("he took heroin and is not breathing", "crisis", "none"),
        ("hello", "talk", "none"),
    ],
)
def test_a_turn_is_counted_by_what_became_of_it(server, message, outcome, topic):
    sample = f'signpost_turns_total{{outcome="{outcome}",topic="{topic}"}}'
    before = metrics(server)
    server.say(message, sender=f"counted {message}")
    after = metrics(server)
    assert value(after, sample) - value(before, sample) == 1
    timed = [value(text, "signpost_turn_seconds_count") for text in (before, after)]
    assert timed[1] - timed[0] == 1


def test_no_metric_and_no_line_of_the_log_has_what_was_typed_or_who_typed_it(server, platforms):
    texts = [
        f"my name is {MARK} and i want to stop heroin",
        f"{MARK} is not breathing",
        f'/inform{{"name": "{MARK}"}}',
        f"{MARK} " * 900,
        "ireland",
        "i want to die",
        "forget me",
    ]
    for text in texts:
        server.say(text, sender=f"{MARK}-sender")
    person = "880011223344"
    for platform in ("telegram", "slack", "twilio", "messenger"):
        request = typed(platform, person, f"{MARK} how do i taper")
        requests.post(f"{server.url}{request.path}", data=request.body, headers=request.headers, timeout=20)
        requests.post(f"{server.url}{request.path}", data=request.body + MARK.encode(), timeout=20)
        platforms.wait(platform, {"slack": f"D{person}", "twilio": f"+{person}"}.get(platform, person))
    for path, body in [
        (f"/{MARK}?q={MARK}", b""),
        ("/webhooks/rest/webhook", f'{{"sender": "{MARK}'.encode()),
        ("/webhooks/rest/webhook", json.dumps({"sender": 5, "message": MARK}).encode()),
        (f"/conversations/{MARK}/tracker", b""),
    ]:
        requests.post(f"{server.url}{path}", data=body, headers={"X-Forwarded-For": MARK}, timeout=20)
    seen = metrics(server)
    assert value(seen, 'signpost_turns_total{outcome="crisis",topic="none"}') >= 2
    for found in (MARK, person, person[-10:]):
        assert found not in seen
        assert found not in server.output
    # No kind of an emergency, and no place.
    assert not any(word in seen for word in ("suicide", "overdose", "_danger", "IE", "country", "127.0.0.1"))


def test_every_line_of_the_log_is_json_and_the_start_is_in_it(server):
    lines = log(server)
    assert all({"time", "level", "logger", "event"} <= line.keys() for line in lines)
    assert any(line["event"] == f"The server has started with model {MODEL.name}." for line in lines)
    assert {line["level"] for line in lines} <= {"info", "warning", "error"}


def test_an_ordinary_turn_leaves_no_line(server):
    server.say("what is methadone", sender="quiet")
    before = len(log(server))
    server.say("is tapering safe", sender="quiet")
    metrics(server)
    # A slow one has a line, and the machine may be busy.
    assert [line for line in log(server)[before:] if " took " not in line["event"]] == []


def test_the_kill_switch_turns_every_reply_into_the_helplines_and_says_so(server, switched_off):
    messages = [
        "is tapering safe",
        "he is not breathing",
        "/how_to_quit",
        '/set_country{"country":"IE"}',
        "",
        "x" * 9000,
    ]
    for number, message in enumerate(messages):
        (reply,) = server.say(message, sender=f"off-{number}")
        country = reply["metadata"]["country"]
        assert country == ("IE" if "IE" in message else "US")
        assert reply["text"].startswith(OFF.format({"US": "911", "IE": "999 or 112"}[country]).split(", call")[0])
        assert "buttons" not in reply
    said = health(server)
    assert (said["status"], said["ready"]) == ("helplines_only", True)
    seen = metrics(server)
    assert value(seen, "signpost_helplines_only") == 1
    assert value(seen, 'signpost_turns_total{outcome="helplines_only",topic="none"}') >= len(messages)
    assert any(line["event"].startswith("The kill switch is on") for line in log(server))


def test_the_kill_switch_reaches_people_on_every_platform(server, platforms, switched_off):
    person = "880099887766"
    for platform in ("telegram", "slack", "twilio", "messenger"):
        request = typed(platform, person, "how do i taper")
        requests.post(f"{server.url}{request.path}", data=request.body, headers=request.headers, timeout=20)
        key = {"slack": f"D{person}", "twilio": f"+{person}"}.get(platform, person)
        said = platforms.wait(platform, key)
        assert said[0].text.startswith(OFF.format("911"))


def test_an_answer_that_is_asked_for_again_is_not_given_while_the_switch_is_on(server, switched_off):
    def ask() -> str:
        body = {"sender": "again", "message": "is tapering safe", "message_id": "m-1"}
        return requests.post(f"{server.url}/webhooks/rest/webhook", json=body, timeout=20).json()[-1]["text"]

    switched_off.unlink()
    assert "The two articles differ" in ask()
    switched_off.touch()
    assert ask().startswith(OFF.format("911"))
    switched_off.unlink()
    assert "The two articles differ" in ask()


def test_forget_me_is_done_while_the_switch_is_on(server, switched_off):
    switched_off.unlink()
    server.say("is tapering safe", sender="forgetful")
    assert len(server.say("what is methadone", sender="forgetful")) == 1
    switched_off.touch()
    server.say("/forget_me", sender="forgetful")
    switched_off.unlink()
    # The disclosure, which begins a conversation, is there again.
    assert "an automated program" in server.say("is tapering safe", sender="forgetful")[0]["text"]


def test_forget_me_drops_the_answers_that_are_kept_for_repeated_messages_too(server, switched_off):
    def ask() -> list[dict]:
        body = {"sender": "kept", "message": "is tapering safe", "message_id": "k-1"}
        return requests.post(f"{server.url}/webhooks/rest/webhook", json=body, timeout=20).json()

    switched_off.unlink()
    first = ask()
    assert len(first) > 1  # with the disclosure
    server.say("what is methadone", sender="kept")
    assert ask() == first  # kept, and not a turn of a conversation that goes on
    switched_off.touch()
    server.say("/forget_me", sender="kept")
    switched_off.unlink()
    server.say("what is methadone", sender="kept")
    assert len(ask()) == 1  # a new turn


def test_answers_are_back_as_soon_as_the_switch_is_off(server, switched_off):
    assert server.say("is tapering safe", sender="back")[-1]["text"].startswith(OFF.format("911"))
    switched_off.unlink()
    assert "The two articles differ" in server.say("is tapering safe", sender="back")[-1]["text"]
    assert health(server)["status"] == "ok"
    assert value(metrics(server), "signpost_helplines_only") == 0


def test_the_end_of_a_server_is_in_its_log():
    port = free_port()
    command = [sys.executable, "-m", "signpost.serve", "--port", str(port), "--interface", "127.0.0.1"]
    with Server([*command, "--model", str(MODEL)], ROOT, port, {"SIGNPOST_METRICS_TOKEN": ""}) as running:
        running.wait_for("Chat with the assistant", seconds=90)
        assert requests.get(f"{running.url}/metrics", timeout=20).status_code == 401
        os.kill(running.pid, signal.SIGTERM)
        running.wait_for("The server stops.", seconds=20)
    assert "Warning" not in running.output
