"""channels/sms.py: GSM-7 and segments."""

from __future__ import annotations

import pytest

from signpost.channels.sms import gsm7, segments


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("“How To Taper”", '"How To Taper"'),
        ("it’s – well — so…", "it's - well - so..."),
        ("café, niño, Zürich", "café, niño, Zürich"),
        ("teléfono número ê", "teléfono numero e"),
        ("a\u00a0b", "a b"),
        ("привет", "привет"),
    ],
)
def test_what_gsm_lacks_is_written_in_what_it_has(text, plain):
    assert gsm7(text) == plain


@pytest.mark.parametrize(
    ("text", "many"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 459, 3),
        ("a" * 460, 4),
        ("[" * 80, 1),
        ("[" * 81, 2),
        ("п" * 70, 1),
        ("п" * 71, 2),
        ("п" * 201, 3),
        ("🙂" * 35, 1),
        ("🙂" * 36, 2),
        ("a" * 100 + "“", 2),
    ],
)
def test_segments_are_counted_as_carriers_count_them(text, many):
    assert segments(text) == many
