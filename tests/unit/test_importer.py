"""importer.py: the training data for Rasa, the same as Rasa's own importer reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.shared.exceptions import RasaException
from rasa.shared.importers.rasa import RasaFileImporter

from signpost.files import DATA, ROOT, FileError
from signpost.importer import TopicImporter


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of three real topic files."""
    for name in ("topics/cold_turkey.yml", "safety/crisis_suicide.yml", "talk/forget_me.yml"):
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True)
        path.write_text((DATA / name).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "domain.yml").write_text(
        'version: "3.1"\nintents: [cold_turkey, cold_turkey_abrupt_cut, crisis_suicide, forget_me]\n', encoding="utf-8"
    )
    return tmp_path


def importer(kind: type, project: Path):
    return kind(str(ROOT / "config.yml"), str(project / "domain.yml"), [str(project / "data")])


def test_questions_and_answers_are_those_rasas_own_importer_reads(project):
    ours, theirs = (importer(kind, project).get_nlu_data() for kind in (TopicImporter, RasaFileImporter))
    pairs = [{(e.get("text"), e.get("intent")) for e in data.intent_examples} for data in (ours, theirs)]
    assert pairs[0] == pairs[1]
    assert len(pairs[0]) > 50
    assert ours.responses == theirs.responses


def _said(events) -> list[str]:
    return [event.intent["name"] if hasattr(event, "intent") else event.action_name for event in events]


def test_rules_are_those_rasas_own_importer_reads(project):
    ours, theirs = (importer(kind, project).get_stories() for kind in (TopicImporter, RasaFileImporter))
    steps = [sorted((step.block_name, _said(step.events)) for step in graph.story_steps) for graph in (ours, theirs)]
    assert steps[0] == steps[1]
    assert len(steps[0]) == 4


def test_a_bad_topic_file_stops_the_import_with_file_and_line(project):
    path = project / "data" / "talk" / "forget_me.yml"
    path.write_text('version: "3.1"\nstories: []\n', encoding="utf-8")
    with pytest.raises(FileError, match=rf"{path}, line 2: stories: "):
        importer(TopicImporter, project).get_nlu_data()


def test_a_bad_domain_stops_the_import(project):
    (project / "domain.yml").write_text('version: "3.1"\nintents: {a: b}\nslots: 3\n', encoding="utf-8")
    with pytest.raises(RasaException, match=r"domain\.yml"):
        importer(TopicImporter, project).get_domain()


def test_every_file_is_read_once(project):
    source = importer(TopicImporter, project)
    before = source.get_nlu_data()
    (project / "data" / "topics" / "cold_turkey.yml").write_text("broken", encoding="utf-8")
    assert source.get_nlu_data() is before
    assert len(source.get_stories().story_steps) == 4


def test_one_data_folder_may_be_given_as_a_plain_string(project):
    source = TopicImporter(None, str(project / "domain.yml"), str(project / "data"))
    assert "forget_me" in {e.get("intent") for e in source.get_nlu_data().intent_examples}
    assert source.get_config() == {}


def test_the_domain_of_the_whole_project_has_a_response_for_every_rule(domain):
    graph = TopicImporter(None, str(ROOT / "domain.yml"), [str(DATA)]).get_stories()
    actions = {
        event.action_name for step in graph.story_steps for event in step.events if hasattr(event, "action_name")
    }
    assert {name for name in actions if name and name.startswith("utter_")} <= set(domain.responses)
