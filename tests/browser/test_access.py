"""Whether everybody can use the widget and the pages: assistive technology, keyboard, zoom, colours, motion."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Chat
from tests.browser.front import Front
from tests.system.server import Server

# Everything that WCAG 2.2 asks at levels A and AA as far as a program can tell, and the rules beyond it.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# What a window of 1,280 x 900 pixels has left at 400 % zoom.
ZOOMED = {"width": 320, "height": 225}
NARROW = {"width": 320, "height": 640}


def no_violation(page: Page) -> None:
    found = Axe().run(page, options=RULES).response["violations"]
    where = [(each["id"], [(node["target"], node["failureSummary"]) for node in each["nodes"]]) for each in found]
    assert where == []


def in_every_state(chat: Chat, front: Front, look: Callable[[], None]) -> None:
    """Leads the widget from state to state and looks at each."""
    chat.page.goto(front.embed('country="US" feedback'))
    expect(chat.launcher).to_be_visible()
    look()
    chat.start(front.embed('country="US" feedback'))
    look()
    answer = chat.answered("is tapering safe?")
    answer.locator(".source summary").click()
    chat.find(".more summary").click()
    look()
    chat.answered("my friend took too much and wont wake up")
    look()
    chat.help.locator("summary").click()
    chat.text.fill("a" * 2001)
    expect(chat.find(".count")).to_contain_text("too many")
    look()
    chat.help.locator("summary").click()
    chat.text.fill("")
    front.answer = lambda *_: None
    chat.ask("what is a taper?")
    expect(chat.status).to_contain_text("out of reach")
    look()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 900}, NARROW, ZOOMED])
def test_axe_finds_nothing_in_any_state(new_context: Callable[..., BrowserContext], front: Front, scheme, viewport):
    page = new_context(color_scheme=scheme, viewport=viewport).new_page()
    in_every_state(Chat(page), front, lambda: no_violation(page))


def test_axe_finds_nothing_in_forced_colours(new_context: Callable[..., BrowserContext], front: Front):
    page = new_context(forced_colors="active").new_page()
    in_every_state(Chat(page), front, lambda: no_violation(page))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["", "/crisis-protocol", "/accessibility", "/privacy"])
def test_axe_finds_nothing_on_the_pages(new_context: Callable[..., BrowserContext], server: Server, scheme, name):
    page = new_context(color_scheme=scheme).new_page()
    page.goto(f"{server.url}/chat{name}")
    if not name:
        Chat(page).replies.first.wait_for()
    no_violation(page)


@pytest.mark.parametrize("viewport", [NARROW, ZOOMED])
@pytest.mark.parametrize("position", ["floating", "inline"])
def test_small_and_enlarged_windows_scroll_one_way_and_everything_is_in_reach(
    new_context: Callable[..., BrowserContext], front: Front, viewport, position
):
    page = new_context(viewport=viewport).new_page()
    chat = Chat(page).start(front.embed(f'country="US" position="{position}"'))
    crisis = chat.answered("my friend took too much and wont wake up")
    expect(crisis.locator(".first")).to_be_in_viewport(ratio=0.9)
    chat.help.locator("summary").click()
    wide = page.evaluate(
        "() => [document.documentElement, ...document.querySelector('signpost-chat').shadowRoot.querySelectorAll('*')]"
        ".filter((each) => each.scrollWidth > each.clientWidth && each.clientWidth > 1 "
        "&& getComputedStyle(each).overflowX !== 'visible' && getComputedStyle(each).display !== 'inline')"
        ".map((each) => each.outerHTML.slice(0, 60))"
    )
    assert wide == []
    for control in (chat.button("Quick exit"), chat.text, chat.button("Send"), chat.find(".choice").last):
        control.scroll_into_view_if_needed()
        expect(control).to_be_in_viewport(ratio=0.9)
    expect(chat.button("Quick exit")).to_be_in_viewport(ratio=0.9)


@pytest.mark.parametrize("name", ["", "/crisis-protocol"])
def test_the_pages_scroll_one_way_at_320_pixels(new_context: Callable[..., BrowserContext], server: Server, name):
    page = new_context(viewport=ZOOMED).new_page()
    page.goto(f"{server.url}/chat{name}")
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("width", [320, 1280])
def test_every_target_has_44_pixels(new_context: Callable[..., BrowserContext], front: Front, width):
    page = new_context(viewport={"width": width, "height": 640}).new_page()
    small: set[str] = set()

    def look() -> None:
        small.update(
            page.evaluate(
                "() => [...document.querySelector('signpost-chat').shadowRoot.querySelectorAll("
                "'button, a, textarea, summary')].filter((each) => each.checkVisibility())"
                ".map((each) => [each, each.getBoundingClientRect()])"
                ".filter(([, box]) => box.height < 43.9 || box.width < 43.9)"
                ".map(([each, box]) => `${each.textContent} ${box.width} x ${box.height}`)"
            )
        )

    in_every_state(Chat(page), front, look)
    assert small == set()


def test_a_small_screen_shows_nothing_but_the_chat_and_keeps_the_focus_in_it(
    new_context: Callable[..., BrowserContext], front: Front
):
    page = new_context(viewport=NARROW).new_page()
    chat = Chat(page).start(front.embed())
    assert chat.panel.bounding_box() == {"x": 0, "y": 0, **NARROW}
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") in ("SIGNPOST-CHAT", "BODY")
    page.keyboard.press("Escape")
    expect(chat.launcher).to_be_focused()


def test_a_window_that_grows_small_while_the_chat_is_open_is_still_usable(chat: Chat, front: Front, page: Page):
    chat.start(front.embed())
    page.set_viewport_size(ZOOMED)
    expect(chat.panel).to_have_js_property("open", True)
    assert chat.panel.evaluate("(panel) => panel.matches(':modal')")
    expect(chat.text).to_be_focused()
    chat.answered("is tapering safe?")
    page.set_viewport_size({"width": 1280, "height": 900})
    assert not chat.panel.evaluate("(panel) => panel.matches(':modal')")


def test_help_stands_in_the_same_place_in_every_state(chat: Chat, front: Front):
    places = set()

    def look() -> None:
        if chat.panel.is_visible():
            header, help = chat.find("header").bounding_box(), chat.help.bounding_box()
            assert header and help
            places.add((round(help["x"] - header["x"]), round(help["y"] - header["y"] - header["height"])))

    in_every_state(chat, front, look)
    assert places == {(0, 0)}


def test_reduced_motion_moves_nothing(new_context: Callable[..., BrowserContext], front: Front):
    page = new_context(reduced_motion="reduce").new_page()
    moving: set[str] = set()

    def look() -> None:
        moving.update(
            page.evaluate(
                "() => document.querySelector('signpost-chat').shadowRoot.getAnimations()"
                ".filter((each) => each.effect.getComputedTiming().duration > 0).map((each) => each.animationName)"
            )
        )

    chat = Chat(page)
    in_every_state(chat, front, look)
    chat.find(".status").evaluate("(status) => { status.className = 'status busy' }")
    assert chat.status.evaluate("(status) => getComputedStyle(status, '::after').animationName") == "none"
    assert moving == set()


def test_the_widget_says_its_language_on_a_page_of_another(chat: Chat, front: Front, page: Page):
    front.embed()
    front.page = front.page.replace('<html lang="en">', '<html lang="fr">')
    chat.start(f"{front.url}/page")
    expect(chat.panel).to_have_attribute("lang", "en")
    expect(chat.log).to_have_attribute("lang", "en")


def test_the_reading_order_of_roles_is_the_one_described(chat: Chat, front: Front):
    chat.start(front.embed())
    expect(chat.panel).to_match_aria_snapshot(
        """
        - dialog "Ask a question":
          - heading "Ask a question" [level=2]
          - button "Quick exit"
          - button "Close"
          - group: Call or text for help
          - log "Conversation":
            - group "Suggested questions":
              - button "Stopping heroin"
          - status
          - text: Your question
          - textbox "Your question"
          - button "Send"
        """
    )
