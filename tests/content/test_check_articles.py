"""No run of an article's words in an answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.articles import copied

TOPIC = "data/topics/cold_turkey.yml"
ARTICLE = "To begin:\nstopping heroin all at once, it says, is never a good idea for anyone."


@pytest.fixture
def article(project) -> Path:
    path = project.root.parent / "shared" / "articles" / "A1.txt"
    path.parent.mkdir(parents=True)
    path.write_text(ARTICLE, encoding="utf-8")
    return path


def say(project, text: str) -> None:
    project.replace(TOPIC, "Cold turkey means to stop all at once.", text)


def test_eight_words_in_a_row_are_refused(project, article):
    say(project, "Well, stopping heroin all at once it says is hard.")
    project.refused(copied, TOPIC, "text: >-", "'stopping heroin all at once it says is'", "A1.txt", "other words")


def test_seven_words_in_a_row_are_left_alone(project, article):
    say(project, "Well, stopping heroin all at once it says nothing.")
    assert project.found(copied) == []


def test_safety_notes_are_looked_at(project, article):
    file = "data/safety_notes.yml"
    project.replace(file, "Their body can", "All at once it says is never a good idea. Their body can")
    project.refused(copied, file, "All at once", "A1.txt")


def test_the_articles_may_lie_elsewhere(project, tmp_path, monkeypatch):
    say(project, "Stopping heroin all at once, it says, is hard.")
    (tmp_path / "A9.txt").write_text(ARTICLE, encoding="utf-8")
    monkeypatch.setenv("SIGNPOST_ARTICLES", str(tmp_path))
    project.refused(copied, TOPIC, "text: >-", "A9.txt")


def test_without_the_articles_nothing_is_compared(project):
    say(project, "Stopping heroin all at once, it says, is hard.")
    assert project.found(copied) == []
