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


def test_the_split_holds_the_share_of_every_label_out():
    most, rest = split(TEXTS, LABELS, 0.25)
    assert sorted([*most, *rest]) == list(range(len(LABELS)))
    held_out = [LABELS[place] for place in rest]
    assert (held_out.count("taper"), held_out.count("naloxone")) == (5, 5)


def test_a_text_stays_on_its_side_when_texts_of_other_labels_come_or_all_are_in_another_order():
    texts = [f"{text} {label}" for text, label in zip(TEXTS, LABELS, strict=True)]
    held_out = {texts[place] for place in split(texts, LABELS)[1]}
    more, labels = ["hi there", "hello", *texts[::-1]], ["greet", "greet", *LABELS[::-1]]
    assert {more[place] for place in split(more, labels)[1]} - {"hi there", "hello"} == held_out


def test_most_texts_stay_on_their_side_when_their_label_gets_more():
    texts = [f"question {number}" for number in range(440)]
    before = {texts[place] for place in split(texts[:400], ["quit"] * 400)[1]}
    after = {texts[place] for place in split(texts, ["quit"] * 440)[1]}
    assert len(before - after) <= 10


def test_a_smaller_share_is_part_of_a_larger_one():
    assert set(split(TEXTS, LABELS, 0.125)[1]) < set(split(TEXTS, LABELS, 0.25)[1])


def test_few_texts_still_hold_one_of_each_label_out():
    assert sorted(split(["1", "2", "3", "4"], ["a", "a", "b", "b"])[1] // 2) == [0, 1]


def test_a_label_with_one_text_is_named():
    with pytest.raises(ValueError, match="quit: one text only"):
        split(["1", "2", "3"], ["a", "a", "quit"])


@pytest.mark.parametrize("share", [0.01, 0.3, 0.5, 1])
def test_the_share_and_all_that_is_held_out_are_taken_in_rising_order(share):
    most, rest = split(TEXTS, LABELS)
    taken = worth_encoding(TEXTS, LABELS, share)
    assert set(rest) <= set(taken)
    assert len(taken) == len(rest) + int(np.ceil(len(most) * share))
    assert (np.diff(taken) > 0).all()


def test_what_words_give_away_is_left_out_first():
    most, rest = split(TEXTS, LABELS)
    hard = len([place for place in most if place not in NAMED])
    taken = set(worth_encoding(TEXTS, LABELS, hard / len(most))) - set(rest)
    assert not taken & NAMED


def test_a_text_that_is_like_no_other_is_not_taken_for_given_away():
    texts, labels = [*TEXTS, "qua frobnitz zyx", "zyx frobnitz qua"], [*LABELS, "taper", "naloxone"]
    assert {40, 41} <= set(worth_encoding(texts, labels, 0.5))
