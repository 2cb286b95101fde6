from __future__ import annotations

import random

from checks import widget
from signpost.files import ROOT


def test_helplines_in_step_are_fine(project):
    assert project.found(widget.helplines) == []


def test_a_changed_number_is_found_with_the_way_to_mend_it(project):
    project.replace("data/helplines.yml", '"111"', '"112"')
    project.replace("data/helplines.yml", '"111"', '"112"')
    project.refused(
        widget.helplines, "widget/helplines.js", 'emergency: "111"', "data/helplines.yml", "signpost.widget_data"
    )


def test_a_file_that_ends_early_is_found(project):
    path = project.root / "widget" / "helplines.js"
    path.write_text(path.read_text(encoding="utf-8").rpartition("};")[0], encoding="utf-8")
    assert len(project.found(widget.helplines)) == 1


def test_a_widget_that_has_grown_too_large_is_found(project):
    path = project.root / "widget" / "large.js"
    path.write_text("".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz", k=30_000)), encoding="utf-8")
    problem = project.refused(widget.size, "widget/large.js", "a", "bytes gzipped", "at most 14336")
    assert problem.path == path


def test_the_size_counts_every_module_the_element_loads(project):
    names = {path.name for path in (ROOT / "widget").glob("*.js")}
    loaded = set()
    waiting = ["signpost-chat.js"]
    while waiting:
        name = waiting.pop()
        loaded.add(name)
        lines = (ROOT / "widget" / name).read_text(encoding="utf-8").splitlines()
        found = {line.split('"./')[1].split('"')[0] for line in lines if line.startswith("import ")}
        waiting += found - loaded
    assert loaded == names
