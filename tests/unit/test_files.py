"""files.py: YAML into models, with errors an operator can act on."""

from __future__ import annotations

from pathlib import Path

import pytest

from signpost.files import ROOT, FileError, Strict, line_of, parse_yaml, read, read_text, shown


class Inner(Strict):
    size: int
    names: list[str] = []


class Outer(Strict):
    inner: Inner
    name: str = ""


@pytest.fixture
def write(tmp_path: Path):
    def _write(text: str | bytes) -> Path:
        path = tmp_path / "given.yml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return _write


def test_a_good_file_becomes_its_model(write):
    assert read(write("inner: {size: 3, names: [a]}\nname: x\n"), Outer) == Outer(
        inner=Inner(size=3, names=["a"]), name="x"
    )


def test_a_model_read_from_a_file_cannot_be_changed(write):
    with pytest.raises(ValueError, match="frozen"):
        read(write("inner: {size: 3}\n"), Outer).name = "other"


@pytest.mark.parametrize(
    ("text", "line", "where"),
    [
        ("name: x\ninner:\n  size: many\n", 3, "inner.size"),
        ("name: x\ninner:\n  size: 1\n  names:\n  - a\n  - [b]\n", 6, "inner.names.1"),
        ("name: x\ninner:\n  size: 1\n  colour: red\n", 4, "inner.colour"),
        ("name: x\n\n# a comment\ninner:\n  names: []\n", 4, "inner.size"),
        ("", 1, "the file"),
        ("- a\n- b\n", 1, "the file"),
    ],
    ids=["wrong type", "wrong list entry", "unknown key", "missing key", "empty file", "list for mapping"],
)
def test_a_file_that_does_not_fit_is_refused_with_file_line_and_key(write, text, line, where):
    path = write(text)
    with pytest.raises(FileError) as error:
        read(path, Outer)
    assert str(error.value).startswith(f"{path}, line {line}: {where}: ")


def test_every_problem_of_a_file_is_told_at_once_a_line_each(write):
    with pytest.raises(FileError) as error:
        read(write("name: [1]\ninner:\n  size: many\n"), Outer)
    assert [line.partition(": ")[0].rpartition(" ")[2] for line in str(error.value).splitlines()] == ["3", "1"]


@pytest.mark.parametrize(
    "text", ["a: [1\nb: 2\n", "a: *nowhere\n", "a: 'open\n", "a:\n\t- b\n", "a: !!python/none x\n"]
)
def test_what_is_not_yaml_is_refused_with_its_line(write, text):
    path = write(text)
    with pytest.raises(FileError, match=rf"^{path}, line \d+: not valid YAML"):
        read(path, Outer)


def test_a_control_character_in_a_file_is_refused_with_its_file(write):
    path = write("name: x\ninner: \x01\n")
    with pytest.raises(FileError, match=str(path)):
        read(path, Outer)


def test_a_day_that_does_not_exist_is_refused_with_file_and_line(write):
    path = write("name: 2026-13-45\ninner: {size: 1}\n")
    with pytest.raises(FileError, match=rf"^{path}, line 1"):
        read(path, Outer)


def test_a_key_given_twice_is_refused(write):
    with pytest.raises(FileError):
        read(write("name: first\nname: second\ninner: {size: 1}\n"), Outer)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileError, match=f"^{tmp_path / 'none.yml'}: cannot be read"):
        read(tmp_path / "none.yml", Outer)


def test_a_file_in_another_encoding_is_named(write):
    path = write("name: Línea\n".encode("latin-1"))
    with pytest.raises(FileError, match=f"^{path}: cannot be read"):
        read_text(path)


@pytest.mark.parametrize("word", ["no", "NO", "No", "on", "off", "yes", "y", "n"])
def test_words_that_yaml_takes_for_booleans_stay_words(word):
    assert parse_yaml(Path("x.yml"), f"{word}: {word}") == {word: word}


def test_true_and_false_stay_booleans():
    assert parse_yaml(Path("x.yml"), "[true, false, True, FALSE]") == [True, False, True, False]


def test_the_line_of_a_place_that_is_not_there_is_that_of_its_parent():
    assert line_of("a: 1\nb:\n  c:\n  - d: 1\n", ("b", "c", 0, "missing", 4)) == 4


def test_a_path_is_shown_from_the_projects_root_and_others_in_full(tmp_path):
    assert shown(ROOT / "data" / "helplines.yml") == "data/helplines.yml"
    assert shown(tmp_path) == str(tmp_path)
