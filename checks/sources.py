"""Where answers come from: the articles' sections, and the safety notes."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from checks.content import Answer, Content, Problem, problem
from signpost.reply import note_ids


def sources(content: Content) -> Iterator[Problem]:
    """Every source is a section of an article, and every topic's answer names one or says that none answers."""
    known = [
        f"{id_}#{section}" for id_, article in content.composer.sources.articles.items() for section in article.sections
    ]
    for answer in content.answers:
        metadata = answer.variation.metadata
        place = (*answer.location, "metadata", "sources")
        for index, source in enumerate(metadata.sources):
            if source not in known:
                message = f"no source {source!r} in data/sources.yml. {_did_you_mean(source, known)}"
                yield problem(answer.path, (*place, index), message)
        if answer.path.parent.name == "topics" and not metadata.sources and not metadata.not_covered:
            message = f"{answer.response} names no source. Name the article's section, or add `not_covered: true`."
            yield problem(answer.path, place, message)


def notes(content: Content) -> Iterator[Problem]:
    """Every safety note exists, and answers that owe one carry it."""
    known = content.composer.notes.notes
    for answer in content.answers:
        carried = note_ids(answer.variation.metadata.safety_note)
        unknown = [note for note in carried if note not in known]
        for note in unknown:
            message = f"no safety note {note!r} in data/safety_notes.yml. {_did_you_mean(note, list(known))}"
            yield problem(answer.path, (*answer.location, "metadata", "safety_note"), message)
        owed = _owed(content, answer)
        if owed and not unknown and not set(owed) & set(carried):
            shown = " and ".join(carried) or "no safety note"
            message = f"{answer.response} carries {shown}. Set `safety_note: {' or '.join(owed)}`."
            yield problem(answer.path, (*answer.location, "metadata", "safety_note"), message)


def _owed(content: Content, answer: Answer) -> list[str]:
    intent = answer.response.removeprefix("utter_")
    rules = content.rules
    return rules.notes_by_intent.get(intent) or rules.notes_by_topic.get(answer.path.stem, [])


def _did_you_mean(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Use one of {', '.join(known)}."


CHECKS = (sources, notes)
