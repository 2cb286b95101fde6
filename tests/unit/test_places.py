"""places.py: the country in a message that is its name."""

from __future__ import annotations

import pytest

from signpost.places import Places


@pytest.fixture(scope="module")
def places() -> Places:
    return Places.from_files()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ireland", "IE"),
        (" ireland. ", "IE"),
        ("U.K.", "GB"),
        ("I'm in New Zealand!", "NZ"),
        ("i live in Wales", "GB-WLS"),
        ("México", "MX"),
        ("Kenya", "XX"),
        ('/set_country{"country":"AU"}', "AU"),
        ('/set_country{"country": "GB-NIR"}', "GB-NIR"),
        ("my friend from ireland is not breathing", None),
        ("is tapering safe", None),
        ("/forget_me", None),
        ("", None),
        ("ireland " * 5000, None),
    ],
)
def test_a_country_is_found_where_the_message_is_its_name(places, text, code):
    assert places.code(text) == code
