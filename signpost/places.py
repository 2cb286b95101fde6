"""The country that a person states, read without the model: while the kill switch is on, nothing else reads."""

from __future__ import annotations

import re
from typing import Self

from signpost.files import read
from signpost.nlu.lexicon import LEXICON, Countries

_BUTTON = re.compile(r'^/set_country\{"country": ?"([A-Z-]+)"\}$')
_LONGEST = 60


class Places:
    """Finds the code of a country in a message that is its name, alone or after words such as "i live in"."""

    def __init__(self, countries: Countries) -> None:
        self._codes = {_plain(name): code for code, names in countries.countries.items() for name in names}
        before = sorted((_plain(words) for words in countries.stated_after), key=len, reverse=True)
        self._before = re.compile(rf"^(?:{'|'.join(map(re.escape, before))}) ")

    @classmethod
    def from_files(cls) -> Self:
        """Reads `data/lexicon/countries.yml`; raises `FileError` where it does not fit."""
        return cls(read(LEXICON / "countries.yml", Countries))

    def code(self, text: str) -> str | None:
        """Returns the code of the country that a message or a button's payload states, none if it states none."""
        if pressed := _BUTTON.match(text.strip()):
            return pressed[1]
        words = _plain(text[:_LONGEST])
        return self._codes.get(words) or self._codes.get(self._before.sub("", words))


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", "", text.casefold()).split())
