"""Quick replies, titles of responses and the order of their variations."""

from __future__ import annotations

from collections.abc import Iterator

from checks.content import Content, Problem, problem

MOST_BUTTONS = 3
LONGEST_BUTTON = 24
LONGEST_TITLE = 45


def buttons(content: Content) -> Iterator[Problem]:
    """At most three quick replies, short, each leading somewhere else."""
    leads_to = _intents_by_response(content)
    for answer in content.answers:
        place = (*answer.location, "buttons")
        if len(answer.variation.buttons) > MOST_BUTTONS:
            message = (
                f"{len(answer.variation.buttons)} buttons; Messenger drops all above {MOST_BUTTONS}. Take some out."
            )
            yield problem(answer.path, place, message)
        for index, button in enumerate(answer.variation.buttons):
            if len(button.title) > LONGEST_BUTTON:
                count = len(button.title)
                message = f"{button.title!r} has {count} characters; at most {LONGEST_BUTTON} are shown. Shorten it."
                yield problem(answer.path, (*place, index, "title"), message)
            intent = button.payload.removeprefix("/").partition("{")[0]
            if intent not in content.intents:
                message = f"{button.payload} leads to no intent of domain.yml. Mend the name."
                yield problem(answer.path, (*place, index, "payload"), message)
            elif intent in leads_to.get(answer.response, set()):
                message = f"{button.payload} leads back to this answer. Choose another question."
                yield problem(answer.path, (*place, index, "payload"), message)


def titles(content: Content) -> Iterator[Problem]:
    """A title fits on a suggestion's button."""
    for answer in content.answers:
        title = answer.variation.metadata.title
        if not title.strip() or len(title) > LONGEST_TITLE:
            message = f"the title has {len(title.strip())} characters; write 1 to {LONGEST_TITLE}."
            yield problem(answer.path, (*answer.location, "metadata", "title"), message)


def variations(content: Content) -> Iterator[Problem]:
    """The last variation of a response is for everyone."""
    for path, topic in content.topics.items():
        for name, wordings in topic.responses.items():
            if not wordings or wordings[-1].condition or wordings[-1].channel:
                message = f"{name} has no wording for everyone. Put one without `condition` and `channel` last."
                yield problem(path, ("responses", name, max(len(wordings) - 1, 0)), message)


def _intents_by_response(content: Content) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for topic in content.topics.values():
        for rule in topic.rules:
            asked = {step.intent for step in rule.steps if step.intent}
            for step in rule.steps:
                if step.action:
                    found.setdefault(step.action, set()).update(asked)
    return found


CHECKS = (buttons, titles, variations)
