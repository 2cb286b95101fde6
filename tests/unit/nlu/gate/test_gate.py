"""nlu/gate/gate.py: which signs of an emergency a message has, on small files and on those that are shipped."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signpost.files import FileError
from signpost.nlu.gate.gate import REACH, Finding, Gate
from signpost.nlu.gate.loading import from_files
from signpost.nlu.gate.rules import CONTEXTS, GateFiles
from signpost.topic_file import read_topic_files

CUES = {
    "negated": ["not", "never", "no longer"],
    "not_negated": ["not know whether", "not stop"],
    "past": ["years ago", "used to"],
    "current": ["again", "right now"],
    "fiction": ["film|song"],
    "hypothetical": ["if|should"],
    "idioms": ["dying of ..1 laughter", "killing it"],
}
OVERDOSED = {
    "id": "overdosed",
    "patterns": ["@person ..2 overdosed", "overdosing"],
    "examples": ["he overdosed"],
}
BREATH = {
    "id": "not_breathing",
    "softened_by": [],
    "patterns": ["not ..1 breathing"],
    "examples": ["he is not breathing"],
}
DYING = {"id": "dying", "patterns": ["dying"], "examples": ["he is dying"]}


def files(families: dict[str, list[dict[str, Any]]], words: dict[str, dict[str, list[str]]] | None = None) -> GateFiles:
    """Small files of the gate; `words` are the classes of single families."""
    return GateFiles.model_validate(
        {
            "words": {
                "words": {"person": ["he", "she", "mum"]},
                "written_out": {"od": "overdosed"},
                "emoji": {"💀": "dying"},
            },
            "context": CUES,
            "families": [
                {"family": family, "words": (words or {}).get(family, {}), "rules": rules}
                for family, rules in families.items()
            ],
        }
    )


def made(families: dict[str, list[dict[str, Any]]], **words: dict[str, list[str]]) -> Gate:
    return Gate(files(families, words), {"hes": "he is"}, ["dyeing", "killing", "it", "is"])


@pytest.fixture(scope="module")
def gate() -> Gate:
    return made({"overdose": [OVERDOSED, BREATH], "medical": [DYING]})


def signs(gate: Gate, text: str) -> list[tuple[str, str]]:
    return [(sign.family, sign.level) for sign in gate.read(text).findings]


def context(gate: Gate, text: str) -> str | None:
    """The context of the only sign of a text; a softened sign is soft, any other a crisis."""
    (sign,) = gate.read(text).findings
    assert sign.level == ("soft" if sign.context else "crisis")
    return sign.context


@pytest.mark.parametrize(
    "text",
    [
        "he overdosed",
        "my mum just OVERDOSED!!",
        "help she has now overdosed",
        "she od",
        "hes overdosed",
        "she overdosd",
    ],
)
def test_a_sign_is_found_in_what_people_type(gate, text):
    assert gate.read(text).findings == [Finding("overdose", "crisis", "overdosed")]


@pytest.mark.parametrize("text", ["", " ", "???", "what is tapering", "overdosed he", "he is. overdosed", "帮助"])
def test_without_a_sign_nothing_is_found(gate, text):
    assert gate.read(text).findings == []


def test_an_emoji_is_a_sign_like_its_word(gate):
    assert signs(gate, "💀") == [("medical", "crisis")]


@pytest.mark.parametrize(
    "text", ["he has not overdosed", "he never overdosed", "not true he overdosed", "he no longer is overdosing"]
)
def test_a_negative_word_before_a_sign_or_in_its_gap_softens_it(gate, text):
    assert context(gate, text) == "negated"


def test_a_negative_word_reaches_five_words_forward(gate):
    assert context(gate, f"not {'x ' * REACH}overdosing") is None
    assert context(gate, f"not {'x ' * (REACH - 1)}overdosing") == "negated"


@pytest.mark.parametrize("text", ["he overdosed and not me", "she is not. he overdosed", "not! overdosing"])
def test_a_negative_word_behind_a_sign_or_in_another_sentence_softens_nothing(gate, text):
    assert context(gate, text) is None


@pytest.mark.parametrize("text", ["i do not know whether he overdosed", "can not stop overdosing"])
def test_a_negative_word_of_a_phrase_that_denies_nothing_softens_nothing(gate, text):
    assert context(gate, text) is None


def test_a_second_negative_word_outside_the_phrase_still_softens(gate):
    assert context(gate, "i do not know whether he never overdosed") == "negated"


def test_a_negative_word_that_is_part_of_the_sign_does_not_soften_it():
    gate = made({"overdose": [{**BREATH, "softened_by": list(CONTEXTS)}]})
    assert context(gate, "he is not breathing") is None
    assert context(gate, "never not breathing") == "negated"


@pytest.mark.parametrize("text", ["he overdosed years ago", "years ago he overdosed", "he used to be overdosing"])
def test_what_is_past_is_softened(gate, text):
    assert context(gate, text) == "past"


@pytest.mark.parametrize("text", ["years ago he overdosed and again", "he overdosed years ago and right now"])
def test_what_is_past_and_present_is_present(gate, text):
    assert context(gate, text) is None


def test_a_past_sentence_makes_no_other_sentence_past(gate):
    assert context(gate, "i quit years ago. he overdosed") is None


def test_a_present_sentence_makes_no_other_sentence_present(gate):
    assert context(gate, "he overdosed years ago. hello again") == "past"


@pytest.mark.parametrize("text", ["if he overdosed what then", "what should i do if he overdosed"])
def test_what_is_supposed_before_the_sign_is_softened(gate, text):
    assert context(gate, text) == "hypothetical"


@pytest.mark.parametrize("text", ["he overdosed what should i do", "tell me if. he overdosed"])
def test_what_is_supposed_behind_the_sign_or_elsewhere_softens_nothing(gate, text):
    assert context(gate, text) is None


@pytest.mark.parametrize("text", ["in the film he overdosed", "he overdosed in a song", "i saw a film. he overdosed"])
def test_what_is_told_is_softened_wherever_the_message_says_so(gate, text):
    assert context(gate, text) == "fiction"


@pytest.mark.parametrize(
    "text",
    [
        "if he is not breathing",
        "years ago he was not breathing",
        "in a film he was not breathing",
        "never not breathing",
    ],
)
def test_a_rule_that_nothing_softens_stays_a_crisis(gate, text):
    assert context(gate, text) is None


@pytest.mark.parametrize(
    ("softener", "text"),
    [
        ("negated", "he has not overdosed"),
        ("past", "he overdosed years ago"),
        ("fiction", "he overdosed in a film"),
        ("hypothetical", "if he overdosed"),
    ],
)
def test_a_rule_is_softened_by_the_contexts_it_names_alone(softener, text):
    only = made({"overdose": [{**OVERDOSED, "softened_by": [softener]}]})
    others = made({"overdose": [{**OVERDOSED, "softened_by": [each for each in CONTEXTS if each != softener]}]})
    assert context(only, text) == softener
    assert context(others, text) is None


def test_every_context_softens_a_rule_that_names_none():
    assert files({"overdose": [OVERDOSED]}).families[0].rules[0].softened_by == list(CONTEXTS)


def test_a_sign_that_is_softened_is_never_nothing_and_a_second_one_counts(gate):
    found = gate.read("she never overdosed. he overdosed").findings
    assert found == [Finding("overdose", "crisis", "overdosed"), Finding("overdose", "soft", "overdosed", "negated")]


@pytest.mark.parametrize("text", ["i am dying of laughter", "dying of pure laughter", "dying of laughter 🙂"])
def test_the_words_of_a_saying_are_no_sign(gate, text):
    assert gate.read(text).findings == []


@pytest.mark.parametrize(
    "text", ["he is dying", "dying of laughter but she is dying", "dying of too much bad laughter"]
)
def test_the_words_around_a_saying_are_read(gate, text):
    assert signs(gate, text) == [("medical", "crisis")]


def test_a_sign_does_not_reach_across_the_words_of_a_saying(gate):
    assert signs(gate, "he overdosed dying of laughter") == [("overdose", "crisis")]
    assert signs(gate, "she dying of laughter overdosed") == []


def test_two_sayings_are_both_masked(gate):
    assert signs(gate, "killing it and dying of laughter, killing it") == []


def at_level(rule: dict[str, Any], level: str) -> dict[str, Any]:
    return {**rule, "level": level}


def test_the_gravest_sign_comes_first():
    word = {"patterns": ["one"], "examples": ["one"]}
    families = {
        family: [{"id": f"{family}_{level}", "level": level, **word} for level in ("means", "soft", "crisis")]
        for family in ("high_risk", "danger", "suicide", "medical", "overdose")
    }
    order = ["overdose", "suicide", "medical", "danger", "high_risk"]
    assert signs(made(families), "one") == [
        (family, level) for level in ("crisis", "soft", "means") for family in order
    ]


def test_of_a_family_and_level_one_sign_is_given(gate):
    assert signs(gate, "he overdosed and she overdosed and is not breathing") == [("overdose", "crisis")]


@pytest.mark.parametrize(
    ("text", "context"), [("he is not dying", "negated"), ("he was dying years ago", "past"), ("he is dying", None)]
)
def test_a_soft_sign_and_means_keep_their_level_where_they_are_denied_or_past(text, context):
    gate = made({"suicide": [at_level(DYING, "soft")], "medical": [at_level({**DYING, "id": "tool"}, "means")]})
    assert gate.read(text).findings == [
        Finding("suicide", "soft", "dying", context),
        Finding("medical", "means", "tool", context),
    ]


@pytest.mark.parametrize(
    ("text", "context"),
    [("if he is dying", "hypothetical"), ("he is dying in a film", "fiction"), ("a song. he is dying", "fiction")],
)
def test_a_soft_sign_that_is_told_or_supposed_is_nothing_and_a_crisis_is_soft(text, context):
    assert made({"suicide": [at_level(DYING, "soft")]}).read(text).findings == []
    assert made({"suicide": [DYING]}).read(text).findings == [Finding("suicide", "soft", "dying", context)]
    assert made({"suicide": [at_level(DYING, "likely")]}).read(text).findings == [
        Finding("suicide", "soft", "dying", context)
    ]
    assert made({"suicide": [at_level(DYING, "means")]}).read(text).findings == [
        Finding("suicide", "means", "dying", context)
    ]


def test_a_soft_sign_that_its_rule_does_not_let_soften_counts_where_it_is_told_or_supposed():
    gate = made({"suicide": [{**at_level(DYING, "soft"), "softened_by": ["negated", "past"]}]})
    assert signs(gate, "if he is dying in a film") == [("suicide", "soft")]


def test_a_soft_sign_that_is_supposed_hides_no_other_one():
    gate = made({"suicide": [at_level(DYING, "soft"), OVERDOSED]})
    assert signs(gate, "if he is dying. she is dying") == [("suicide", "soft")]
    assert signs(gate, "if he is dying. she overdosed") == [("suicide", "crisis")]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("dying of pure laughter", True),
        ("a question. killing it", True),
        ("he is dying in a film", True),
        ("what a song", True),
        ("he is dying", False),
        ("if he is not dying years ago again", False),
        ("", False),
    ],
)
def test_a_text_with_a_saying_or_a_story_says_so(gate, text, is_one):
    assert gate.read(text).told_or_said == is_one


def test_a_class_of_one_family_is_its_own_and_goes_before_the_shared_one():
    gate = made({"overdose": [OVERDOSED], "medical": [{**OVERDOSED, "id": "pet"}]}, medical={"person": ["dog"]})
    assert signs(gate, "he overdosed") == [("overdose", "crisis")]
    assert signs(gate, "dog overdosed") == [("medical", "crisis")]


def test_a_misspelt_sign_is_repaired_and_a_right_word_is_not(gate):
    assert signs(gate, "he is dyying") == signs(gate, "he is diyng") == [("medical", "crisis")]
    assert signs(gate, "he is dyeing") == []


def test_the_words_of_the_files_go_before_text_speak():
    small = files({"overdose": [OVERDOSED]})
    assert signs(Gate(small, {"od": "nothing"}, []), "he od") == [("overdose", "crisis")]


def test_a_gate_without_rules_finds_nothing():
    assert made({}).read("he overdosed").findings == []


@pytest.mark.parametrize("bad", ["He", "@nobody overdosed", "he|", "he ..", "he?", ""])
def test_a_bad_pattern_is_an_error_that_names_file_and_rule(bad):
    with pytest.raises(FileError) as error:
        made({"medical": [DYING, {**DYING, "id": "broken_rule", "patterns": ["dying", bad]}]})
    assert str(error.value).startswith("data/safety/gate/medical.yml: broken_rule: ")
    assert str(error.value).endswith(" Mend the pattern.")


@pytest.mark.parametrize("kind", CUES)
def test_a_bad_pattern_of_a_context_is_an_error_that_names_file_and_kind(kind):
    small = files({"medical": [DYING]})
    bad = small.model_copy(update={"context": small.context.model_copy(update={kind: ["fine", "@nobody"]})})
    with pytest.raises(FileError, match=rf"data/safety/gate/context\.yml: {kind}: .*@nobody"):
        Gate(bad, {}, [])


@given(st.text(st.characters(), max_size=200))
@settings(deadline=None)
def test_any_text_can_be_read(text):
    assert isinstance(SMALL.read(text).findings, list)


@given(
    st.lists(
        st.sampled_from(
            ["he", "overdosed", "dying of laughter", "not", "breathing", "years ago", "again", "if", "film", ".", "x"]
        )
    )
)
@settings(deadline=None)
def test_what_is_found_is_in_order_and_each_family_and_level_once(words):
    found = SMALL.read(" ".join(words)).findings
    kinds = [(sign.family, sign.level) for sign in found]
    assert len(kinds) == len(set(kinds))
    assert [sign.level for sign in found] == sorted((sign.level for sign in found), key=["crisis", "soft"].index)
    assert all(sign.context is None for sign in found if sign.level == "crisis")


SMALL = made({"overdose": [OVERDOSED, BREATH], "medical": [DYING]})

SHIPPED = [
    pytest.param(file.family, rule.level or file.level, example, id=f"{file.family}-{rule.id}-{example}")
    for file in GateFiles.from_files().families
    for rule in file.rules
    for example in rule.examples
]
PAYLOADS = sorted(
    {
        button.payload
        for file in read_topic_files().values()
        for variations in file.responses.values()
        for variation in variations
        for button in variation.buttons
    }
)


@pytest.fixture(scope="module")
def shipped() -> Gate:
    return from_files()


@pytest.mark.parametrize(("family", "level", "example"), SHIPPED)
def test_every_example_of_the_shipped_files_is_found(shipped, family, level, example):
    assert (family, level) in signs(shipped, example)


def test_there_are_buttons():
    assert len(PAYLOADS) > 30


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_button_of_the_assistant_raises_a_crisis_but_the_one_it_asks_for(shipped, payload):
    raised = {family for family, level in signs(shipped, payload.replace("_", " ")) if level in ("crisis", "likely")}
    assert raised <= {payload.removeprefix("/crisis_")}
