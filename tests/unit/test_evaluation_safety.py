"""evaluation/safety.py: the interval that stands beside every share of the report."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.safety import FAMILIES, SAME_NUMBER, wilson


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        # Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (0, 10, 0.0, 0.2775),
    ],
)
def test_the_interval_is_the_published_one(hits, of, low, high):
    assert wilson(hits, of) == pytest.approx((low, high), abs=1e-4)


@st.composite
def shares(draw: st.DrawFn) -> tuple[int, int]:
    of = draw(st.integers(1, 10_000))
    return draw(st.integers(0, of)), of


@given(shares())
def test_the_interval_lies_between_none_and_all_and_holds_the_share(share):
    hits, of = share
    low, high = wilson(hits, of)
    assert 0 <= low <= hits / of + 1e-12
    assert hits / of - 1e-12 <= high <= 1


@given(shares())
def test_the_interval_of_the_misses_mirrors_that_of_the_hits(share):
    hits, of = share
    low, high = wilson(hits, of)
    assert wilson(of - hits, of) == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_more_messages_make_the_interval_narrower():
    widths = [high - low for low, high in (wilson(9 * many, 10 * many) for many in (1, 2, 10, 100))]
    assert widths == sorted(widths, reverse=True)


def test_a_family_counts_as_found_when_it_is_itself():
    assert set(SAME_NUMBER) == set(FAMILIES)
    assert all(family in same <= set(FAMILIES) for family, same in SAME_NUMBER.items())
