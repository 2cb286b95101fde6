"""A conversation in the widget with the real assistant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Chat
from tests.browser.front import Front, reply


def test_the_first_thing_shown_is_the_greeting_with_three_ways_in_and_the_countrys_numbers(chat: Chat, front: Front):
    chat.start(front.embed('country="GB"'))
    expect(chat.replies).to_have_count(1)
    expect(chat.replies).to_contain_text("Hello. What would you like to know?")
    expect(chat.replies).to_contain_text("Help in the United Kingdom")
    expect(chat.find(".choice")).to_have_text(["Stopping heroin", "Worried about someone", "I need help now"])
    expect(chat.questions).to_have_count(0)
    assert [message["message"] for message in front.messages] == ["/greet"]


def test_a_whole_conversation_by_keyboard_alone(chat: Chat, front: Front, page: Page):
    page.goto(front.embed())
    page.get_by_role("link", name="a link").focus()
    page.keyboard.press("Tab")
    expect(chat.launcher).to_be_focused()
    page.keyboard.press("Enter")
    expect(chat.text).to_be_focused()
    chat.replies.first.wait_for()
    page.keyboard.type("is tapering safe?")
    page.keyboard.press("Enter")
    chat.replies.nth(1).wait_for()
    expect(chat.text).to_be_focused()
    # Back through the quick replies, which stand before the question's field.
    page.keyboard.press("Shift+Tab")
    expect(chat.find(".choice").last).to_be_focused()
    page.keyboard.press("Enter")
    chat.replies.nth(2).wait_for()
    expect(chat.log).to_be_focused()
    expect(chat.find(".choice:focus")).to_have_count(0)
    page.keyboard.press("Shift+Tab")
    expect(chat.help.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(chat.help.get_by_role("link", name="Call 911")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    expect(chat.button("Close")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(chat.button("Quick exit")).to_be_focused()
    page.keyboard.press("Escape")
    expect(chat.panel).to_be_hidden()
    expect(chat.launcher).to_be_focused()
    page.keyboard.press("Enter")
    expect(chat.replies).to_have_count(3)


def test_every_stop_of_the_keyboard_shows_where_it_is(chat: Chat, front: Front, page: Page):
    chat.start(front.embed())
    chat.answered("is tapering safe?")
    stops = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        stop, outline = page.evaluate(
            "() => { const at = document.activeElement.shadowRoot?.activeElement; "
            "return at ? [at.outerHTML.slice(0, 60), getComputedStyle(at).outlineStyle] : ['', ''] }"
        )
        if stop:
            stops.add(stop)
            assert outline == "solid", stop
    assert len(stops) > 10


def test_an_answer_has_its_source_on_demand_and_its_signpost_in_view(chat: Chat, front: Front):
    answer = chat.start(front.embed()).answered("is tapering safe?")
    expect(answer.locator(".signpost")).to_contain_text("1-800-662-4357")
    expect(answer.locator(".source p").first).to_be_hidden()
    answer.get_by_text("Where this comes from").click()
    expect(answer.locator(".source p").first).to_contain_text("Source: “How To Taper Off Heroin”")
    expect(answer.locator(".source")).to_contain_text("Addiction Resource. Reviewed: 2021-07-06")


def test_a_crisis_is_announced_at_once_and_once_and_has_large_buttons_first(chat: Chat, front: Front, page: Page):
    chat.start(front.embed())
    chat.alarm.evaluate(
        "(alarm) => { window.alarms = [];"
        " new MutationObserver(() => alarm.textContent && alarms.push(alarm.textContent))"
        ".observe(alarm, { childList: true, characterData: true, subtree: true }) }"
    )
    ordinary = chat.answered("is tapering safe?")
    assert page.evaluate("alarms") == []
    assert ordinary.get_attribute("aria-live") is None
    crisis = chat.answered("my friend took too much and wont wake up")
    expect(crisis).to_have_attribute("aria-live", "off")
    expect(crisis.locator(".first")).to_have_text("Call 911 now.")
    alarms = page.evaluate("alarms")
    assert len(alarms) == 1
    assert "Call 911 now." in alarms[0]
    assert "Help in" not in alarms[0]
    button = crisis.locator(".first + .actions a").first
    expect(button).to_have_text("Call 911")
    expect(button).to_have_attribute("href", "tel:911")
    box = button.bounding_box()
    assert box and box["height"] >= 44 and box["width"] >= 44
    expect(button).to_be_in_viewport()
    expect(crisis.locator(".signpost")).to_contain_text("Help in the United States")


def test_a_crisis_line_that_takes_calls_and_texts_has_a_button_for_each(chat: Chat, front: Front):
    crisis = chat.start(front.embed()).answered("i want to kill myself")
    links = crisis.locator(".actions a").evaluate_all(
        "(links) => links.map((a) => [a.textContent, a.getAttribute('href')])"
    )
    assert links == [["Call 911", "tel:911"], ["Call 988", "tel:988"], ["Text 988", "sms:988"]]


def test_numbers_and_sites_of_helplines_are_links_and_nothing_else_is(chat: Chat, front: Front):
    text = (
        "Call 911 or 1-800-662-4357, not 1911, 911234 or 555-0199. It lasts 988 days.\n"
        "- 988 Suicide & Crisis Lifeline: call or text 988 (24/7, free)\n"
        "- Crisis Text Line: text HOME to 741741 (24/7, free)\n"
        "See findtreatment.gov, findtreatment.gov.evil.example or https://evil.example."
    )
    front.answer = lambda *_: (200, reply({"text": text, "metadata": {"country": "US"}}))
    chat.start(front.embed())
    links = chat.replies.locator("a").evaluate_all(
        "(links) => links.map((a) => [a.textContent, a.getAttribute('href')])"
    )
    assert links == [
        ["911", "tel:911"],
        ["1-800-662-4357", "tel:18006624357"],
        ["988", "tel:988"],
        ["988", "tel:988"],
        ["call 988", "tel:988"],
        ["text 988", "sms:988"],
        ["741741", "sms:741741?&body=HOME"],
        ["findtreatment.gov", "https://findtreatment.gov/"],
    ]


def test_a_person_who_names_a_country_gets_its_numbers_in_the_help_too(chat: Chat, front: Front):
    chat.start(front.embed('country="US"'))
    chat.answered("i live in ireland")
    chat.help.locator("summary").click()
    expect(chat.help).to_contain_text("HSE Drugs and Alcohol Helpline")
    expect(chat.help.get_by_role("link", name="Call 112")).to_be_visible()
    assert all(message["metadata"] == {"country": "US"} for message in front.messages)


def test_what_came_as_markup_stays_text_in_both_directions(chat: Chat, front: Front, page: Page):
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script> javascript:alert(3) </signpost-chat>"
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    source = {"article": hostile, "publisher": hostile, "section": hostile, "reviewed": hostile}
    answer = {
        "text": f"{hostile}\n- {hostile}\nSource: {hostile}\n{hostile}",
        "buttons": [{"title": hostile, "payload": "/greet"}, {"title": 5, "payload": {}}, None],
        "metadata": {"crisis": True, "country": hostile, "sources": [source], "response": hostile},
    }
    front.answer = lambda *_: (200, reply({"text": hostile}, answer, {"image": "x"}, {"text": {"a": 1}}))
    chat.start(front.embed("feedback"))
    chat.answered(hostile)
    assert front.said() == [hostile]
    expect(chat.questions).to_contain_text(hostile)
    expect(chat.replies.last.locator(".first")).to_have_text(hostile)
    expect(chat.find(".choice")).to_have_text([hostile])
    assert chat.find("img, script, iframe, a[href^='javascript:']").count() == 0
    assert dialogs == []


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"null", b"[]", b"<html>", b'[{"text": ""}]', b'[{"custom": {}}]', b'["text"]']
)
def test_a_reply_that_is_none_is_met_with_a_number(chat: Chat, front: Front, body: bytes, page: Page):
    front.answer = lambda *_: (200, body)
    page.goto(front.embed('country="GB" position="inline"'))
    expect(chat.status).to_contain_text("If this is an emergency, call 999.")
    expect(chat.status.get_by_role("link", name="999")).to_have_attribute("href", "tel:999")


def test_characters_are_counted_near_the_limit_and_too_long_a_message_is_not_sent(chat: Chat, front: Front):
    chat.start(front.embed())
    chat.text.fill("a" * 1700)
    expect(chat.find(".count")).to_be_empty()
    chat.text.fill("🙂" * 1990)
    expect(chat.find(".count")).to_have_text("10 characters left")
    expect(chat.find(".unseen[role=status]")).to_have_text("10 characters left")
    chat.text.fill("a" * 2003)
    chat.text.press("Enter")
    expect(chat.find(".count")).to_have_text("3 characters too many. Please shorten your question.")
    expect(chat.text).to_have_attribute("aria-invalid", "true")
    assert front.said() == []
    assert chat.text.input_value() == "a" * 2003
    chat.text.fill("a" * 2000)
    chat.text.press("Enter")
    chat.replies.nth(1).wait_for()
    assert front.said() == ["a" * 2000]


def test_the_limit_is_the_servers_where_it_is_another(chat: Chat, front: Front):
    chat.start(front.embed('maxlength="300"'))
    chat.text.fill("a" * 301)
    expect(chat.find(".count")).to_contain_text("1 characters too many")


def test_shift_and_enter_begin_a_new_line(chat: Chat, front: Front, page: Page):
    chat.start(front.embed())
    chat.text.focus()
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    assert chat.text.input_value() == "one\ntwo"
    assert front.said() == []


def test_starting_again_clears_the_chat_and_lets_the_server_forget(chat: Chat, front: Front, page: Page):
    chat.start(front.embed())
    chat.answered("i live in ireland")
    chat.find(".more summary").click()
    chat.button("Start again").click()
    expect(chat.questions).to_have_count(0)
    expect(chat.replies).to_have_count(1)
    expect(chat.replies).to_contain_text("Hello. What would you like to know?")
    greeted = [message["sender"] for message in front.messages if message["message"] == "/greet"]
    assert len(set(greeted)) == 2
    front.wait_for(lambda: "/forget_me" in [message["message"] for message in front.messages])
    forgotten = [message["sender"] for message in front.messages if message["message"] == "/forget_me"]
    assert forgotten == greeted[:1]


def test_the_chat_can_be_saved_and_copied_as_text(chat: Chat, front: Front, page: Page, tmp_path: Path):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=front.url)
    chat.start(front.embed())
    chat.answered("is tapering safe?")
    chat.find(".more summary").click()
    with page.expect_download() as download:
        chat.button("Save chat").click()
    download.value.save_as(tmp_path / "chat.txt")
    text = (tmp_path / "chat.txt").read_text(encoding="utf-8")
    assert download.value.suggested_filename == "chat.txt"
    assert re.search(r"You, \d\d:\d\d.*:\nis tapering safe\?", text)
    assert re.search(r"Assistant, \d\d:\d\d.*:\n", text)
    assert "1-800-662-4357" in text
    assert "/greet" not in text
    chat.button("Copy chat").click()
    expect(chat.status).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == text


def test_each_message_says_who_and_when_to_those_who_do_not_see_it(chat: Chat, front: Front):
    chat.start(front.embed())
    chat.answered("is tapering safe?")
    expect(chat.questions.locator(".unseen").first).to_have_text(re.compile(r"You, \d\d:\d\d.*: "))
    expect(chat.replies.last.locator(".unseen").first).to_have_text(re.compile(r"Assistant, \d\d:\d\d.*: "))
    stamp = chat.questions.locator("time").get_attribute("datetime")
    assert stamp and re.match(r"\d{4}-\d\d-\d\dT", stamp)


def test_thumbs_are_there_only_where_asked_for_and_post_without_a_reply(chat: Chat, front: Front):
    chat.start(front.embed())
    expect(chat.button("This helped")).to_have_count(0)
    front.answer = lambda message, ask: (
        200,
        reply({"text": "Thank you."}) if "/feedback" in message["message"] else ask(),
    )
    answer = chat.start(front.embed("feedback")).answered("is tapering safe?")
    count = chat.replies.count()
    answer.get_by_role("button", name="This helped").click()
    expect(answer.locator(".rating")).to_have_text("Thank you.")
    chat.answered("what is a taper")
    expect(chat.replies).to_have_count(count + 1)
    (posted,) = [message["message"] for message in front.messages if message["message"].startswith("/feedback")]
    assert re.fullmatch(r'/feedback{"value":"up","response":"utter_taper_\w+"}', posted)


def test_two_hundred_messages_are_as_easy_as_two(chat: Chat, front: Front, page: Page):
    front.answer = lambda message, _: (200, reply({"text": f"Answer to {message['message']}.\nCall 911."}))
    chat.start(front.embed())
    for number in range(100):
        chat.ask(f"question {number}")
    expect(chat.replies).to_have_count(101)
    assert front.said() == [f"question {number}" for number in range(100)]
    answers = [re.search(r"Answer to question (\d+)", text) for text in chat.replies.all_inner_texts()]
    assert [int(match[1]) for match in answers if match] == list(range(100))
    expect(chat.replies.last).to_be_in_viewport()
    page.reload()
    expect(chat.replies).to_have_count(101)
    expect(chat.replies.last).to_be_in_viewport()
