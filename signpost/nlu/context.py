"""Reads a short follow-up ("is it safe?", "how long?") with the subject of the answer before it."""

from __future__ import annotations

import re

from signpost.nlu.lexicon import Lexicon

LONGEST = 9  # words; a longer message says what it is about

_QUESTION = re.compile(
    r"(?:and |but |so )?(?:is|are|does|do|did|can|could|will|would|should|how|what|why|when|where|who|which|tell me)\b"
)
_ASKER = re.compile(r"\b(?:i|me|my|myself|we|us)\b")


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
        # Only questions, and none about the asker: in "i want to end it" the word stands for something else.
        if _QUESTION.match(text) and not _ASKER.search(text.removeprefix("tell me")):
            completed = self._pronoun.sub(subject, text, count=1)
            if completed != text:
                return completed
        if text.strip(" ?.!,") in self._questions:
            return f"{text.strip(' ?.!,')} {subject}?"
        return text
