"""Quick exit, tabs, and what stays in the browser."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Chat
from tests.browser.front import Front

STORED = "JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage), document.cookie])"
EMPTY = '[[],[],""]'


def neutral(page: Page) -> list[str]:
    """Lets the neutral site answer without leaving this machine; returns what was asked of it."""
    asked: list[str] = []

    def answer(route):
        asked.append(route.request.url)
        route.fulfill(body="<title>Neutral</title>", content_type="text/html")

    page.route("https://www.wikipedia.org/", answer)
    page.route("https://news.example/", answer)
    return asked


def test_quick_exit_leaves_nothing_behind_and_does_not_come_back(chat: Chat, front: Front, page: Page):
    asked = neutral(page)
    address = front.embed()
    page.goto(f"{front.url}/page?before")
    chat.start(address)
    chat.answered("is tapering safe?")
    assert page.evaluate(STORED) != EMPTY
    chat.button("Quick exit").click()
    page.wait_for_url("https://www.wikipedia.org/")
    assert asked == ["https://www.wikipedia.org/"]
    # The neutral site has taken the page's place in the history.
    page.go_back()
    assert page.url == f"{front.url}/page?before"
    assert page.evaluate(STORED) == EMPTY
    front.wait_for(lambda: front.messages[-1]["message"] == "/forget_me")


def test_quick_exit_says_what_it_does_before_and_while_it_does(chat: Chat, front: Front, page: Page):
    chat.start(front.embed('exit-url="/nowhere"'))
    expect(chat.button("Quick exit")).to_have_accessible_description(
        "Quick exit, or Shift 3 times, clears this chat, but not your browser's history."
    )
    expect(chat.find("#note")).to_be_visible()
    chat.button("Quick exit").click()
    expect(page.get_by_role("alert")).to_have_text("Leaving. This chat is cleared, but not your browser's history.")
    expect(page.locator("h1")).to_have_count(0)
    assert page.title() == "…"


def test_a_reply_on_its_way_is_not_stored_after_quick_exit(chat: Chat, front: Front, page: Page):
    chat.start(front.embed('exit-url="/nowhere"'))
    left = threading.Event()

    def wait(_, ask):
        left.wait(10)
        return 200, ask()

    front.answer = wait
    chat.ask("is tapering safe?")
    chat.button("Quick exit").click()
    expect(page.get_by_role("alert")).to_be_visible()
    with page.expect_response(lambda response: "tapering" in (response.request.post_data or "")):
        left.set()
    assert page.evaluate(STORED) == EMPTY


def test_shift_three_times_leaves_and_is_announced(chat: Chat, front: Front, page: Page):
    neutral(page)
    chat.start(front.embed('exit-url="https://news.example/"'))
    page.keyboard.press("Shift")
    expect(chat.find(".unseen[role=status]")).to_have_text("Shift: 2 more to leave.")
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    page.wait_for_url("https://news.example/")


def test_capital_letters_do_not_leave(chat: Chat, front: Front, page: Page):
    asked = neutral(page)
    chat.start(front.embed())
    chat.text.focus()
    for letter in "ABCD":
        page.keyboard.press(f"Shift+{letter}")
    assert chat.text.input_value() == "ABCD"
    assert asked == []


def test_shift_does_nothing_while_the_chat_is_closed(chat: Chat, front: Front, page: Page):
    asked = neutral(page)
    chat.start(front.embed())
    page.keyboard.press("Escape")
    for _ in range(3):
        page.keyboard.press("Shift")
    expect(chat.launcher).to_be_visible()
    assert asked == []


def test_quick_exit_leads_out_of_a_frame_too(front: Front, page: Page):
    neutral(page)
    address = front.embed('position="inline"')
    front.policy = ""
    page.goto(f"{front.url}/page?outside")
    page.evaluate("(address) => { document.body.innerHTML = `<iframe src='${address}?inside'></iframe>` }", address)
    page.frame_locator("iframe").get_by_role("button", name="Quick exit").click()
    page.wait_for_url("https://www.wikipedia.org/")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://", "data:text/html,x"])
def test_an_exit_that_is_no_site_leads_to_the_usual_one(chat: Chat, front: Front, page: Page, address: str):
    neutral(page)
    chat.start(front.embed(f'exit-url="{address}"'))
    chat.button("Quick exit").click()
    page.wait_for_url("https://www.wikipedia.org/")


def test_two_tabs_are_two_conversations(front: Front, new_context: Callable[..., BrowserContext]):
    context = new_context()
    address = front.embed()
    first, second = Chat(context.new_page()).start(address), Chat(context.new_page()).start(address)
    first.answered("i live in ireland")
    expect(second.questions).to_have_count(0)
    assert len({message["sender"] for message in front.messages}) == 2


def test_a_duplicated_tab_begins_a_conversation_of_its_own(front: Front, new_context: Callable[..., BrowserContext]):
    context = new_context()
    address = front.embed()
    first = Chat(context.new_page()).start(address)
    first.answered("is tapering safe?")
    # A window that a page opens by itself gets a copy of its session storage, as a duplicated tab does.
    with context.expect_page() as opened:
        first.page.evaluate("(address) => { window.open(address) }", address)
    second = Chat(opened.value)
    expect(second.replies).to_have_count(1)
    expect(second.questions).to_have_count(0)
    second.answered("what is a taper?")
    senders = {
        message["sender"]
        for message in front.messages
        if message["message"] in ("is tapering safe?", "what is a taper?")
    }
    assert len(senders) == 2
    expect(first.questions).to_have_count(1)


def test_a_page_that_is_loaded_again_goes_on_and_is_open_as_before(chat: Chat, front: Front, page: Page):
    chat.start(front.embed())
    chat.answered("is tapering safe?")
    page.reload()
    expect(chat.replies).to_have_count(2)
    expect(chat.questions).to_contain_text("is tapering safe?")
    expect(chat.panel).to_be_visible()
    # The page has the focus, not a chat that nobody has just opened.
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    chat.answered("thanks")
    assert len({message["sender"] for message in front.messages}) == 1
    assert [message["message"] for message in front.messages].count("/greet") == 1


def test_storage_that_is_refused_or_spoiled_is_no_obstacle(front: Front, new_context: Callable[..., BrowserContext]):
    refused = new_context()
    refused.add_init_script("Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('refused') } })")
    Chat(refused.new_page()).start(front.embed()).answered("is tapering safe?")
    spoiled = new_context()
    spoiled.add_init_script(
        "if (location.href !== 'about:blank') "
        'sessionStorage[\'signpost-chat\'] = \'{"entries": [null], "sender": "a"}\''
    )
    Chat(spoiled.new_page()).start(front.embed()).answered("is tapering safe?")


def test_nothing_is_asked_of_any_other_server_and_no_cookie_is_set(front: Front, page: Page, chat: Chat):
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.goto(front.embed())
    expect(chat.launcher).to_be_visible()
    assert front.messages == []  # nothing is sent before the chat is opened
    chat.start(front.embed())
    chat.answered("is tapering safe?")
    assert {url.partition("/widget")[0].partition("/webhooks")[0] for url in asked} == {front.url, f"{front.url}/page"}
    assert page.context.cookies() == []
    stored = page.evaluate("[Object.keys(sessionStorage), Object.keys(localStorage)]")
    assert stored == [["signpost-chat"], []]
