"""The pages around the chat."""

from __future__ import annotations

import re

import pytest

from signpost import site
from signpost.files import ROOT
from signpost.settings import Settings


@pytest.fixture
def pages(registry, composer):
    return site.pages(registry, composer.sources, Settings(default_country="IE", conversations={"minutes": 25}))


def test_every_document_is_a_page_with_one_heading_of_the_first_level(pages):
    assert set(pages) == {"", *site.DOCUMENTS}
    for html in pages.values():
        assert len(re.findall("<h1", html)) == 1
        assert "$" not in html


def test_the_operators_country_stands_on_every_page_first(pages):
    for html in pages.values():
        assert 'href="tel:112"' in html
        assert html.index('href="tel:112"') < html.index("<h1")
    assert 'country="IE"' in pages[""]
    assert 'href="tel:1800459459"' in pages[""]
    assert 'href="sms:50808"' in pages[""]
    assert "25 minutes after" in pages[""]


def test_the_articles_are_named_with_who_reviewed_them(pages):
    assert "Is it Hard to Quit Heroin?</cite> Addiction Resource. By Lee Weber; " in pages[""]
    assert 'Reviewed by Johnelle Smith, M.D., <span class="date">2021-07-06</span>.' in pages[""]


def test_links_between_documents_lead_to_their_pages_and_no_link_leads_nowhere(pages):
    addresses = {address for html in pages.values() for address in re.findall(r'href="([^"]+)"', html)}
    served = {"/chat", *(f"/chat/{name}" for name in site.DOCUMENTS), "/chat/site.css"}
    served |= {f"/widget/{path.name}" for path in (ROOT / "widget").glob("*.js")}
    assert {address for address in addresses if address.startswith("/")} == served
    assert all(re.match("/chat|/widget/|tel:|sms:|https://|#main|data:", address) for address in addresses), addresses


def test_only_the_page_with_the_chat_loads_the_script(pages):
    assert [name for name, html in pages.items() if "signpost-chat.js" in html] == [""]
