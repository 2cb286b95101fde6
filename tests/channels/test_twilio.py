"""channels/twilio.py against a running server and a stand-in of api.twilio.com."""

from __future__ import annotations

import time
from base64 import b64encode

from bench.platforms import Platforms, Said
from bench.webhooks import NUMBER, SECRETS, twilio
from signpost.channels.sms import segments
from tests.channels.conftest import post
from tests.system.server import Server


def ask(server: Server, platforms: Platforms, person: str, text: str, many: int = 1) -> list[Said]:
    assert post(server, twilio(person, text)).status_code == 200
    return platforms.wait("twilio", person, many)


def test_the_webhook_is_answered_with_empty_twiml(server):
    answer = post(server, twilio("+15550101400", "hello"))
    assert answer.headers["Content-Type"].startswith("text/xml")
    assert answer.text.endswith("<Response/>")


def test_a_text_message_is_answered_from_the_number_it_went_to(server, platforms):
    said = ask(server, platforms, "+15550101401", "is tapering safe", 2)[0]
    account, token = SECRETS["TWILIO_ACCOUNT_SID"], SECRETS["TWILIO_AUTH_TOKEN"]
    assert said.path == f"/2010-04-01/Accounts/{account}/Messages.json"
    assert said.headers["Authorization"] == f"Basic {b64encode(f'{account}:{token}'.encode()).decode()}"
    assert said.body["From"] == NUMBER
    assert set(said.body) == {"From", "To", "Body"}


def test_in_text_messages_the_disclosure_comes_first_and_the_answer_keeps_its_signpost(server, platforms):
    disclosure, answer = ask(server, platforms, "+15550101402", "is tapering safe", 2)
    assert disclosure.text.startswith("I am an automated program")
    assert "911" in disclosure.text
    assert "The two articles differ" in answer.text
    assert "Emergency: 911. 988 Lifeline: call or text 988. SAMHSA helpline: 1-800-662-4357." in answer.text
    for said in (disclosure, answer):
        assert said.text.isascii()
        assert segments(said.text) <= 3


def test_an_emergency_is_one_text_message_of_at_most_three_segments(server, platforms):
    (said,) = ask(server, platforms, "+15550101403", "he is not breathing")
    assert "911" in said.text.split("\n")[0]
    assert "988" in said.text
    assert segments(said.text) <= 3
    time.sleep(0.3)
    assert len(platforms.said["twilio", "+15550101403"]) == 1


def test_on_whatsapp_the_answer_is_one_message_with_numbered_choices(server, platforms):
    (said,) = ask(server, platforms, "whatsapp:+15550101404", "is tapering safe")
    assert said.body["From"] == f"whatsapp:{NUMBER}"
    assert 0 < len(said.text) <= 1600
    assert said.text.endswith(
        "Reply 1 for What are the dangers?\nReply 2 for Who does it suit?\nReply 3 for What else is there?"
    )


def test_the_number_the_words_and_the_title_choose_what_was_numbered(server, platforms):
    answers = {}
    for place, typed in enumerate(("2", "the second", "who does it suit")):
        person = f"whatsapp:+1555010141{place}"
        ask(server, platforms, person, "is tapering safe")
        answers[typed] = ask(server, platforms, person, typed, 2)[1].text
    assert len(set(answers.values())) == 1
    assert "Source:" in answers["2"]
    assert "The two articles differ" not in answers["2"]


def test_a_number_chooses_among_suggestions_in_text_messages_too(server, platforms):
    person = "+15550101420"
    said = ask(server, platforms, person, "tell me about taper or rehab or withdrawal maybe", 2)[-1]
    if "Did you mean" in said.text:
        assert "Reply 1 for " in said.text
    many = len(platforms.said["twilio", person])
    assert len(ask(server, platforms, person, "1", many + 1)) == many + 1


def test_a_picture_without_words_gets_a_reply_with_a_number(server, platforms):
    post(
        server, twilio("+15550101405", "", NumMedia="1", MediaUrl0="https://api.twilio.com/x", MediaContentType0="a/b")
    )
    said = platforms.wait("twilio", "+15550101405", 2)
    assert "did not get any words" in said[1].text
    assert "911" in said[1].text


def test_after_stop_nothing_is_sent(server, platforms):
    assert post(server, twilio("+15550101406", "STOP", OptOutType="STOP")).status_code == 200
    time.sleep(0.5)
    assert platforms.said["twilio", "+15550101406"] == []
