"""Domain, questions, rules and responses fit together."""

from __future__ import annotations

from checks.intents import domain, questions, responses, rules

TOPIC, TALK = "data/topics/cold_turkey.yml", "data/talk/talk.yml"
QUESTIONS = "\n".join(f"    - another question {number}" for number in range(25))


def test_an_intent_without_questions_is_refused(project):
    project.append("domain.yml", "- goodbye\n")
    project.refused(questions, "domain.yml", "goodbye", "goodbye has no questions", "take it out of the domain")


def test_an_intent_of_the_program_needs_no_questions(project):
    project.append("domain.yml", "- nlu_fallback\n")
    assert project.found(questions) == []


def test_an_intent_with_24_questions_is_refused(project):
    project.replace(TOPIC, "    - stopping all at once, question fig\n", "")
    (problem,) = project.found(questions)
    assert (problem.path, problem.line) == (project.root / TOPIC, 4)
    assert problem.message == "cold_turkey has 24 questions. Write at least 25."


def test_questions_of_one_intent_in_two_files_are_refused(project):
    project.replace(TALK, "nlu:\n", f"nlu:\n- intent: cold_turkey\n  examples: |\n{QUESTIONS}\n")
    # Files of data/talk are read last, so that the topic's own questions count.
    project.refused(questions, TALK, "- intent: cold_turkey", "cold_turkey.yml too", "Keep them in one place.")


def test_questions_of_an_intent_that_is_not_in_the_domain_are_refused(project):
    project.replace(TALK, "nlu:\n", f"nlu:\n- intent: goodbye\n  examples: |\n{QUESTIONS}\n")
    project.refused(questions, TALK, "- intent: goodbye", "goodbye is not in domain.yml", "Add it to `intents`")


def test_an_intent_twice_in_the_domain_is_refused(project):
    project.append("domain.yml", "- greet\n")
    project.refused(domain, "domain.yml", "greet", "greet stands here twice", "Take one out.")


def test_an_intent_without_a_rule_is_refused(project):
    project.append("domain.yml", "- nlu_fallback\n")
    project.refused(rules, "domain.yml", "nlu_fallback", "nlu_fallback has no rule", "leads to utter_nlu_fallback")


def test_a_second_rule_for_an_intent_is_refused(project):
    rule = "- rule: greet again\n  steps:\n  - intent: greet\n  - action: utter_greet\n"
    project.replace(TALK, "- rule: forget_me", f"{rule}- rule: forget_me")
    (problem,) = project.found(rules)
    assert (problem.path, problem.line) == (project.root / TALK, project.line(TALK, "greet again") + 2)
    assert "greet has another rule" in problem.message and "Keep one." in problem.message


def test_a_rule_for_an_intent_that_is_not_in_the_domain_is_refused(project):
    rule = "- rule: goodbye\n  steps:\n  - intent: goodbye\n  - action: utter_greet\n"
    project.replace(TALK, "- rule: forget_me", f"{rule}- rule: forget_me")
    project.refused(rules, TALK, "  - intent: goodbye", "goodbye is not in domain.yml")


def test_a_rule_that_leads_to_no_response_is_refused(project):
    project.replace(TALK, "action: utter_greet", "action: utter_greeting")
    project.refused(rules, TALK, "action: utter_greeting", "no response utter_greeting", "mend the name")


def test_a_rule_that_starts_again_needs_the_response_for_it(project):
    project.replace(TALK, "utter_restart:", "utter_forget_me:")
    project.refused(rules, TALK, "action: action_restart", "no response utter_restart")


def test_a_response_that_nothing_leads_to_is_refused(project):
    project.replace(TALK, "      otherwise: utter_nothing_yet\n", "")
    project.refused(responses, TALK, "utter_nothing_yet:", "nothing leads to utter_nothing_yet", "or take it out")


def test_an_otherwise_that_is_not_there_is_refused(project):
    project.replace(TALK, "otherwise: utter_nothing_yet", "otherwise: utter_greeting")
    missing, unreached = sorted(project.found(responses), key=lambda problem: problem.line)
    assert missing.line == project.line(TALK, "otherwise: utter_greeting")
    assert "no response utter_greeting" in missing.message and "nothing leads to" in unreached.message


def test_a_response_in_two_files_is_refused(project):
    greet = (project.root / TALK).read_text(encoding="utf-8").partition("  utter_greet:")[2].partition("  utter_r")[0]
    project.append(TOPIC, f"  utter_greet:{greet}")
    project.refused(responses, TALK, "  utter_greet:", "is written in", "cold_turkey.yml too", "Keep one.")
