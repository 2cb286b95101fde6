"""Reads a short follow-up ("is it safe?", "how long?") with the subject of the answer before it."""

from __future__ import annotations

import re

from signpost.nlu.lexicon import Lexicon

LONGEST = 9  # words; a longer message says what it is about


class FollowUps:
    """Finds and completes follow-ups."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = lexicon.subjects
        self._subjects = words.subjects
        self._questions = set(words.questions)
        self._own = re.compile(rf"\b({'|'.join(map(re.escape, words.own))})")
        pronouns = sorted(words.pronouns, key=len, reverse=True)
        self._pronoun = re.compile(rf"\b({'|'.join(map(re.escape, pronouns))})\b")

    def resolve(self, text: str, last_intent: str) -> str:
        """Returns the text with the subject of the last answer in it, or as it is when it is no follow-up.

        Args:
            text: a normalized text.
            last_intent: the intent that was answered last.
        """
        beginnings = [beginning for beginning in self._subjects if last_intent.startswith(beginning)]
        if not beginnings or len(text.split()) > LONGEST or self._own.search(text):
            return text
        subject = self._subjects[max(beginnings, key=len)]
        if text.strip(" ?.!,") in self._questions:
            return f"{text.strip(' ?.!,')} {subject}?"
        return self._pronoun.sub(subject, text, count=1)
