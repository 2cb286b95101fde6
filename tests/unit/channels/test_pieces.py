"""channels/pieces.py: a reply as few messages as a platform takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signpost.channels.pieces import pieces, shortened


def test_what_fits_is_one_message():
    assert pieces(["disclosure\n\nanswer\nsignpost"], 100) == ["disclosure\n\nanswer\nsignpost"]


def test_the_disclosure_goes_apart_before_anything_is_left_out():
    assert pieces(["disclosure\n\nanswer\nsource\nsignpost", "short"], 25) == ["disclosure", "answer\nsource\nsignpost"]


def test_the_first_text_that_fits_is_taken():
    assert pieces(["answer\nsource\nsignpost", "answer\nsignpost"], 16) == ["answer\nsignpost"]


def test_where_nothing_fits_the_end_stays_together():
    assert pieces(["one\ntwo\nthree\nfour"], 10) == ["one\ntwo", "three\nfour"]


@given(st.lists(st.text("abc ", max_size=30), min_size=1, max_size=6), st.integers(5, 40))
def test_no_piece_is_too_long_and_no_word_is_lost(lines, longest):
    text = "\n".join(lines)
    made = pieces([text], longest)
    assert all(len(piece) <= longest for piece in made)
    assert "".join("".join(made).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Asking a doctor", "Asking a doctor"),
        ("Worried about someone", "Worried about…"),
        ("What are the dangers of it?", "What are the…"),
        ("Pneumonoultramicroscopic", "Pneumonoultramicros…"),
    ],
)
def test_a_title_is_cut_between_words(title, short):
    assert shortened(title, 20) == short
    assert len(shortened(title, 20)) <= 20
