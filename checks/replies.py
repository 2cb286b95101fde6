"""How long and how hard to read a reply is, and whether it can be filled."""

from __future__ import annotations

from collections.abc import Iterator

import textstat

from checks.content import FROM_CONVERSATION, PLACEHOLDER, Answer, Content, Problem, problem
from signpost.reply import Kind

LONGEST_REPLY = 77
LONGEST_CRISIS_REPLY = 60
LONGEST_SIGNPOST = 15
HIGHEST_GRADE = 8.0


def words(text: str) -> int:
    """Returns the number of words; a list's dash is none."""
    return sum(any(c.isalnum() for c in word) for word in text.split())


def length(content: Content) -> Iterator[Problem]:
    """Text, safety note and source line together fit on a phone."""
    for answer in content.answers:
        most = LONGEST_CRISIS_REPLY if answer.in_crisis else LONGEST_REPLY
        count, country = max((words(text), code) for code, text in _composed(content, answer))
        if count > most:
            yield problem(
                answer.path,
                (*answer.location, "text"),
                f"{answer.response} has {count} words before the signpost ({country}: text, safety note and source "
                f"line); at most {most} are read. Shorten the text.",
            )


def signposts(content: Content) -> Iterator[Problem]:
    """Every closing line is short in every country."""
    kinds: dict[Kind, list[str]] = content.composer.signposts.lines
    for kind, wordings in kinds.items():
        for index in range(len(wordings)):
            said = {code: content.composer.signpost(kind, code, index) for code in content.registry.countries}
            count, country = max((words(text), code) for code, text in said.items())
            if count > LONGEST_SIGNPOST:
                yield problem(
                    content.root / "data" / "signposts.yml",
                    ("lines", kind, index),
                    f"the closing line has {count} words in {country} ({said[country]!r}); at most {LONGEST_SIGNPOST} "
                    "are read. Shorten it, or give the helpline a `short` name.",
                )


def reading_grade(content: Content) -> Iterator[Problem]:
    """Every text can be read after eight years of school (Flesch-Kincaid)."""
    for answer in content.answers:
        if answer.response in content.rules.not_graded:
            continue
        texts = content.filled(answer.variation.text).values()
        grade = max(textstat.flesch_kincaid_grade(text) for text in texts)
        if grade > HIGHEST_GRADE:
            yield problem(
                answer.path,
                (*answer.location, "text"),
                f"{answer.response} reads at grade {grade:.1f}; the highest is {HIGHEST_GRADE:.1f}. "
                "Use shorter sentences and shorter words.",
            )


def placeholders(content: Content) -> Iterator[Problem]:
    """Every placeholder has something to be filled with, whatever was said before."""
    known = content.composer.placeholders(content.default_country)
    for answer in content.answers:
        place = (*answer.location, "text")
        for name in dict.fromkeys(PLACEHOLDER.findall(answer.variation.text)):
            if name not in known and name not in FROM_CONVERSATION:
                message = f"nothing fills {{{name}}}. Use one of {', '.join((*known, *FROM_CONVERSATION))}."
                yield problem(answer.path, place, message, found=f"{{{name}}}")
            if name in FROM_CONVERSATION and not answer.variation.metadata.otherwise:
                message = f"{{{name}}} may be empty. Name under `metadata: otherwise` the response to use then."
                yield problem(answer.path, place, message, found=f"{{{name}}}")


def crisis_first(content: Content) -> Iterator[Problem]:
    """A reply to an emergency is marked as one and names a number in its first line."""
    for answer in content.answers:
        if not answer.in_crisis:
            continue
        if not answer.variation.metadata.crisis:
            message = f"{answer.response} answers an emergency without saying so. Add `crisis: true`."
            yield problem(answer.path, (*answer.location, "metadata"), message)
        if not {"emergency", "crisis", "crisis_line"} & set(PLACEHOLDER.findall(answer.variation.text.split("\n")[0])):
            message = f"{answer.response} names no number at its start. Put {{emergency}} or {{crisis_line}} first."
            yield problem(answer.path, (*answer.location, "text"), message)


def _composed(content: Content, answer: Answer) -> Iterator[tuple[str, str]]:
    """Yields country and composed answer, for a person who asks for themselves and for one who asks for another."""
    known = answer.variation.metadata
    metadata = {"safety_note": known.safety_note, "sources": known.sources}
    for code, text in content.filled(answer.variation.text).items():
        for asking_for in ("self", "someone_else"):
            try:
                yield code, content.composer.answer(text, metadata, asking_for)
            except KeyError:  # an unknown id, which the check of the sources reports
                yield code, text


CHECKS = (length, signposts, reading_grade, placeholders, crisis_first)
