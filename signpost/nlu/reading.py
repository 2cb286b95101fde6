"""Reads one text: standard words for slang and shortened words, and entities."""

from __future__ import annotations

import re
from typing import Any

import spacy
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from signpost.nlu.lexicon import Lexicon
from signpost.nlu.spelling import Spelling
from signpost.nlu.text import clean, unstretch

# "u.s.", "w/o" and "w/" are one word each.
_WORD = re.compile(r"[^\W_](?:\.[^\W_])+\b\.?|w/o?(?!\w)|[^\W_]+(?:['/][^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
HEROIN = "heroin"
_DETERMINERS = {"my", "our", "a", "an", "his", "her", "their", "the", "me", "your", "this", "another", "ex"}
# "My sister told me to taper" is about the person who types.
_REPORTS = re.compile(r"\b(told|tells|says|said|thinks|wants|asked|asks|made|makes|begged|forced) (me|i)\b")
# Who takes leave of others, or thinks of them without oneself, is about oneself: "they would be better off without me".
_OF_ONESELF = re.compile(
    r"\b(?:without|miss|forgive|forget|remember|bury|mourn) me\b"
    r"|\btell (?:\w+ ){1,3}(?:that )?i(?:'?m| am)? (?:love|tried|sorry|use|used|using|on|stopping|quitting)\b"
    r"|\b(?:goodbye|bye|sorry) (?:to )?(?:my|our|mum|mom|mam|dad|everyone|everybody|all|guys)\b"
    r"|\bplease (?:look after|take care of) my\b"
    r"|\b(?:i|im|i'm|i am) (?:just |only |such |nothing but )*(?:a |the )?(?:burden|worthless|useless)\b"
)
_QUOTED = re.compile(r"\b(?:said|says|saying|texts?|texted|posted|wrote|writes|messaged|keeps|left)\b")
_PROFESSIONALS = re.compile(r"\b(doctor|dr|gp|nurse|therapist|counsell?or|pharmacist|psychiatrist|dealer)\b")
_FILLER = {
    "the",
    "please",
    "in",
    "now",
    "here",
    "numbers",
    "number",
    "helpline",
    "i",
    "am",
    "from",
    "actually",
    "it",
    "is",
}


class Reading:
    """What was read in one message: `doc` (spaCy), `normalized` (str) and `entities` (Rasa's dicts)."""

    def __init__(self, doc: Doc, normalized: str, entities: list[dict[str, Any]]) -> None:
        self.doc = doc
        self.normalized = normalized
        self.entities = entities


class TextReader:
    """Reads texts with a lexicon. Source of the lexicon: `data/lexicon/`, as carried by the model."""

    def __init__(self, lexicon: Lexicon, spelling: Spelling | None = None) -> None:
        self._lexicon = lexicon
        self.spelling = spelling
        self._nlp = spacy.blank("en")
        self._shortened = lexicon.text_speak.words
        self._names: list[str] = []
        # The first parts of all names that `normalized` has another word for.
        self._renamed: set[str] = set()
        self._matcher = PhraseMatcher(self._nlp.vocab, attr="LOWER")
        for name, substance in lexicon.substances.substances.items():
            self._add("substance", name, substance.sure)
            self._add("slang", name, substance.slang)
        for name, words in lexicon.medicines.medicines.items():
            self._add("medicine", name, words)
        for code, names in lexicon.countries.countries.items():
            self._add("country", code, names)
        relations = lexicon.people.relations
        self._add("relation", "someone_else", [*relations, *(f"{relation}s" for relation in relations)])
        self._add("someone_else", "someone_else", lexicon.people.someone_else)
        self._add("self", "self", lexicon.people.self_)
        self._context = re.compile(rf"\b({'|'.join(map(re.escape, lexicon.substances.context))})\b")
        after = sorted((self._expanded(phrase) for phrase in lexicon.countries.stated_after), key=len, reverse=True)
        before = "|".join(map(re.escape, lexicon.countries.stated_before))
        self._stated_before = re.compile(rf"^ ({before})\b")
        self._stated_after = re.compile(rf"\b({'|'.join(map(re.escape, after))}) (the )?$")

    def read(self, text: str) -> Reading:
        """Reads one text.

        Args:
            text: what the person typed.

        Returns:
            The reading. `normalized` is lower case with slang, shortened words and names of substances and medicines
            written as their standard words.
        """
        expanded = self._repaired(text)
        doc, spans = self._found(expanded)
        named = self._named(spans, expanded)
        entities = [_entity(kind, value, span.text, span.start_char, span.end_char) for span, kind, value in named]
        who = self._asking_for(expanded, spans)
        if who:
            entities.append(_entity("asking_for", who, expanded, 0, len(expanded)))
        return Reading(doc, _replaced(expanded, named), entities)

    def normalize(self, text: str) -> str:
        """Returns `read(text).normalized`, in half the time."""
        expanded = self._repaired(text)
        if self._renamed.isdisjoint(_PART.findall(expanded)):
            return expanded
        return _replaced(expanded, self._named(self._found(expanded)[1], expanded))

    def _repaired(self, text: str) -> str:
        expanded = self.expand(text)
        return self.spelling.repair(expanded) if self.spelling else expanded

    def _found(self, expanded: str) -> tuple[Doc, list[Span]]:
        doc = self._nlp.make_doc(expanded)
        return doc, [Span(doc, start, end, label=match) for match, start, end in self._matcher(doc)]

    def _named(self, spans: list[Span], expanded: str) -> list[tuple[Span, str, str]]:
        """Returns substances, medicines and countries: the span, the kind and the standard name."""
        named = []
        for span in filter_spans([s for s in spans if not s.label_.startswith(("relation", "someone_else", "self"))]):
            kind, _, value = span.label_.partition(":")
            if self._means(kind, span, expanded):
                named.append((span, "substance" if kind == "slang" else kind, value))
        return named

    def expand(self, text: str) -> str:
        """Returns the text cleaned, in lower case, with shortened words written out."""
        return self._expanded(unstretch(clean(text)))

    def names(self) -> list[str]:
        """Returns every name and phrase of the lexicon, written out."""
        return self._names

    def _add(self, kind: str, value: str, phrases: list[str]) -> None:
        if phrases:
            expanded = {self._expanded(phrase) for phrase in phrases}
            self._names += expanded
            if kind == "medicine" or value == HEROIN:
                self._renamed |= {_PART.findall(phrase)[0] for phrase in expanded}
            self._matcher.add(f"{kind}:{value}", [self._nlp.make_doc(phrase) for phrase in sorted(expanded)])

    def _expanded(self, text: str) -> str:
        return _WORD.sub(lambda match: self._shortened.get(match[0], match[0]), text.lower())

    def _means(self, kind: str, span: Span, text: str) -> bool:
        """Says whether a word that has other meanings too has the lexicon's meaning here."""
        if kind == "slang":
            around = f"{text[: span.start_char]} . {text[span.end_char :]}"
            return bool(self._context.search(around))
        if kind == "country":
            others = _WORD.findall(f"{text[: span.start_char]} {text[span.end_char :]}")
            return (
                set(others) <= _FILLER
                or bool(self._stated_after.search(text[: span.start_char]))
                or bool(self._stated_before.search(text[span.end_char :]))
            )
        return True

    def _asking_for(self, text: str, spans: list[Span]) -> str | None:
        kinds = {span.label_.partition(":")[0] for span in spans}
        if _OF_ONESELF.search(text) and not _QUOTED.search(text):
            return "self"
        # "My son", "my addicted son".
        relation = any(
            _DETERMINERS & {token.text for token in span.doc[max(0, span.start - 2) : span.start]}
            for span in spans
            if span.label_.startswith("relation")
        )
        pronoun = "someone_else" in kinds and not _PROFESSIONALS.search(text)
        if pronoun or (relation and not _REPORTS.search(text)):
            return "someone_else"
        return "self" if "self" in kinds else None


def _entity(kind: str, value: str, text: str, start: int, end: int) -> dict[str, Any]:
    return {"entity": kind, "value": value, "start": start, "end": end, "text": text, "extractor": "SpacyReader"}


def _replaced(text: str, named: list[tuple[Span, str, str]]) -> str:
    """Writes heroin and the medicines by their standard names; other substances keep the person's word."""
    parts, position = [], 0
    for span, kind, value in sorted(named, key=lambda item: item[0].start_char):
        if kind == "medicine" or (kind, value) == ("substance", HEROIN):
            parts += [text[position : span.start_char], value]
            position = span.end_char
    return "".join([*parts, text[position:]])
