"""The lexicon's files as one object that a trained model carries with it."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field

from signpost.files import DATA, Strict, read

LEXICON = DATA / "lexicon"


class _Substance(Strict):
    sure: list[str]
    slang: list[str] = []


class _Substances(Strict):
    substances: dict[str, _Substance]
    context: list[str]


class _Medicines(Strict):
    medicines: dict[str, list[str]]


class _People(Strict):
    relations: list[str]
    someone_else: list[str]
    self_: list[str] = Field(alias="self")


class _TextSpeak(Strict):
    words: dict[str, str]


class Countries(Strict):
    """`countries.yml`."""

    countries: dict[str, list[str]]
    stated_before: list[str]
    stated_after: list[str]


class _Subjects(Strict):
    subjects: dict[str, str]
    pronouns: list[str]
    own: list[str]
    questions: list[str]


class Lexicon(Strict):
    """Everything the reader knows of names, slang and shortened words."""

    substances: _Substances
    medicines: _Medicines
    people: _People
    text_speak: _TextSpeak
    countries: Countries
    subjects: _Subjects

    @classmethod
    def from_files(cls, directory: Path = LEXICON) -> Self:
        """Reads the files of a lexicon folder.

        Raises:
            FileError: a file is missing or does not fit; the message gives file, line and mend.
        """
        return cls(
            substances=read(directory / "substances.yml", _Substances),
            medicines=read(directory / "medicines.yml", _Medicines),
            people=read(directory / "people.yml", _People),
            text_speak=read(directory / "text_speak.yml", _TextSpeak),
            countries=read(directory / "countries.yml", Countries),
            subjects=read(directory / "subjects.yml", _Subjects),
        )
