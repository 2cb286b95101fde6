"""nlu/gate/normalize.py: disguised, misspelt and foreign-looking words become the plain words of the patterns."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signpost.nlu.gate.normalize import LONGEST, SHORTEST, Normalizer
from signpost.nlu.gate.patterns import END

WRITTEN_OUT = {"kms": "kill myself", "od": "overdose", "wanna": "want to", "nvr": "never", "unalive": "kill", "um": ""}
EMOJI = {"💀": "die", "🆘": "sos help", "👩‍👩": "two women"}
WORDS = ["kill", "myself", "suicide", "overdose", "breathing", "heroin", "die", "dead", "help", "not", "hurts", "blue"]
KNOWN = ["will", "breeding", "dying", "heron", "hello", "skill", "bleed", "killed", "the", "good", "deed"]


@pytest.fixture(scope="module")
def normalizer() -> Normalizer:
    return Normalizer(WRITTEN_OUT, EMOJI, WORDS, KNOWN)


@pytest.mark.parametrize(
    ("contracted", "full"),
    [
        ("can't", "can not"),
        ("cannot", "can not"),
        ("won't", "will not"),
        ("ain't", "is not"),
        ("isn't", "is not"),
        ("doesn't", "does not"),
        ("i'm", "i am"),
        ("they're", "they are"),
        ("i've", "i have"),
        ("she'll", "she will"),
        ("he's", "he is"),
        ("i'd", "i would"),
        ("i’m", "i am"),
        ("can‘t", "can not"),
        ("CAN`T", "can not"),
    ],
)
def test_contractions_are_written_out(normalizer, contracted, full):
    assert normalizer.tokens(contracted) == full.split()


def test_contractions_are_written_out_within_a_sentence(normalizer):
    assert normalizer.tokens("He isn't dead, he's blue") == ["he", "is", "not", "dead", "he", "is", "blue"]


def test_an_apostrophe_that_contracts_nothing_is_dropped(normalizer):
    assert normalizer.tokens("o'clock 'help'") == ["oclock", "help"]


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("k1ll", "kill"),
        ("my53lf", "myself"),
        ("$uicide", "suicide"),
        ("su!c!de", "suicide"),
        ("h3r01n", "heroin"),
        ("0verd0se", "overdose"),
        ("d3@d", "dead"),
        ("H3LP", "help"),
        ("un@live", "kill"),
    ],
)
def test_digits_and_signs_for_letters_are_read_as_letters(normalizer, typed, plain):
    assert normalizer.tokens(typed) == [plain]


@pytest.mark.parametrize("typed", ["20mg", "4am", "50g", "h3ll0", "3x"])
def test_digits_beside_letters_stay_where_no_word_of_the_patterns_comes_out(normalizer, typed):
    assert normalizer.tokens(typed) == [typed]


def test_an_exclamation_mark_behind_a_disguised_word_ends_its_sentence(normalizer):
    assert normalizer.tokens("h3lp!!! k1ll") == ["help", END, "kill"]
    assert normalizer.tokens("help! kill") == ["help", END, "kill"]


@pytest.mark.parametrize("typed", ["k i l l", "K.I.L.L", "k-i-l-l", "k_i_l_l", "k  i  l  l", "k.i l-l"])
def test_letters_that_are_spelt_apart_are_joined(normalizer, typed):
    assert normalizer.tokens(typed) == ["kill"]


def test_spelt_letters_are_joined_to_slang_which_is_written_out(normalizer):
    assert normalizer.tokens("wanna k m s") == ["want", "to", "kill", "myself"]


def test_letters_that_spell_no_word_of_the_patterns_stay_apart(normalizer):
    assert normalizer.tokens("a b c d") == ["a", "b", "c", "d"]


def test_two_letters_beside_each_other_are_no_spelling(normalizer):
    assert normalizer.tokens("o d") == ["o", "d"]


@pytest.mark.parametrize(("typed", "plain"), [("k*ll", "kill"), ("su*c*de", "suicide"), ("her*in", "heroin")])
def test_an_asterisk_is_the_letter_that_makes_the_only_word(normalizer, typed, plain):
    assert normalizer.tokens(typed) == [plain]


def test_an_asterisk_that_could_be_several_words_is_not_guessed(normalizer):
    assert normalizer.tokens("d*e") == ["die"]
    assert Normalizer({}, {}, ["kill", "kell"], []).tokens("k*ll") == ["k", "ll"]
    assert normalizer.tokens("x*y*z") == ["x", "y", "z"]


@pytest.mark.parametrize("typed", ["*not*", "**not**", "***NOT***", "*not", "not*", "*n0t*", "*not*!", "*not!*"])
def test_asterisks_around_a_word_emphasise_it(normalizer, typed):
    assert normalizer.tokens(f"he is {typed}")[:3] == ["he", "is", "not"]


def test_asterisks_around_several_words_emphasise_them(normalizer):
    assert normalizer.tokens("*i am not dead* hello **help**") == ["i", "am", "not", "dead", "hello", "help"]


def test_a_hidden_letter_is_found_in_a_word_that_is_emphasised(normalizer):
    assert normalizer.tokens("*k*ll*") == ["kill"]


@pytest.mark.parametrize(
    ("typed", "tokens"),
    [
        ("0.5", ["0.5"]),
        ("0,5 heroin", ["0,5", "heroin"]),
        ("took 2.5mg", ["took", "2.5", "mg"]),
        ("1.000.000", ["1.000.000"]),
        ("took 2. dead", ["took", "2", END, "dead"]),
        ("took 2.dead", ["took", "2", END, "dead"]),
        ("took 0.5. dead", ["took", "0.5", END, "dead"]),
        (".5", [END, "5"]),
        ("1, 2", ["1", "2"]),
    ],
)
def test_a_decimal_is_one_token_and_ends_no_sentence(normalizer, typed, tokens):
    assert normalizer.tokens(typed) == tokens


def test_emoji_are_read_as_their_words(normalizer):
    assert normalizer.tokens("💀") == ["die"]
    assert normalizer.tokens("he💀now") == ["he", "die", "now"]
    assert normalizer.tokens("🆘🆘") == ["sos", "help", "sos", "help"]


def test_an_emoji_of_several_signs_is_read_and_one_with_a_variation_mark_too(normalizer):
    assert normalizer.tokens("👩‍👩") == ["two", "women"]
    assert normalizer.tokens("💀\ufe0f help") == ["die", "help"]


def test_an_emoji_without_a_meaning_is_no_word(normalizer):
    assert normalizer.tokens("🙂 help 🍕") == ["help"]


@pytest.mark.parametrize(
    "typed",
    [
        "hérôïn",
        "he\u0301roin",
        "h\u0336e\u0336r\u0336o\u0336i\u0336n\u0336",
        "ｈｅｒｏｉｎ",
        "𝓱𝓮𝓻𝓸𝓲𝓷",
        "ⓗⓔⓡⓞⓘⓝ",
        "HEROIN",
        "HEROİN",
    ],
)
def test_accents_and_shapes_of_letters_do_not_hide_a_word(normalizer, typed):
    assert normalizer.tokens(typed) == ["heroin"]


@pytest.mark.parametrize("mark", ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202e"])
def test_zero_width_and_direction_marks_do_not_hide_a_word(normalizer, mark):
    assert normalizer.tokens(mark.join("heroin")) == ["heroin"]


@pytest.mark.parametrize("typed", ["heeeelp", "helppppp", "HELPPP", "heellpp", "helpp", "hhheeelllppp"])
def test_stretched_letters_are_taken_back(normalizer, typed):
    assert normalizer.tokens(typed) == ["help"]


@pytest.mark.parametrize(("typed", "plain"), [("killlll", "kill"), ("deaddd", "dead"), ("goooood", "good")])
def test_a_word_that_has_its_letter_twice_keeps_it(normalizer, typed, plain):
    assert normalizer.tokens(typed) == [plain]


@pytest.mark.parametrize(
    ("typed", "repaired"),
    [
        ("heorin", "heroin"),
        ("herion", "heroin"),
        ("sucide", "suicide"),
        ("overdoes", "overdose"),
        ("breatihng", "breathing"),
        ("myslef", "myself"),
        ("hlep", "help"),
        ("hurst", "hurts"),
    ],
)
def test_a_misspelt_word_becomes_a_word_of_the_patterns(normalizer, typed, repaired):
    assert normalizer.tokens(typed) == [repaired]


@pytest.mark.parametrize("right", [word for word in KNOWN if len(word) >= SHORTEST])
def test_a_right_word_of_english_stays_however_near_a_word_of_the_patterns_lies(normalizer, right):
    assert normalizer.tokens(right) == [right]


def test_nothing_is_repaired_onto_a_word_that_is_not_in_the_patterns(normalizer):
    assert normalizer.tokens("helo heronn") == ["help", "heroin"]
    assert normalizer.tokens("bleeed dyingg") == ["bleed", "dyingg"]


@pytest.mark.parametrize("short", ["dye", "dei", "nto", "no"])
def test_a_word_that_is_too_short_stays(normalizer, short):
    assert len(short) < SHORTEST
    assert normalizer.tokens(short) == [short]


@given(st.lists(st.sampled_from([*KNOWN, *WORDS])).map(" ".join))
def test_right_words_stay_as_they_are(text):
    assert Normalizer({}, {}, WORDS, KNOWN).tokens(text) == text.split()


def test_slang_is_written_out_and_may_mean_nothing(normalizer):
    assert normalizer.tokens("I wanna KMS") == ["i", "want", "to", "kill", "myself"]
    assert normalizer.tokens("um nvr od") == ["never", "overdose"]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("help. dead", ["help", END, "dead"]),
        ("help.dead", ["help", END, "dead"]),
        ("help!? dead", ["help", END, "dead"]),
        ("help; dead: blue", ["help", END, "dead", END, "blue"]),
        ("help\ndead", ["help", END, "dead"]),
        ("help\r\n\r\ndead", ["help", END, "dead"]),
        ("help... ", ["help", END]),
        ("help… dead", ["help", END, "dead"]),
        ("help？dead", ["help", END, "dead"]),
        ("help, dead - blue (not)", ["help", "dead", "blue", "not"]),
        ("\thelp  dead", ["help", "dead"]),
        ("", []),
        (" \n ", [END]),
    ],
)
def test_sentences_end_with_marks_and_lines_and_with_nothing_else(normalizer, text, tokens):
    assert normalizer.tokens(text) == tokens


@pytest.mark.parametrize("text", ["help dead", "HELP DEAD", "  help   dead  ", "help,dead", "help/dead", "help_dead"])
def test_case_spaces_and_commas_make_no_difference(normalizer, text):
    assert normalizer.tokens(text) == ["help", "dead"]


HOSTILE = {
    "null": "\x00",
    "control characters": "".join(map(chr, range(32))) + "help" + "\x7f\x80\x9f",
    "half of a surrogate pair": "\ud83d help \udc00",
    "many accents": "h" + "\u0301" * (LONGEST - 100) + "elp",
    "10,000 letters": "a" * 10_000,
    "10,000 blanks": " " * 10_000,
    "10,000 lines": "\n" * 10_000,
    "10,000 asterisks": "*" * 9_999 + "a",
    "10,000 emoji": "💀" * 10_000,
    "10,000 characters of words": "heroin " * 1_429,
    "10,000 spelt letters": "k i l l " * 1_250,
    "a ligature that becomes many letters": "\ufdfa" * 500,
    "mixed scripts": "как help ヘロイン هيروين 海洛因 heroin हेरोइन",
    "digits of other scripts": "١٢٣ ²³ ⅷ ½",
    "a regular expression": "(a+)+$ k*(ll [^\\W_ (?P<x> a*)b $*@!",
}


@pytest.mark.parametrize("typed", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_is_written_as_words(normalizer, typed):
    assert_tokens(normalizer.tokens(typed))


@pytest.mark.parametrize("kind", ["control characters", "half of a surrogate pair", "many accents", "mixed scripts"])
def test_a_word_is_found_among_what_is_hostile(normalizer, kind):
    assert "help" in normalizer.tokens(HOSTILE[kind])


def test_a_text_as_long_as_is_read_is_read_whole(normalizer):
    half = " " * (LONGEST // 2 - 10)
    text = f"help{half}dead{half}".ljust(LONGEST - 4) + "blue"
    assert len(text) == LONGEST
    assert normalizer.tokens(text) == ["help", "dead", "blue"]


@pytest.mark.parametrize("beyond", [1, 2, 100, 20_000])
def test_a_longer_text_is_read_at_both_ends(normalizer, beyond):
    text = "help" + " " * (LONGEST + beyond - 8) + "blue"
    assert len(text) == LONGEST + beyond
    assert normalizer.tokens(text) == ["help", END, "blue"]


def test_the_middle_of_a_longer_text_is_not_read_and_ends_a_sentence(normalizer):
    half = LONGEST // 2
    text = "help dead".rjust(half) + " kill" * 100 + "blue myself".ljust(half)
    assert normalizer.tokens(text) == ["help", "dead", END, "blue", "myself"]


@given(st.text(st.characters(), max_size=300))
@settings(deadline=None)
def test_any_text_is_written_as_words(text):
    assert_tokens(Normalizer(WRITTEN_OUT, EMOJI, WORDS, KNOWN).tokens(text))


@given(st.text(st.sampled_from("kilms 10$@!*.-_'’\n\u200b\u0301💀ⓚ"), max_size=60))
@settings(deadline=None)
def test_any_disguise_is_written_as_words(text):
    assert_tokens(Normalizer(WRITTEN_OUT, EMOJI, WORDS, KNOWN).tokens(text))


def assert_tokens(tokens: list[str]) -> None:
    """Tokens are letters and digits in lower case, decimals, or the end of a sentence."""
    assert all(token == END or token.isalnum() or re.fullmatch(r"\d+([.,]\d+)+", token) for token in tokens)
    assert all(token == token.lower() for token in tokens)
