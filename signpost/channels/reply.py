"""One reply of the assistant, as the channels format it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from signpost.channels.outcome import CRISIS, SOURCES, Outcome, outcome_of
from signpost.conversation import ANSWER, RESPONSE, STATE
from signpost.reply import Composer

# Key that the generator puts into a reply's metadata: the country whose lines it names.
REPLY_COUNTRY = "country"

_RESTART = "utter_restart"


@dataclass(frozen=True)
class Reply:
    """A reply: its text, the disclosure and the answer with its signpost apart from each other by a blank line.

    message: what Rasa gave the channel, or an equal of it; `text`, perhaps `buttons`, and the generator's metadata.
    country: code of the country whose lines it names. outcome: what became of the person's message.
    """

    message: dict[str, Any]
    country: str
    outcome: Outcome = "talk"

    @property
    def text(self) -> str:
        return str(self.message["text"]).strip()

    @property
    def buttons(self) -> list[dict[str, str]]:
        return list(self.message.get("buttons") or self.message.get("quick_replies") or [])

    @property
    def crisis(self) -> bool:
        """Whether it answers an emergency, with the number first."""
        return bool(self.message.get(CRISIS))

    @property
    def answers(self) -> bool:
        """Whether it is an answer, and can do without its choices; a question cannot."""
        return ANSWER in self.message

    def plain(self) -> Reply:
        """Returns the reply without its buttons."""
        kept = {key: value for key, value in self.message.items() if key not in ("buttons", "quick_replies")}
        return Reply(kept, self.country, self.outcome)

    @property
    def forgets(self) -> bool:
        """Whether the person asked to be forgotten, and this says that they are."""
        return self.message.get(RESPONSE) == _RESTART


@dataclass(frozen=True)
class Replies:
    """Makes replies of what Rasa says, and those that are said when Rasa says nothing."""

    composer: Composer
    default: str

    def made(self, message: dict[str, Any], known_country: str | None) -> Reply | None:
        """Returns the reply for a message of Rasa's, none where there is nothing to read in it.

        What an action says past the generator has no signpost; it gets one here.
        """
        text = message.get("text")
        if not isinstance(text, str) or not text.strip():
            return None
        country = self.composer.registry.code(message.get(REPLY_COUNTRY) or known_country or self.default)
        if STATE not in message:
            text = f"{text.strip()}\n{self.composer.signpost('helpline', country, 0)}"
        return Reply({**message, "text": text}, country, outcome_of(message))

    def trouble(self, country: str | None) -> Reply:
        """Returns the fixed reply, for when something inside fails."""
        return self._fixed(self.composer.trouble, country, "failed")

    def limited(self, country: str | None) -> Reply:
        """Returns the reply to more messages than are read."""
        return self._fixed(self.composer.limited, country, "limited")

    def helplines_only(self, country: str | None) -> Reply:
        """Returns the reply to everything while the kill switch is on."""
        return self._fixed(self.composer.helplines_only, country, "helplines_only")

    def _fixed(self, text: Callable[[str], str], country: str | None, outcome: Outcome) -> Reply:
        code = self.composer.registry.code(country or self.default)
        return Reply({"text": text(code), REPLY_COUNTRY: code}, code, outcome)

    def numbered(self, reply: Reply) -> str:
        """Returns the choices of a reply for where there are no buttons, one a line; the number chooses."""
        return "\n".join(
            self.composer.signposts.choice.format(number=number, title=button["title"])
            for number, button in enumerate(reply.buttons, 1)
        )

    def shortened(self, reply: Reply) -> list[str]:
        """Returns the texts of a reply, the longest first: as it is, without its sources, with the first lines only."""
        text = reply.text
        shorter = [text]
        if ids := reply.message.get(SOURCES):
            shorter.append(text.replace(f"{self.composer.source_line(ids)}\n", ""))
        full = self.composer.signpost("full", reply.country, 0)
        if full in text:
            shorter.append(shorter[-1].replace(full, self.composer.short_block(reply.country)))
        return shorter
