"""One browser and one real assistant for all tests of this folder; a page of its own for each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from signpost.files import ROOT
from tests.browser.front import Front
from tests.system.server import Server, free_port
from tests.system.test_privacy import rasa_run

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]


# Of the package only: while it runs, no asynchronous test of another folder can.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    assert chromium, "The browser tests need Chromium. Run scripts/chromium.sh."
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def elsewhere() -> int:
    """A port of another origin, which the assistant permits."""
    return free_port()


@pytest.fixture(scope="package")
def server(elsewhere: int) -> Iterator[Server]:
    port = free_port()
    with Server(rasa_run(port, "--cors", f"http://127.0.0.1:{elsewhere}"), ROOT, port) as running:
        running.wait_for("Chat with the assistant", seconds=60)
        yield running


@pytest.fixture
def front(server: Server) -> Iterator[Front]:
    with Front(server.url) as running:
        yield running


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a window as a test wants it. What a script throws, and what breaks the page's policy, fails the test."""
    opened: list[BrowserContext] = []
    wrong: list[str] = []

    def new(**options: object) -> BrowserContext:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(15_000)
        context.on("weberror", lambda error: wrong.append(str(error.error)))
        context.add_init_script(
            "addEventListener('securitypolicyviolation', (event) => "
            "console.error('policy', event.violatedDirective, event.blockedURI))"
        )
        context.on("console", lambda said: wrong.append(said.text) if said.text.startswith("policy") else None)
        opened.append(context)
        return context

    yield new
    for context in opened:
        context.close()
    assert wrong == []


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context().new_page()


class Chat:
    """The widget on a page, as a person meets it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.element = page.locator("signpost-chat")
        self.launcher = self.find(".open")
        self.panel = self.find(".panel")
        self.log = page.get_by_role("log")
        self.text = page.get_by_label("Your question")
        self.replies = self.find(".reply")
        self.questions = self.find(".question")
        self.status = self.find(".status")
        self.alarm = self.find("[role=alert]")
        self.help = self.find(".help")

    def find(self, selector: str) -> Locator:
        return self.element.locator(selector)

    def button(self, name: str) -> Locator:
        return self.element.get_by_role("button", name=name, exact=True)

    def ask(self, question: str) -> None:
        """Types a question and sends it."""
        self.text.fill(question)
        self.text.press("Enter")

    def answered(self, question: str) -> Locator:
        """Asks, waits for the answer, and returns it."""
        before = self.replies.count()
        self.ask(question)
        answer = self.replies.nth(before)
        answer.wait_for()
        return answer

    def start(self, address: str) -> Chat:
        """Opens a page with the widget in it and waits for the greeting."""
        self.page.goto(address)
        self.find(".open:visible, .panel:visible").first.wait_for()
        if self.launcher.is_visible():
            self.launcher.click()
        self.replies.first.wait_for()
        return self


@pytest.fixture
def chat(page: Page) -> Chat:
    return Chat(page)
