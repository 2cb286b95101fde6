"""The widget on other people's pages: another origin, a static host, strict policies, their colours."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
from playwright.sync_api import BrowserContext, Page, expect

from signpost import helplines, widget_data
from signpost.channels.widget import modules
from signpost.files import ROOT
from tests.browser.conftest import Chat
from tests.browser.front import Front
from tests.system.server import Server


@pytest.fixture
def static_host(elsewhere: int, tmp_path: Path) -> Iterator[str]:
    """A plain web server of another origin that has the widget's files and a page."""
    (tmp_path / "files").symlink_to(ROOT / "widget")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", elsewhere), partial(Quiet, directory=str(tmp_path))) as host:
        threading.Thread(target=host.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{elsewhere}"
        host.shutdown()


def page_with(tmp_path: Path, script: str, attributes: str) -> None:
    (tmp_path / "page.html").write_text(
        f'<!doctype html><html lang="en"><title>x</title><script type="module" src="{script}"></script>'
        f"<signpost-chat {attributes}></signpost-chat></html>"
    )


def test_a_static_host_may_serve_the_widget_for_a_server_of_another_origin(
    page: Page, static_host: str, server: Server, tmp_path: Path
):
    page_with(tmp_path, "files/signpost-chat.js", f'server="{server.url}" country="GB"')
    chat = Chat(page).start(f"{static_host}/page.html")
    expect(chat.replies).to_contain_text("Help in the United Kingdom")
    expect(chat.answered("is tapering safe?")).to_contain_text("FRANK")


def test_the_server_is_the_one_the_script_came_from_unless_named(
    page: Page, static_host: str, server: Server, tmp_path: Path
):
    page_with(tmp_path, f"{server.url}/widget/signpost-chat.js", "")
    Chat(page).start(f"{static_host}/page.html").answered("is tapering safe?")


def test_an_origin_that_is_not_on_the_list_gets_the_numbers_and_no_answer(page: Page, front: Front, server: Server):
    front.policy = ""
    page.goto(front.embed(f'server="{server.url}" position="inline" country="GB"'))
    chat = Chat(page)
    expect(chat.status).to_contain_text("call 999")
    expect(chat.replies).to_have_count(0)


@pytest.fixture
def policies(page: Page) -> list[str]:
    reports: list[str] = []
    page.on("console", lambda said: reports.append(said.text) if "Content Security Policy" in said.text else None)
    return reports


def test_a_strict_policy_has_nothing_to_report(chat: Chat, front: Front, policies: list[str]):
    chat.start(front.embed('accent="#8b1a6b" feedback'))
    chat.answered("my friend took too much and wont wake up")
    chat.find(".more summary").click()
    chat.button("Save chat").click()
    chat.button("Start again").click()
    expect(chat.replies).to_have_count(1)
    assert policies == []


def test_the_pages_own_policy_has_nothing_to_report(page: Page, server: Server, policies: list[str]):
    answer = page.goto(f"{server.url}/chat")
    assert answer and "'unsafe-inline'" not in answer.headers["content-security-policy"]
    chat = Chat(page)
    chat.replies.first.wait_for()
    chat.answered("is tapering safe?")
    assert policies == []


CONTRAST = """(element) => {
  const luminance = (colour) => {
    const [red, green, blue] = colour.match(/[\\d.]+/g).slice(0, 3).map(Number)
      .map((value) => value / 255).map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const { color, backgroundColor } = getComputedStyle(element);
  const [high, low] = [luminance(color), luminance(backgroundColor)].sort((one, other) => other - one);
  return [backgroundColor, (high + 0.05) / (low + 0.05)];
}"""


@pytest.mark.parametrize(
    ("accent", "background"),
    [
        ("#ffee00", "rgb(255, 238, 0)"),
        ("#001133", "rgb(0, 17, 51)"),
        ("#777777", "rgb(119, 119, 119)"),
        ("#0077CC", "rgb(0, 119, 204)"),
        ("#000000", "rgb(0, 0, 0)"),
        ("#ff0000", "rgb(255, 0, 0)"),
    ],
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_any_colour_of_the_operators_can_be_read(
    new_context: Callable[..., BrowserContext], front: Front, accent: str, background: str, scheme: str
):
    page = new_context(color_scheme=scheme).new_page()
    page.goto(front.embed(f'accent="{accent}"'))
    shown, contrast = Chat(page).launcher.evaluate(CONTRAST)
    assert shown == background
    assert contrast >= 4.5


@pytest.mark.parametrize("accent", ["red;}*{display:none}", "#12345", "url(https://evil.example)", "#gggggg", "teal"])
def test_what_is_no_colour_is_passed_over_with_one_warning(chat: Chat, front: Front, page: Page, accent: str):
    warnings: list[str] = []
    page.on("console", lambda said: warnings.append(said.text) if said.type == "warning" else None)
    page.goto(front.embed(f'accent="{accent}"'))
    shown, contrast = chat.launcher.evaluate(CONTRAST)
    assert shown == "rgb(11, 92, 70)"
    assert contrast >= 4.5
    assert len([text for text in warnings if "accent=" in text]) == 1


def test_a_pages_own_styles_stay_out_and_its_custom_properties_come_in(chat: Chat, front: Front, page: Page):
    front.embed()
    style = "* { font-size: 6px; color: red; letter-spacing: 1em } signpost-chat { --surface: #fffbe6 }"
    front.page = front.page.replace("</head>", f"<style>html {{ font-size: 62.5% }} {style}</style></head>")
    front.policy = ""
    chat.start(f"{front.url}/page")
    shown = chat.replies.evaluate(
        "(reply) => { const { fontSize, color, letterSpacing } = getComputedStyle(reply); "
        "return [fontSize, color, letterSpacing] }"
    )
    assert shown == ["16px", "rgb(23, 33, 28)", "normal"]
    assert chat.panel.evaluate("(panel) => getComputedStyle(panel).backgroundColor") == "rgb(255, 251, 230)"


def test_an_element_that_is_moved_goes_on(chat: Chat, front: Front, page: Page):
    chat.start(front.embed('position="inline"'))
    chat.answered("is tapering safe?")
    page.evaluate("document.body.append(document.querySelector('signpost-chat'))")
    chat.answered("thanks")
    expect(chat.replies).to_have_count(3)
    assert [message["message"] for message in front.messages].count("/greet") == 1


def test_the_pages_read_well_without_a_script(new_context: Callable[..., BrowserContext], server: Server):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{server.url}/chat")
    expect(page.locator("signpost-chat")).to_contain_text("988 Suicide & Crisis Lifeline")
    expect(page.get_by_role("link", name="Call 911").first).to_have_attribute("href", "tel:911")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("link", name="Crisis protocol").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Crisis protocol")
    assert page.locator("a[href$='.md']").count() == 0


class TestFiles:
    """The widget's files over HTTP."""

    def test_a_module_may_be_loaded_by_any_page_and_kept_for_a_while(self, server: Server):
        answer = requests.get(
            f"{server.url}/widget/signpost-chat.js", headers={"Origin": "https://any.example"}, timeout=20
        )
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "max-age" in answer.headers["Cache-Control"]
        assert answer.text == (ROOT / "widget" / "signpost-chat.js").read_text(encoding="utf-8")

    def test_what_has_not_changed_is_not_sent_again(self, server: Server):
        address = f"{server.url}/widget/words.js"
        tag = requests.get(address, timeout=20).headers["ETag"]
        again = requests.get(address, headers={"If-None-Match": tag}, timeout=20)
        assert (again.status_code, again.content) == (304, b"")
        assert requests.get(address, headers={"If-None-Match": '"old"'}, timeout=20).status_code == 200

    def test_only_modules_are_served(self, server: Server):
        for name in ("types.d.ts", "nothing.js", "site", "..%2fsignpost.yml"):
            assert requests.get(f"{server.url}/widget/{name}", timeout=20).status_code == 404

    def test_the_server_sends_the_helplines_as_it_has_read_them(self, tmp_path: Path):
        (tmp_path / "helplines.js").write_text("an old one", encoding="utf-8")
        served = modules(tmp_path)["helplines.js"].content.decode()
        assert served == widget_data.render(helplines.load("US"))
