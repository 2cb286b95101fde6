"""What the intent classifier makes of a message that may be an emergency: the gate's second witness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from rasa.shared.nlu.constants import INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY
from rasa.shared.nlu.training_data.message import Message

from signpost.nlu.classifier import CRISIS, OUT_OF_SCOPE, SOFT
from signpost.nlu.gate.gate import Finding
from signpost.nlu.gate.rules import Family

_ELSEWHERE = (OUT_OF_SCOPE, "chitchat")
CLASSIFIER = "classifier"  # the rule of what the classifier finds

# An overdose leaves the least time, so it is answered where it is a third as likely as another emergency. A high risk
# leaves the most, and "do it all and be done" may be more than that.
_WEIGHT: dict[Family, float] = {"overdose": 3, "high_risk": 0.1}


@dataclass(frozen=True)
class Opinion:
    """How likely each emergency is.

    families: the likelihood of each family's emergency.
    soft: the likelihood of each intent for what touches an emergency and is none.
    elsewhere: the likelihood that the message is about neither drugs nor health.
    weighed: False where there was nothing to weigh, because the message is too long or a button's.
    """

    families: dict[Family, float]
    soft: dict[str, float]
    elsewhere: float
    weighed: bool

    @classmethod
    def of(cls, message: Message) -> Opinion:
        """Reads the opinion off the ranking that the classifier left on a message."""
        ranking: list[dict[str, Any]] = message.get(INTENT_RANKING_KEY) or []
        likely = {entry[INTENT_NAME_KEY] or "": entry[PREDICTED_CONFIDENCE_KEY] for entry in ranking}
        families = {cast(Family, n.removeprefix(CRISIS)): p for n, p in likely.items() if n.startswith(CRISIS)}
        soft = {name: p for name, p in likely.items() if name.startswith(SOFT)}
        elsewhere = max(likely.get(name, 0.0) for name in _ELSEWHERE)
        return cls(families, soft, elsewhere, weighed=len(ranking) > 1)

    @property
    def emergency(self) -> float:
        """How likely any emergency is."""
        return sum(self.families.values())

    @property
    def touched(self) -> float:
        """How likely it is that the message has to do with an emergency at all."""
        return self.emergency + sum(self.soft.values())

    @property
    def likeliest(self) -> Family:
        """The family to answer, if any: an overdose before what is up to three times as likely, a high risk last."""
        return max(self.families, key=lambda each: self.families[each] * _WEIGHT.get(each, 1))

    def finding(self, crisis: dict[str, float], soft: float) -> Finding | None:
        """Returns what the classifier finds by itself.

        Args:
            crisis: how likely any emergency must be, by the likeliest family.
            soft: how likely an emergency or what touches one must be for a soft finding.
        """
        either = self.touched
        graver = bool(self.families) and self.emergency * 2 >= either
        if graver and self.emergency >= crisis[self.likeliest]:
            return Finding(self.likeliest, "crisis", CLASSIFIER)
        if either >= soft:
            of_suicide = self.families.get("suicide", 0.0) + self.soft.get(f"{SOFT}suicide", 0.0)
            return Finding("suicide" if of_suicide * 2 >= either else "medical", "soft", CLASSIFIER)
        return None
