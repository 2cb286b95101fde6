"""What the assistant did with each message, and the figures over them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from rasa.shared.core.domain import Domain
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY

from evaluation.messages import Message
from signpost.nlu.classifier import FALLBACK, OUT_OF_SCOPE, topic_of
from signpost.suggestions import suggest, titles

BINS = 10


@dataclass(frozen=True)
class Outcome:
    """What came of one message.

    said: the topic answered, `nlu_fallback` (suggestions) or `out_of_scope`. likeliest: the likeliest topics with
    their probabilities, the best first. suggested: the topics that the reply offers as buttons.
    """

    message: Message
    said: str
    likeliest: list[tuple[str, float]]
    suggested: list[str]

    @property
    def top_right(self) -> bool:
        return self.likeliest[0][0] in self.message.right

    @property
    def answered_right(self) -> bool:
        return self.said in self.message.right

    @property
    def reached(self) -> bool:
        """The right topic was answered or is among the suggestions."""
        return self.answered_right or any(topic in self.message.right for topic in self.suggested)

    @property
    def wrong_answer(self) -> bool:
        """A topic was answered with confidence, and it was not a right one."""
        return not self.answered_right and self.said not in (FALLBACK, OUT_OF_SCOPE)


def outcome(message: Message, parsed: dict, domain: Domain) -> Outcome:
    """Reads what the NLU pipeline returned for a message."""
    intents = list(domain.intents)
    ranking = [entry for entry in parsed[INTENT_RANKING_KEY] if not entry.get("band")]
    likeliest = [(topic_of(entry[INTENT_NAME_KEY], intents), entry[PREDICTED_CONFIDENCE_KEY]) for entry in ranking]
    said = topic_of(parsed[INTENT][INTENT_NAME_KEY], intents)
    answered = None if said == FALLBACK else parsed[INTENT][INTENT_NAME_KEY]
    suggested = [topic_of(intent, intents) for intent in suggest(parsed, titles(domain.responses), answered)]
    return Outcome(message, said, likeliest, suggested)


def share(outcomes: Iterable[Outcome], holds: str) -> float:
    """Returns the share of outcomes of which a property holds, 0 to 1."""
    values = [getattr(each, holds) for each in outcomes]
    return sum(values) / len(values)


def calibration_error(outcomes: list[Outcome]) -> float:
    """Returns the expected calibration error of the likeliest topic's probability, over ten bins of equal width."""
    probability = np.array([each.likeliest[0][1] for each in outcomes])
    right = np.array([each.top_right for each in outcomes], dtype=float)
    bins = np.minimum((probability * BINS).astype(int), BINS - 1)
    gaps = [abs(probability[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    return float(sum(gaps))
