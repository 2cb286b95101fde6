"""The pages around the chat: a small site that shows what the assistant promises, and reads well without a script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from string import Template

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from signpost.files import ROOT, read_text
from signpost.helplines import Helpline, Registry
from signpost.reply import Article, Sources
from signpost.settings import Settings

TEMPLATES = ROOT / "widget" / "site"
# The documents that are pages too, by the last part of their address, with their title in the navigation.
DOCUMENTS = {"crisis-protocol": "Crisis protocol", "accessibility": "Accessibility", "privacy": "Privacy"}


def pages(registry: Registry, sources: Sources, settings: Settings) -> dict[str, str]:
    """Returns the HTML of every page by the last part of its address; the chat's own is empty.

    Args:
        registry: the helplines.
        sources: the articles that the answers come from.
        settings: whose helplines stand in the pages, and how long conversations are remembered.

    Raises:
        FileError: a template or a document cannot be read.
    """
    country = settings.default_country
    home = _filled(
        "home.html",
        minutes=str(settings.conversations.minutes),
        country=escape(country),
        within=escape(registry.countries[country].within),
        helplines="\n".join(f"<li>{_line(line)}</li>" for line in registry.shown(country)),
        fallback="\n".join(f"<li>{_line(line)}</li>" for line in _first(registry, country)),
        articles="\n".join(f"<li>{_article(article)}</li>" for article in sources.articles.values()),
    )
    bodies = {"": home, **{name: _document(name) for name in DOCUMENTS}}
    return {name: _page(name, body, registry, country) for name, body in bodies.items()}


def _page(name: str, body: str, registry: Registry, country: str) -> str:
    links = {"": "Ask", **DOCUMENTS}
    return _filled(
        "layout.html",
        title="Questions about stopping heroin" if not name else DOCUMENTS[name],
        emergency=" ".join(f"<span>{_line(line)}</span>" for line in _first(registry, country)[:2]),
        navigation="\n".join(
            f'<li><a href="/chat{f"/{to}" if to else ""}"{" aria-current=page" if to == name else ""}>{label}</a></li>'
            for to, label in links.items()
        ),
        script=_script() if not name else "",
        body=body,
    )


def _script() -> str:
    # Named ahead, the modules come all at once instead of one after another.
    modules = sorted(path.name for path in TEMPLATES.parent.glob("*.js"))
    ahead = "".join(f'<link rel="modulepreload" href="/widget/{module}">\n' for module in modules)
    return f'{ahead}<script type="module" src="/widget/signpost-chat.js"></script>'


def _filled(template: str, **values: str) -> str:
    return Template(read_text(TEMPLATES / template)).substitute(values)


def _first(registry: Registry, country: str) -> list[Helpline]:
    """Returns the lines for urgent needs, each once."""
    lines = [line for role in ("emergency", "crisis", "support") for line in registry.lines_for(country, role)]
    return list({line.id: line for line in lines}.values())


def _line(line: Helpline) -> str:
    """Returns a helpline's name and hours, with a link for each way to reach it."""
    hours = f' <span class="hours">{escape(line.hours)}</span>' if line.hours else ""
    ways = []
    if line.call:
        ways.append(_link(f"tel:{line.dial}", f"Call {line.call}"))
    if line.call_alternative:
        ways.append(_link(f"tel:{_digits(line.call_alternative)}", f"Call {line.call_alternative}"))
    if line.text:
        words = f"{line.text.body} to " if line.text.body else ""
        ways.append(_link(f"sms:{_digits(line.text.to)}", f"Text {words}{line.text.to}"))
    if line.web and not ways:
        ways.append(_link(line.web, line.number))
    return f'<b>{escape(line.name)}</b>{hours} <span class="ways">{" ".join(ways)}</span>'


def _link(address: str, label: str) -> str:
    return f'<a href="{escape(address)}" rel="noreferrer">{escape(label)}</a>'


def _digits(number: str) -> str:
    return re.sub(r"[^+\d]", "", number)


def _article(article: Article) -> str:
    author = f"By {escape(article.author)}; " if article.author else ""
    reviewer = f"Reviewed by {escape(article.reviewer)}, " if article.reviewer else ""
    said = f'{author}{reviewer}<span class="date">{escape(article.reviewed)}</span>.'
    return f"<cite>{escape(article.title)}</cite> {escape(article.publisher)}. {said}"


def _document(name: str) -> str:
    """Returns a document of docs/ as HTML."""
    markdown = MarkdownIt("commonmark").enable("table")
    markdown.add_render_rule("table_open", _table_open)
    markdown.add_render_rule("table_close", _table_close)
    tokens = markdown.parse(read_text(ROOT / "docs" / f"{name}.md"))
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if before.type == "th_open" and not token.content:
            # A column without a name has no header.
            before.tag = after.tag = "td"
    for token in tokens:
        token.children = _reachable(token.children) if token.children else token.children
    text = markdown.renderer.render(tokens, markdown.options, {})
    return f'<article class="document">{text}</article>'


def _table_open(renderer: RendererHTML, tokens: Sequence[Token], index: int, *_: object) -> str:
    # A wide table scrolls by itself, by keyboard too.
    number = sum(token.type == "table_open" for token in tokens[: index + 1])
    return f'<div class="table" role="region" aria-label="Table {number}" tabindex="0"><table>'


def _table_close(renderer: RendererHTML, tokens: Sequence[Token], index: int, *_: object) -> str:
    return "</table></div>"


def _reachable(tokens: list[Token]) -> list[Token]:
    """Leads links between documents to their pages, and takes away links to files that are not served."""
    kept = []
    dropping = False
    for token in tokens:
        if token.type == "link_open":
            name, _, _ = str(token.attrGet("href")).partition("#")
            served = name.removesuffix(".md") in DOCUMENTS
            dropping = not served and not name.startswith("https:")
            if served:
                token.attrSet("href", f"/chat/{name.removesuffix('.md')}")
        if not (dropping and token.type in ("link_open", "link_close")):
            kept.append(token)
        if token.type == "link_close":
            dropping = False
    return kept
