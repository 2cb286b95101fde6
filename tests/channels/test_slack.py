"""channels/slack.py against a running server and a stand-in of slack.com/api."""

from __future__ import annotations

import time

import requests
from slack_sdk.models.blocks import ActionsBlock, Block, SectionBlock

from bench.platforms import Platforms, Said
from bench.webhooks import SECRETS, slack, slack_event, slack_press
from tests.channels.conftest import post
from tests.system.server import Server


def ask(server: Server, platforms: Platforms, person: str, text: str, many: int = 1) -> list[Said]:
    assert post(server, slack(slack_event(person, text))).status_code == 200
    return platforms.wait("slack", f"D{person}", many)


def test_an_answer_is_one_message_of_blocks_that_slacks_own_models_take(server, platforms):
    (said,) = ask(server, platforms, "201", "is tapering safe")
    assert said.path == "/chat.postMessage"
    assert said.headers["Authorization"] == f"Bearer {SECRETS['SLACK_BOT_TOKEN']}"
    *sections, actions = Block.parse_all(said.body["blocks"])
    assert all(isinstance(section, SectionBlock) for section in sections)
    assert isinstance(actions, ActionsBlock)
    for block in (*sections, actions):
        block.validate_json()
    assert all(0 < len(section.text.text) <= 3000 for section in sections)
    assert 1 <= len(actions.elements) <= 5
    assert len({element.action_id for element in actions.elements}) == len(actions.elements)
    assert "The two articles differ" in said.text
    assert "\n- 988 Suicide & Crisis Lifeline: call or text 988" in said.text


def test_the_text_for_notifications_is_escaped_as_slack_asks(server, platforms):
    (said,) = ask(server, platforms, "202", "hello")
    assert "988 Suicide &amp; Crisis Lifeline" in said.body["text"]


def test_a_pressed_button_is_answered(server, platforms):
    (said,) = ask(server, platforms, "203", "is tapering safe")
    assert post(server, slack(slack_press("203", said.buttons[0][1]), pressed=True)).status_code == 200
    answer = platforms.wait("slack", "D203", 2)[1]
    assert "Source:" in answer.text
    assert "an automated program" not in answer.text


def test_slack_is_told_the_challenge_when_it_checks_the_address(server):
    body = {
        "token": "x",
        "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P",
        "type": "url_verification",
    }
    answer = post(server, slack(body))
    assert answer.json() == {"challenge": body["challenge"]}


def test_a_mention_in_a_channel_is_answered_in_a_thread(server, platforms):
    event = slack_event("204", "<@U0LAN0Z89> is tapering safe", type="app_mention", channel="C204", channel_type=None)
    post(server, slack(event))
    (said,) = platforms.wait("slack", "C204")
    assert said.body["thread_ts"] == event["event"]["ts"]
    assert "The two articles differ" in said.text


def test_what_the_assistant_said_itself_is_not_answered(server, platforms):
    post(server, slack(slack_event("205", "echo", bot_id="B1")))
    post(server, slack(slack_event("205", "changed", subtype="message_changed")))
    ask(server, platforms, "205", "hello")
    time.sleep(0.5)
    assert len(platforms.said["slack", "D205"]) == 1


def test_a_request_older_than_five_minutes_is_refused(server):
    assert post(server, slack(slack_event("206", "hello"), at=time.time() - 400)).status_code == 403


def test_a_time_that_is_none_is_refused(server):
    request = slack(slack_event("207", "hello"))
    headers = {**request.headers, "X-Slack-Request-Timestamp": "now"}
    assert requests.post(server.url + request.path, data=request.body, headers=headers, timeout=20).status_code == 403
