"""nlu/gate/patterns.py: the language in which the signs of an emergency are written."""

from __future__ import annotations

import itertools
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signpost.nlu.gate.patterns import END, GAP, Compiler, Index, PatternError, matches

CLASSES = {
    "person": ["he", "she", "@kin", "step*"],
    "kin": ["brother", "@little"],
    "little": ["baby", "kid"],
    "not": ["not", "never"],
    "empty": [],
}


def found(written: str, text: str, classes: dict[str, list[str]] = CLASSES) -> list[tuple[int, ...]]:
    """The positions of each match of a pattern in words with spaces between them."""
    compiler = Compiler(classes, {})
    pattern = compiler.compile(written)
    tokens = text.split()
    return [match.positions for match in matches(pattern, compiler.mark(tokens), tokens)]


def fits(written: str, text: str) -> bool:
    return bool(found(written, text))


@pytest.mark.parametrize(
    ("written", "text", "positions"),
    [
        ("dying", "he is dying", [(2,)]),
        ("is dying", "he is dying", [(1, 2)]),
        ("he|she is", "she is", [(0, 1)]),
        ("he|she is", "they is", []),
        ("is dying", "is he dying", []),
        ("dying is", "is dying", []),
        ("5 bags", "took 5 bags", [(1, 2)]),
        ("dying", "dying or dying", [(0,), (2,)]),
        ("dying", "", []),
        ("dying", ".", []),
    ],
)
def test_words_match_words_in_order(written, text, positions):
    assert found(written, text) == positions


@pytest.mark.parametrize("word", ["breathe", "breathing", "breath", "breathless"])
def test_a_prefix_matches_every_word_that_begins_so(word):
    assert fits("breath*", word)


@pytest.mark.parametrize("word", ["breat", "abreath", "bread", "b", END])
def test_a_prefix_matches_no_other_word(word):
    assert not fits("breath*", word)


def test_a_word_without_a_star_matches_itself_only():
    assert not fits("breath", "breathing")


def test_a_prefix_may_stand_beside_words():
    assert all(fits("gasp*|wheezes", text) for text in ("gasping", "gasp", "wheezes"))
    assert not fits("gasp*|wheezes", "wheeze")


@pytest.mark.parametrize("word", ["he", "she", "brother", "baby", "kid", "stepdad"])
def test_a_class_matches_its_words_and_those_of_the_classes_it_names(word):
    assert fits("@person died", f"{word} died")


@pytest.mark.parametrize("word", ["person", "kin", "they", "ste"])
def test_a_class_matches_neither_its_name_nor_other_words(word):
    assert not fits("@person died", f"{word} died")


def test_classes_stand_beside_words_prefixes_and_classes():
    assert all(fits("@kin|friend|neighb*|@not", word) for word in ("kid", "friend", "neighbour", "never"))


def test_a_class_without_words_matches_nothing():
    assert not any(fits("@empty", word) for word in ("he", "empty", END))


def test_the_same_set_of_words_is_one_set_however_it_is_written():
    compiler = Compiler(CLASSES, {})
    assert (
        compiler.compile("not|never").needed == compiler.compile("@not").needed == compiler.compile("never|not").needed
    )


@pytest.mark.parametrize(
    ("text", "positions"),
    [
        ("help me now", [(0, 1, 2)]),
        ("help now", [(0, 1)]),
        ("help you now", []),
        ("help me me now", []),
    ],
)
def test_an_optional_word_may_be_missing(text, positions):
    assert found("help me? now", text) == positions


@pytest.mark.parametrize("text", ["help", "please help", "help now", "please help now"])
def test_optional_words_may_stand_first_and_last(text):
    assert fits("please? help now?", text)


def test_an_optional_word_is_taken_where_it_stands():
    assert found("please? help now?", "please help now")[0] == (0, 1, 2)


def test_several_optional_words_may_all_be_missing():
    assert found("a b? c? d? e", "a e") == [(0, 1)]
    assert found("a b? c? d? e", "a c e") == [(0, 1, 2)]


@pytest.mark.parametrize("between", range(GAP + 1))
def test_a_gap_is_up_to_three_words(between):
    assert found("he .. died", f"he {'x ' * between}died") == [(0, between + 1)]


def test_a_gap_is_not_four_words():
    assert not fits("he .. died", f"he {'x ' * (GAP + 1)}died")


@pytest.mark.parametrize("gap", [1, 2, 6, 12])
def test_a_gap_with_a_number_is_up_to_so_many_words(gap):
    written = f"he ..{gap} died"
    assert all(fits(written, f"he {'x ' * between}died") for between in range(gap + 1))
    assert not fits(written, f"he {'x ' * (gap + 1)}died")


def test_without_a_gap_no_word_may_lie_between():
    assert not fits("he died", "he x died")


def test_a_gap_goes_on_where_the_first_try_does_not_fit():
    assert found("he ..4 not breathing", "he is not not breathing") == [(0, 3, 4)]


def test_a_gap_counts_before_an_optional_word_and_goes_on_behind_it():
    assert found("he ..2 just? died", "he x y just died") == [(0, 3, 4)]
    assert found("he ..2 just? died", "he x y died") == [(0, 3)]
    assert found("he ..1 just? ..1 died", "he x y died") == [(0, 3)]
    assert not fits("he ..1 just? ..1 died", "he x y z died")


def test_a_gap_never_crosses_the_end_of_a_sentence():
    assert fits("he ..6 died", "he x x died")
    assert not fits("he ..6 died", f"he {END} died")
    assert not fits("he ..6 died", f"he x {END} x died")


def test_words_beside_each_other_do_not_match_across_the_end_of_a_sentence():
    assert not fits("he died", f"he {END} died")
    assert not fits("he so? died", f"he {END} so died")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("wake", True), ("wake him", True), ("wake up", False), (f"wake {END} up", True), ("wake early", False)],
)
def test_a_forbidden_word_must_not_come_next(text, is_one):
    assert fits("wake !up|early", text) == is_one


def test_a_forbidden_word_takes_up_no_place():
    assert found("wake !up him", "wake him") == [(0, 1)]
    assert not fits("wake !up up", "wake up")


def test_a_forbidden_word_may_stand_first_and_be_a_class_or_a_prefix():
    assert found("!@not breathing", "breathing") == [(0,)]
    assert not fits("is !exercis*|@kin", "is exercising")
    assert not fits("is !exercis*|@kin", "is baby")
    assert fits("is !exercis*|@kin", "is breathing")


def test_a_forbidden_word_that_another_word_comes_before_forbids_nothing():
    assert fits("wake !up", "wake him up")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("help", True), ("help me", True), ("i help", False), (f"i go {END} help", True), (f"{END} help", True)],
)
def test_a_caret_is_the_begin_of_a_sentence(text, is_one):
    assert fits("^ help", text) == is_one


def test_words_may_come_between_the_begin_and_the_first_word():
    assert fits("^ ..1 not", "is not")
    assert not fits("^ ..1 not", "he is not")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("help", True), ("i help", True), ("help me", False), (f"help {END} me", True), (f"help {END}", True)],
)
def test_a_dollar_is_the_end_of_a_sentence(text, is_one):
    assert fits("help $", text) == is_one


@pytest.mark.parametrize(("text", "is_one"), [("help", True), (f"so {END} help {END} now", True), ("help me", False)])
def test_caret_and_dollar_enclose_a_whole_sentence(text, is_one):
    assert fits("^ help $", text) == is_one


def test_an_optional_word_stands_before_the_end_of_a_sentence():
    assert fits("^ help me? $", "help me")
    assert fits("^ help me? $", "help")
    assert not fits("^ help me? $", "help you")


def test_a_match_says_where_it_starts_and_ends():
    compiler = Compiler({}, {})
    pattern = compiler.compile("he .. died")
    tokens = ["and", "he", "just", "died", "here"]
    (match,) = matches(pattern, compiler.mark(tokens), tokens)
    assert (match.start, match.end) == (1, 4)


def test_a_pattern_needs_its_words_but_neither_optional_nor_forbidden_ones():
    compiler = Compiler({}, {})
    number = {word: compiler.compile(word).needed for word in "abcd"}
    assert frozenset(compiler.compile("a b? !c .. d").needed) == frozenset(number["a"] + number["d"])


def test_the_compiler_knows_the_whole_words_of_its_patterns():
    compiler = Compiler(CLASSES, {})
    for written in ("@person died", "wheez*", "wake !up now?"):
        compiler.compile(written)
    assert compiler.words == {"he", "she", "brother", "baby", "kid", "died", "wake", "up", "now"}


def test_a_pattern_that_comes_later_sees_words_that_were_marked_before():
    compiler = Compiler({}, {})
    compiler.compile("he")
    assert compiler.mark(["died"]) == [frozenset()]
    pattern = compiler.compile("died")
    assert compiler.mark(["died"]) == [frozenset(pattern.needed)]


@pytest.mark.parametrize(
    "written",
    [
        "Help",
        "help!",
        "help,me",
        "a (b)",
        "café",
        "a-b",
        "help??",
        "!!not a",
        "!",
        "?",
        "a ..x b",
        "..-1 b",
        "... b",
        "a ^",
        "$ a",
    ],
)
def test_what_is_no_element_is_refused_with_the_element_and_the_pattern(written):
    with pytest.raises(PatternError, match=r"'.+' in '.+' is no element of a pattern") as error:
        Compiler(CLASSES, {}).compile(written)
    assert f"'{written}'" in str(error.value)


@pytest.mark.parametrize("written", ["^ ^ a", "a $ $"])
def test_begin_and_end_are_named_once(written):
    with pytest.raises(PatternError, match="is no element"):
        Compiler(CLASSES, {}).compile(written)


@pytest.mark.parametrize("written", ["a|", "|a", "a||b", "|", "*", "a|*", "b a|?", "@", "a|@"])
def test_an_empty_alternative_is_refused(written):
    with pytest.raises(PatternError, match=r"is no element of a pattern"):
        Compiler(CLASSES, {}).compile(written)


@pytest.mark.parametrize("written", ["@nobody", "a|@nobody", "@person*", "!@nobody a", "@nobody? a"])
def test_a_class_that_no_file_defines_is_refused(written):
    with pytest.raises(PatternError, match=r"names the class @.*, which no file defines"):
        Compiler(CLASSES, {}).compile(written)


def test_a_class_that_names_a_class_that_no_file_defines_is_refused():
    with pytest.raises(PatternError, match="'@one' names the class @two, which no file defines"):
        Compiler({"one": ["@two"]}, {}).compile("@one")


def test_an_empty_entry_of_a_class_matches_nothing():
    assert found("@one b", "x b a b", {"one": ["a", ""]}) == [(2, 3)]


@pytest.mark.parametrize(
    "classes",
    [
        {"one": ["@one"]},
        {"one": ["a", "@one"]},
        {"one": ["@two"], "two": ["@one"]},
        {"one": ["a", "@two"], "two": ["b", "@three"], "three": ["@two"]},
    ],
)
@pytest.mark.parametrize("written", ["@one", "a|@one b", "b !@one", "b @one?"])
def test_a_class_that_names_itself_is_refused(classes, written):
    with pytest.raises(PatternError, match=rf"the class @\w+ of '{re.escape(written)}' names itself"):
        Compiler(classes, {}).compile(f"{written}")


def test_a_class_that_is_named_twice_does_not_name_itself():
    classes = {"one": ["@three"], "two": ["@three", "@one"], "three": ["a"]}
    assert found("@one|@two @two|@three", "a a", classes) == [(0, 1)]


@pytest.mark.parametrize("written", ["", "  ", "^", "$", "^ $", "..", "a?", "!a", "a? !b", "a? b? c?"])
def test_a_pattern_without_a_word_that_must_be_there_is_refused(written):
    with pytest.raises(PatternError, match="must name a word that cannot be missing"):
        Compiler(CLASSES, {}).compile(written)


@pytest.mark.parametrize("written", ["a ..", "a ..6", "a .. $"])
def test_a_pattern_that_ends_with_a_gap_is_refused(written):
    with pytest.raises(PatternError, match="end with a word"):
        Compiler(CLASSES, {}).compile(written)


WORDS = ["he", "she", "baby", "kid", "not", "never", "died", "stepdad", "x", "breathing"]
ALTERNATIVES = st.lists(
    st.sampled_from([*WORDS, "@person", "@kin", "@not", "@empty", "breath*", "ste*"]), min_size=1, max_size=3
).map("|".join)
ELEMENTS = st.one_of(
    ALTERNATIVES,
    ALTERNATIVES.map("{}?".format),
    ALTERNATIVES.map("!{}".format),
    st.sampled_from(["..", "..1", "..6"]),
)


@st.composite
def patterns(draw: st.DrawFn) -> str:
    """Any pattern that can be compiled."""
    elements = [*draw(st.lists(ELEMENTS, max_size=5)), draw(ALTERNATIVES)]
    return " ".join([*draw(st.sampled_from([[], ["^"]])), *elements, *draw(st.sampled_from([[], ["$"]]))])


@given(patterns(), st.lists(st.sampled_from([*WORDS, END, "_", "帮助"]), max_size=25))
def test_matches_lie_in_the_text_rise_and_stay_in_one_sentence(written, tokens):
    compiler = Compiler(CLASSES, {})
    pattern = compiler.compile(written)
    marks = compiler.mark(tokens)
    found = list(matches(pattern, marks, tokens))
    assert len(found) <= len(tokens)
    for match in found:
        assert 0 <= match.start < match.end <= len(tokens)
        assert all(one < after for one, after in itertools.pairwise(match.positions))
        assert END not in tokens[match.start : match.end]
        assert frozenset(pattern.needed) <= frozenset().union(*(marks[position] for position in match.positions))


@given(patterns(), st.lists(st.text(), max_size=10))
def test_any_tokens_can_be_searched(written, tokens):
    compiler = Compiler(CLASSES, {})
    pattern = compiler.compile(written)
    list(matches(pattern, compiler.mark(tokens), tokens))


@given(st.text(st.sampled_from("ab|@*!?.^$ 1_'A")))
def test_any_text_is_a_pattern_or_refused(written):
    compiler = Compiler({"a": ["b"], "b": ["ab", "a*"]}, {})
    try:
        pattern = compiler.compile(written)
    except PatternError as error:
        assert str(error)
    else:
        tokens = ["a", "b", END, "ab", "a"]
        list(matches(pattern, compiler.mark(tokens), tokens))


@given(
    st.lists(patterns(), max_size=6),
    st.dictionaries(st.sampled_from(WORDS), st.integers(0, 20)),
    st.lists(st.sampled_from([*WORDS, END]), max_size=25),
)
def test_patterns_that_are_looked_for_together_are_found_as_each_alone(written, rank, tokens):
    compiler = Compiler(CLASSES, rank)
    compiled = [compiler.compile(pattern) for pattern in written]
    index = Index(compiler, enumerate(compiled))
    marks = compiler.mark(tokens)
    alone = [(name, match) for name, pattern in enumerate(compiled) for match in matches(pattern, marks, tokens)]
    assert Counter(index.find(tokens)) == Counter(alone)


def test_of_the_words_a_pattern_needs_the_rarest_is_looked_for_first():
    compiler = Compiler({}, {"the": 0, "is": 1, "him": 90})
    pattern = compiler.compile("the is? agonal breath* him")
    assert pattern.rarest in frozenset(pattern.needed)
    assert pattern.rarest in (compiler.compile("agonal").rarest, compiler.compile("breath*").rarest)


def test_without_tokens_and_without_patterns_nothing_is_found():
    compiler = Compiler({}, {})
    assert list(Index(compiler, [("one", compiler.compile("help"))]).find([])) == []
    assert list(Index(compiler, []).find(["help"])) == []
