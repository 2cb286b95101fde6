"""nlu/selection.py: which training questions get a sentence vector."""

from __future__ import annotations

import numpy as np
import pytest

from signpost.nlu.selection import split, worth_encoding

FILLERS = ["please", "now", "then", "today", "friend", "anyone", "thanks", "sorry", "okay", "well"]
# Of each label, half the texts name it; the other half are the same for both.
TEXTS = [f"{words} {filler}" for words in ("taper", "what is that", "naloxone", "what is that") for filler in FILLERS]
LABELS = ["taper"] * 20 + ["naloxone"] * 20
NAMED = {place for place, text in enumerate(TEXTS) if "what" not in text}


def test_the_split_holds_a_quarter_of_every_label_out_and_is_the_same_each_time():
    most, rest = split(LABELS)
    assert sorted([*most, *rest]) == list(range(len(LABELS)))
    held_out = [LABELS[place] for place in rest]
    assert (held_out.count("taper"), held_out.count("naloxone")) == (5, 5)
    np.testing.assert_array_equal(split(LABELS)[1], rest)


def test_few_texts_still_hold_one_of_each_label_out():
    assert sorted(split(["a", "a", "b", "b"])[1] // 2) == [0, 1]


@pytest.mark.parametrize("share", [0.01, 0.3, 0.5, 1])
def test_the_share_and_all_that_is_held_out_are_taken_in_rising_order(share):
    most, rest = split(LABELS)
    taken = worth_encoding(TEXTS, LABELS, share)
    assert set(rest) <= set(taken)
    assert len(taken) == len(rest) + int(np.ceil(len(most) * share))
    assert (np.diff(taken) > 0).all()


def test_what_words_give_away_is_left_out_first():
    most, rest = split(LABELS)
    hard = len([place for place in most if place not in NAMED])
    taken = set(worth_encoding(TEXTS, LABELS, hard / len(most))) - set(rest)
    assert not taken & NAMED


def test_a_text_that_is_like_no_other_is_not_taken_for_given_away():
    texts, labels = [*TEXTS, "qua frobnitz zyx", "zyx frobnitz qua"], [*LABELS, "taper", "naloxone"]
    assert {40, 41} <= set(worth_encoding(texts, labels, 0.5))
