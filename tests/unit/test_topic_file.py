"""topic_file.py: the shape of a topic, checked strictly."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from signpost.files import FileError, read
from signpost.topic_file import TopicFile, as_rasa, read_topic_files

GOOD = """\
version: "3.1"
nlu:
- intent: cold_turkey
  examples: |
    - what is cold turkey
    - stop all at once
rules:
- rule: cold_turkey
  steps:
  - intent: cold_turkey
  - action: utter_cold_turkey
responses:
  utter_cold_turkey:
  - condition:
    - type: slot
      name: asking_for
      value: someone_else
    text: They stop at once.
    metadata: {title: Cold turkey, sources: [A1#cold-turkey], signpost: family}
  - text: You stop at once.
    buttons:
    - title: Is it safe?
      payload: /stopping_dangers
    metadata: {title: Cold turkey, sources: [], signpost: clinician}
"""
FURTHER = """\
  metadata:
    further: |
      - all at once then
rules:"""


@pytest.fixture
def write(tmp_path: Path):
    def _write(text: str, name: str = "topics/cold_turkey.yml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return _write


def test_a_topic_reaches_rasa_exactly_as_it_stands_in_its_file(write):
    assert as_rasa(read(write(GOOD), TopicFile)) == yaml.safe_load(GOOD)


def test_the_questions_are_the_lines_without_their_dashes(write):
    (questions,) = read(write(GOOD), TopicFile).nlu
    assert questions.texts == ["what is cold turkey", "stop all at once"]


def test_rasa_does_not_see_the_further_questions(write):
    file = read(write(GOOD.replace("rules:", FURTHER)), TopicFile)
    (questions,) = file.nlu
    assert (questions.texts, questions.further) == (["what is cold turkey", "stop all at once"], ["all at once then"])
    assert as_rasa(file) == yaml.safe_load(GOOD)


@pytest.mark.parametrize(
    ("good", "bad", "line"),
    [
        ("rules:", FURTHER.replace("- all", "all"), 8),
        ("    - stop all at once", "    stop all at once", 4),
        ("    - stop all at once", "    - ", 4),
        ("- intent: cold_turkey\n  examples", "- intent: Cold Turkey\n  examples", 3),
        ("  - action: utter_cold_turkey\n", "", 9),
        ("payload: /stopping_dangers", "payload: stopping_dangers", 23),
        ("payload: /stopping_dangers", "payload: https://evil.example", 23),
        ("signpost: clinician", "signpost: nobody", 24),
        ("title: Cold turkey, sources: [], ", "sources: [], ", 24),
        ("    metadata: {title: Cold turkey, sources: [], signpost: clinician}\n", "", 20),
        ('version: "3.1"', 'version: "2.0"', 1),
        ("text: You stop", "txt: You stop", 20),
        ("  utter_cold_turkey:\n", "  Utter Cold:\n", 13),
    ],
    ids=[
        "further question without dash", "question without dash", "empty question", "intent's name",
        "rule of one step", "payload without slash", "payload elsewhere", "unknown signpost", "no title",
        "no metadata", "version", "misspelt key", "response's name",
    ],
)  # fmt: skip
def test_a_mistake_in_a_topic_is_refused_with_file_and_line(write, good, bad, line):
    assert good in GOOD
    path = write(GOOD.replace(good, bad))
    with pytest.raises(FileError, match=rf"{path}, line {line}: "):
        read(path, TopicFile)


def test_topics_safety_and_talk_are_read_and_nothing_else(write, tmp_path):
    write('version: "3.1"\n', "topics/b.yml")
    write('version: "3.1"\n', "topics/a.yml")
    write('version: "3.1"\n', "safety/c.yml")
    write('version: "3.1"\n', "talk/d.yml")
    write("not: a topic\n", "lexicon/e.yml")
    write("not a topic", "topics/notes.txt")
    assert [path.name for path in read_topic_files(tmp_path)] == ["a.yml", "b.yml", "c.yml", "d.yml"]


def test_a_bad_file_among_good_ones_is_named(write, tmp_path):
    write(GOOD)
    bad = write('version: "3.1"\nrule: []\n', "talk/bad.yml")
    with pytest.raises(FileError, match=rf"{bad}, line 2: rule: "):
        read_topic_files(tmp_path)


def test_every_file_of_the_project_fits():
    assert len(read_topic_files()) > 50
