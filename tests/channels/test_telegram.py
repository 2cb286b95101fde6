"""channels/telegram.py against a running server and a stand-in of api.telegram.org."""

from __future__ import annotations

from aiogram.types import InlineKeyboardMarkup, Update

from bench.platforms import Platforms, Said
from bench.webhooks import SECRETS, telegram, telegram_press, telegram_update
from signpost.channels.telegram import _data
from tests.channels.conftest import post
from tests.system.server import Server


def ask(server: Server, platforms: Platforms, person: int, text: str, many: int = 1) -> list[Said]:
    assert post(server, telegram(telegram_update(person, text))).status_code == 200
    return platforms.wait("telegram", str(person), many)


def test_the_requests_of_these_tests_are_what_telegrams_own_library_reads():
    assert Update(**telegram_update(1, "hello")).message.text == "hello"
    assert Update(**telegram_press(1, "/greet")).callback_query.data == "/greet"


def test_an_answer_is_one_message_with_its_signpost_and_its_buttons_one_a_row(server, platforms):
    (said,) = ask(server, platforms, 101, "is tapering safe")
    assert said.path == f"/bot{SECRETS['TELEGRAM_BOT_TOKEN']}/sendMessage"
    assert said.body["chat_id"] == "101"
    assert "an automated program" in said.text
    assert "The two articles differ" in said.text
    assert "\n- 988 Suicide & Crisis Lifeline: call or text 988" in said.text
    assert "parse_mode" not in said.body
    assert 0 < len(said.text) <= 4096
    keyboard = InlineKeyboardMarkup(**said.body["reply_markup"]).inline_keyboard
    assert [len(row) for row in keyboard] == [1, 1, 1]
    assert all(1 <= len(row[0].callback_data.encode()) <= 64 for row in keyboard)


def test_a_pressed_button_is_answered_and_telegram_told_that_it_was_seen(server, platforms):
    (said,) = ask(server, platforms, 102, "is tapering safe")
    title, payload = said.buttons[0]
    assert title == "What are the dangers?"
    assert post(server, telegram(telegram_press(102, payload))).status_code == 200
    answer = platforms.wait("telegram", "102", 2)[1]
    assert "Source:" in answer.text
    assert "an automated program" not in answer.text
    assert any(path.endswith("/answerCallbackQuery") for path in platforms.others)


def test_the_words_that_open_a_chat_are_a_greeting(server, platforms):
    (said,) = ask(server, platforms, 103, "/start")
    assert "automated program" in said.text
    assert said.buttons


def test_an_edited_message_is_answered_too(server, platforms):
    update = telegram_update(104, "what is cold turkey")
    update["edited_message"] = {**update.pop("message"), "edit_date": 1}
    post(server, telegram(update))
    assert "Cold turkey" in platforms.wait("telegram", "104")[0].text


def test_a_voice_message_gets_a_reply_with_a_number(server, platforms):
    update = telegram_update(105, "")
    del update["message"]["text"]
    update["message"]["voice"] = {"duration": 3, "file_id": "x", "file_unique_id": "y"}
    post(server, telegram(update))
    assert "did not get any words" in platforms.wait("telegram", "105")[0].text


def test_two_people_in_a_group_have_a_conversation_each(server, platforms):
    group = {"id": -900, "title": "Support", "type": "supergroup"}
    for person in (106, 107):
        post(server, telegram(telegram_update(person, "is tapering safe", chat=group)))
        said = platforms.wait("telegram", "-900", person - 105)
    assert len([each for each in said if "an automated program" in each.text]) == 2


def test_what_is_no_message_is_acknowledged_and_not_answered(server, platforms):
    update = telegram_update(108, "x")
    joined = {"update_id": update["update_id"], "my_chat_member": {"chat": update["message"]["chat"]}}
    assert post(server, telegram(joined)).status_code == 200
    assert ask(server, platforms, 108, "hello")[0].text.startswith("I am an automated program")
    assert len(platforms.said["telegram", "108"]) == 1


def test_a_payload_that_is_too_long_for_a_button_gives_way_to_the_title():
    long = {"title": "Change the country", "payload": "/" + "a" * 64}
    assert _data(long) == "Change the country"
    assert len(_data({"title": "ü" * 60, "payload": "/" + "a" * 64}).encode()) <= 64
