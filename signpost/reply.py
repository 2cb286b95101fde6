"""Puts a reply together: answer, safety note, source line, signpost. Pure functions over the data files."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field, HttpUrl

from signpost.files import DATA, Strict, read
from signpost.helplines import Registry

Kind = Literal["clinician", "helpline", "family", "crisis"]


class Article(Strict):
    """One of the articles the answers come from."""

    title: str
    publisher: str
    reviewed: str
    author: str | None = None
    reviewer: str | None = None
    sections: dict[str, str]


class Note(Strict):
    """A safety note that no article has, with its own source."""

    text: str
    source: str
    url: HttpUrl
    checked: datetime.date


class Sources(Strict):
    """`data/sources.yml`."""

    articles: dict[str, Article]

    def find(self, source_id: str) -> tuple[Article, str]:
        """Returns article and section title of an id such as `A1#cold-turkey`; raises `KeyError` for an unknown one."""
        article_id, _, section = source_id.partition("#")
        article = self.articles[article_id]
        return article, article.sections[section]


class Notes(Strict):
    """`data/safety_notes.yml`."""

    label: str
    notes: dict[str, Note]


class Signposts(Strict):
    """`data/signposts.yml`."""

    lines: dict[Kind, list[str]] = Field(min_length=4)
    elsewhere: str
    trouble: str
    limited: str
    helplines_only: str
    short: str
    choice: str
    soft: dict[Literal["suicide", "emergency"], str] = Field(min_length=2)


def note_ids(safety_note: str | list[str] | None) -> list[str]:
    """Returns the ids of a response's safety notes, which may be written as one."""
    return [safety_note] if isinstance(safety_note, str) else safety_note or []


@dataclass(frozen=True)
class Composer:
    """The data files that replies are made of."""

    sources: Sources
    notes: Notes
    signposts: Signposts
    registry: Registry

    @classmethod
    def from_files(cls, registry: Registry) -> Composer:
        """Reads the data files.

        Raises:
            FileError: a file is missing or does not fit; the message gives file, line and mend.
        """
        return cls(
            sources=read(DATA / "sources.yml", Sources),
            notes=read(DATA / "safety_notes.yml", Notes),
            signposts=read(DATA / "signposts.yml", Signposts),
            registry=registry,
        )

    def answer(self, text: str, metadata: dict[str, Any], asking_for: str | None = None) -> str:
        """Returns what stands before the signpost: the text, its safety note and its sources, a line each.

        Args:
            text: the response's text, filled.
            metadata: the response's metadata (`sources`, `safety_note`).
            asking_for: `someone_else` chooses the wording of a note for a relative (`<id>_other`), where there is one.

        Raises:
            KeyError: an id is unknown.
        """
        lines = [text.strip()]
        if note := metadata.get("safety_note"):
            suffix = "_other" if asking_for == "someone_else" else ""
            notes = [self.notes.notes.get(f"{each}{suffix}", self.notes.notes[each]) for each in note_ids(note)]
            lines.append(" ".join([self.notes.label, *(each.text for each in notes)]))
        if ids := metadata.get("sources"):
            lines.append(self.source_line(ids))
        return "\n".join(lines)

    def source_line(self, ids: list[str]) -> str:
        """Returns "Source: <article>, <section>." for one or more source ids."""
        named = [self.sources.find(source_id) for source_id in ids]
        return f"Source: {'; '.join(f'“{article.title}”, {section}' for article, section in named)}."

    def source_details(self, ids: list[str]) -> str:
        """Returns one list line for each source id, with publisher, author or reviewer, and date."""
        lines = []
        for source_id in ids:
            article, section = self.sources.find(source_id)
            people = [
                f"by {article.author}" if article.author else "",
                f"reviewed by {article.reviewer}, {article.reviewed}",
            ]
            credit = ", ".join(part for part in people[: 2 if article.reviewer else 1] if part)
            lines.append(f"- “{article.title}”, section “{section}”, {article.publisher}, {credit}.")
        return "\n".join(lines)

    def cited(self, ids: list[str]) -> list[dict[str, str]]:
        """Returns article, publisher, section and date of review of each source id, for a channel to show."""
        found = [self.sources.find(source_id) for source_id in ids]
        return [
            {"article": article.title, "publisher": article.publisher, "section": section, "reviewed": article.reviewed}
            for article, section in found
        ]

    def signpost(self, kind: Kind | Literal["full"], country: str, wording: int) -> str:
        """Returns the end of a reply.

        Args:
            kind: which need the closing line answers, or `full` for the whole block.
            country: a country code of the registry.
            wording: counts up from reply to reply, so that the wordings rotate.
        """
        if kind == "full":
            return f"{self.registry.block(country)}\n{self.signposts.elsewhere}"
        wordings = self.signposts.lines[kind]
        return wordings[wording % len(wordings)].format_map(self.placeholders(country))

    def soft(self, family: str, country: str) -> str:
        """Returns what goes before an answer where a message has a sign of distress that is no emergency."""
        kind: Literal["suicide", "emergency"] = "suicide" if family == "suicide" else "emergency"
        return self.signposts.soft[kind].format_map(self.placeholders(country))

    def placeholders(self, country: str) -> dict[str, str]:
        """Returns what a text may name of a country's lines."""
        brief = self.registry.brief
        return {
            "country": self.registry.countries[country].name,
            "emergency": self.registry.emergency(country),
            "crisis": brief(country, "crisis"),
            "crisis_line": brief(country, "crisis"),
            "support": brief(country, "support"),
            "helpline": brief(country, "support"),
            "family": brief(country, "family"),
            "alone_line": brief(country, "alone"),
        }

    def trouble(self, country: str) -> str:
        """Returns the fixed reply for when something inside fails."""
        return f"{self.signposts.trouble}\n{self.signpost('full', country, 0)}"

    def limited(self, country: str) -> str:
        """Returns the reply to a person who sends more messages than are read, the emergency number first."""
        text = self.signposts.limited.format_map(self.placeholders(country))
        return f"{text}\n{self.signpost('full', country, 0)}"

    def helplines_only(self, country: str) -> str:
        """Returns the reply to everything while the kill switch is on, the emergency number first."""
        text = self.signposts.helplines_only.format_map(self.placeholders(country))
        return f"{text}\n{self.signpost('full', country, 0)}"

    def short_block(self, country: str) -> str:
        """Returns the first lines of the full block alone, for where every character is paid for."""
        return f"{self.signposts.short.format_map(self.placeholders(country))}\n{self.signposts.elsewhere}"
