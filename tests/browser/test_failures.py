"""What the widget does when the network, the server or the script fails."""

from __future__ import annotations

import threading

from playwright.sync_api import Page, expect

from signpost.files import ROOT
from tests.browser.conftest import Chat
from tests.browser.front import Front
from tests.system.server import Server, free_port
from tests.system.test_privacy import rasa_run

FALLBACK = '<p>In an emergency call <a href="tel:999">999</a>.</p>'


def test_what_stands_in_the_element_shows_when_the_script_cannot_load(front: Front, page: Page):
    page.goto(front.embed(fallback=FALLBACK, script="/widget/nothing.js"))
    expect(page.get_by_role("link", name="999")).to_be_visible()


def test_what_stands_in_the_element_shows_when_one_part_of_the_script_cannot_load(front: Front, page: Page):
    front.broken.add("/widget/words.js")
    page.goto(front.embed(fallback=FALLBACK))
    expect(page.get_by_role("link", name="999")).to_be_visible()


def test_the_widget_takes_the_place_of_what_stands_in_the_element(chat: Chat, front: Front):
    chat.start(front.embed('position="inline"', fallback=FALLBACK))
    expect(chat.page.locator("signpost-chat > p")).to_be_hidden()


def test_a_server_that_is_killed_and_started_again_gets_the_message_once(chat: Chat, front: Front):
    port = free_port()
    command = rasa_run(port)
    with Server(command, ROOT, port) as server:
        server.wait_for("Chat with the assistant", seconds=60)
        front.behind = server.url
        chat.start(front.embed('position="inline" country="GB"'))
        waiting = threading.Event()

        def kill(*_: object) -> None:
            front.answer = None
            server.__exit__()
            waiting.set()

        front.answer = kill  # in the middle of a message
        chat.ask("is tapering safe?")
        expect(chat.questions).to_have_attribute("data-state", "waiting")
        expect(chat.questions).to_contain_text("Not sent yet. Waiting for the connection.")
        expect(chat.status).to_contain_text("Your message is kept and will be sent. If this is an emergency, call 999.")
        expect(chat.help.get_by_role("link", name="Call 116 123")).to_be_visible()
        assert waiting.is_set()
        chat.ask("what is a taper?")
        expect(chat.questions.nth(1)).to_have_attribute("data-state", "waiting")
    with Server(command, ROOT, port) as server:
        server.wait_for("Chat with the assistant", seconds=60)
        chat.button("Try now").click()
        expect(chat.replies).to_have_count(3, timeout=40_000)
        expect(chat.questions.first).to_have_attribute("data-state", "sent")
        expect(chat.questions.nth(1)).to_have_attribute("data-state", "sent")
        expect(chat.status).to_be_empty()
        expect(chat.help.locator("ul")).to_be_hidden()
        tried = [(message["message"], message["message_id"]) for message in front.messages[1:]]
        assert [text for text, _ in dict.fromkeys(tried)] == ["is tapering safe?", "what is a taper?"]
        assert len(set(tried)) == 2
        chat.answered("thank you")
        assert front.said()[-1] == "thank you"


def test_a_lost_reply_is_asked_for_again_under_the_same_id(chat: Chat, front: Front):
    chat.start(front.embed())
    lost = []

    def lose(message, ask):
        lost.append(message)
        ask()
        front.answer = None

    front.answer = lose
    chat.answered("is tapering safe?")
    first, second = front.messages[1:]
    assert first == lost[0]
    assert first == second
    assert first["message_id"]
    expect(chat.replies).to_have_count(2)


def test_messages_keep_their_order_and_each_has_an_id_of_its_own(chat: Chat, front: Front):
    chat.start(front.embed())
    go_on = threading.Event()

    def wait(_, ask):
        go_on.wait(10)
        return 200, ask()

    front.answer = wait
    for number in range(4):
        chat.ask(f"question {number}")
    expect(chat.questions).to_have_count(4)
    expect(chat.questions.first).to_have_attribute("data-state", "sending")
    go_on.set()
    expect(chat.replies).to_have_count(5)
    assert front.said() == [f"question {number}" for number in range(4)]
    assert len({message["message_id"] for message in front.messages}) == 5


def test_offline_shows_the_countrys_helplines_at_once_and_sends_when_back(chat: Chat, front: Front, page: Page):
    chat.start(front.embed('country="IE"'))
    page.context.set_offline(True)
    chat.ask("is tapering safe?")
    expect(chat.status).to_contain_text("call 112")
    expect(chat.help.get_by_role("link", name="Call 1800 459 459")).to_be_visible()
    expect(chat.questions).to_have_attribute("data-state", "waiting")
    expect(chat.questions.locator(".state")).to_be_in_viewport()
    assert front.said() == []
    page.context.set_offline(False)  # the browser tells the page
    expect(chat.replies).to_have_count(2, timeout=5_000)
    assert front.said() == ["is tapering safe?"]
    expect(chat.status).to_be_empty()


def test_without_a_server_from_the_start_there_are_numbers_and_the_greeting_comes_later(
    chat: Chat, front: Front, page: Page
):
    front.answer = lambda *_: None
    page.goto(front.embed('position="inline" country="ZA"'))
    expect(chat.help.get_by_role("link", name="Call 10111")).to_be_visible()
    expect(chat.status).to_contain_text("10111")
    front.answer = None
    chat.button("Try now").click()
    expect(chat.replies).to_contain_text("Hello. What would you like to know?")


def test_an_unknown_country_means_the_numbers_that_work_anywhere(chat: Chat, front: Front, page: Page):
    warnings: list[str] = []
    page.on("console", lambda said: warnings.append(said.text) if said.type == "warning" else None)
    front.answer = lambda *_: None
    page.goto(front.embed('position="inline" country="Atlantis"'))
    expect(chat.help.get_by_role("link", name="112 on most mobile phones")).to_have_attribute("href", "tel:112")
    assert len([text for text in warnings if 'country="Atlantis"' in text]) == 1


def test_what_waits_is_sent_after_the_page_is_loaded_again(chat: Chat, front: Front, page: Page):
    chat.start(front.embed())
    front.answer = lambda *_: (503, b"")
    chat.ask("is tapering safe?")
    expect(chat.questions).to_have_attribute("data-state", "waiting")
    sender, message_id = front.messages[-1]["sender"], front.messages[-1]["message_id"]
    page.reload()
    expect(chat.questions).to_have_count(1)
    front.answer = None
    expect(chat.replies).to_have_count(2)
    expect(chat.questions).to_have_attribute("data-state", "sent")
    assert (front.messages[-1]["sender"], front.messages[-1]["message_id"]) == (sender, message_id)


def test_a_slow_reply_shows_a_number_and_still_comes(chat: Chat, front: Front, page: Page):
    chat.start(front.embed('country="AU"'))
    go_on = threading.Event()

    def wait(_, ask):
        go_on.wait(20)
        return 200, ask()

    front.answer = wait
    chat.ask("is tapering safe?")
    expect(chat.status).to_have_text("Answering")
    expect(chat.status).to_have_text("This is taking long. If this is an emergency, call 000.", timeout=8_000)
    expect(chat.status.get_by_role("link")).to_have_attribute("href", "tel:000")
    go_on.set()
    expect(chat.replies).to_have_count(2)
    expect(chat.status).to_be_empty()
    assert front.said() == ["is tapering safe?"]


def test_what_waits_is_not_sent_after_starting_again(chat: Chat, front: Front):
    chat.start(front.embed())
    front.answer = lambda *_: None
    chat.ask("is tapering safe?")
    expect(chat.questions).to_have_attribute("data-state", "waiting")
    tried = len(front.said())
    front.answer = None
    chat.find(".more summary").click()
    chat.button("Start again").click()
    expect(chat.replies).to_have_count(1)
    chat.answered("what is a taper?")
    chat.page.wait_for_timeout(2_500)  # longer than the pause before the next attempt
    assert front.said()[tried:] == ["what is a taper?"]


def test_an_address_of_a_server_that_is_none_shows_the_numbers(chat: Chat, front: Front, page: Page):
    page.goto(front.embed('server="http://[" position="inline" country="GB"'))
    expect(chat.status).to_contain_text("call 999")


def test_a_message_that_the_server_refuses_is_not_tried_again(chat: Chat, front: Front):
    chat.start(front.embed())
    front.answer = lambda *_: (400, b'{"error": "no"}')
    chat.ask("is tapering safe?")
    expect(chat.questions).to_have_attribute("data-state", "failed")
    expect(chat.status).to_contain_text("call 911")
    front.answer = None
    chat.answered("what is a taper?")
    assert front.said() == ["is tapering safe?", "what is a taper?"]
