"""Whether domain, questions, rules and responses fit together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from checks.content import Content, Location, Problem, problem
from signpost.files import shown

FEWEST_QUESTIONS = 25
RESTART = "action_restart"

Places = defaultdict[str, list[tuple[Path, Location]]]


def questions(content: Content) -> Iterator[Problem]:
    """Every intent of the domain has its questions, enough of them, in exactly one file."""
    asked: Places = defaultdict(list)
    for path, topic in content.topics.items():
        for index, block in enumerate(topic.nlu):
            asked[block.intent].append((path, ("nlu", index, "intent")))
            if len(block.texts) < FEWEST_QUESTIONS:
                message = f"{block.intent} has {len(block.texts)} questions. Write at least {FEWEST_QUESTIONS}."
                yield problem(path, ("nlu", index, "intent"), message)
    yield from _once(asked, "questions of {name} stand in {other} too. Keep them in one place.")
    yield from _in_domain(content, asked)
    technical = content.rules.without_questions
    for index, intent in enumerate(content.intents):
        if intent not in asked and intent not in technical:
            message = f"{intent} has no questions in any file under data/. Write them, or take it out of the domain."
            yield problem(content.root / "domain.yml", ("intents", index), message)


def rules(content: Content) -> Iterator[Problem]:
    """Every intent of the domain has exactly one rule, which leads to a response that is there."""
    ruled: Places = defaultdict(list)
    responses = {answer.response for answer in content.answers}
    for path, topic in content.topics.items():
        for index, rule in enumerate(topic.rules):
            for step_index, step in enumerate(rule.steps):
                place: Location = ("rules", index, "steps", step_index)
                if step.intent:
                    ruled[step.intent].append((path, (*place, "intent")))
                if not step.action:
                    continue
                response = "utter_restart" if step.action == RESTART else step.action
                if response not in responses:
                    message = f"no response {response}. Write it under `responses`, or mend the name."
                    yield problem(path, (*place, "action"), message)
    yield from _once(ruled, "{name} has another rule in {other}. Keep one.")
    yield from _in_domain(content, ruled)
    for index, intent in enumerate(content.intents):
        if intent not in ruled:
            message = f"{intent} has no rule in any file under data/. Write one that leads to utter_{intent}."
            yield problem(content.root / "domain.yml", ("intents", index), message)


def responses(content: Content) -> Iterator[Problem]:
    """Every response is written once and can be reached."""
    used = set(content.rules.used_by_the_program)
    used |= {
        step.action for topic in content.topics.values() for rule in topic.rules for step in rule.steps if step.action
    }
    used |= {answer.variation.metadata.otherwise or "" for answer in content.answers}
    written: Places = defaultdict(list)
    for path, topic in content.topics.items():
        for name in topic.responses:
            written[name].append((path, ("responses", name)))
            if name not in used:
                message = f"nothing leads to {name}. Name it in a rule or an `otherwise`, or take it out."
                yield problem(path, ("responses", name), message)
    yield from _once(written, "{name} is written in {other} too. Keep one.")
    for answer in content.answers:
        otherwise = answer.variation.metadata.otherwise
        if otherwise and otherwise not in written:
            message = f"no response {otherwise}. Write it under `responses`, or mend the name."
            yield problem(answer.path, (*answer.location, "metadata", "otherwise"), message)


def domain(content: Content) -> Iterator[Problem]:
    """No intent stands in the domain twice."""
    for index, intent in enumerate(content.intents):
        if intent in content.intents[:index]:
            yield problem(content.root / "domain.yml", ("intents", index), f"{intent} stands here twice. Take one out.")


def _in_domain(content: Content, places: Places) -> Iterator[Problem]:
    for intent, found in places.items():
        if intent not in content.intents:
            path, location = found[0]
            yield problem(path, location, f"{intent} is not in domain.yml. Add it to `intents`, or mend the name.")


def _once(places: Places, message: str) -> Iterator[Problem]:
    for name, found in places.items():
        for path, location in found[1:]:
            yield problem(path, location, message.format(name=name, other=shown(found[0][0])))


CHECKS = (domain, questions, rules, responses)
