"""kill_switch.py: on while a source says so, whatever becomes of the sources."""

from __future__ import annotations

import logging

import pytest

from signpost.files import FileError
from signpost.kill_switch import KILL_SWITCH, KillSwitch


def test_it_is_on_while_the_file_is_there(tmp_path, monkeypatch):
    file = tmp_path / "helplines-only"
    monkeypatch.setenv(KILL_SWITCH, str(file))
    switch = KillSwitch.from_environment()
    assert not switch.is_on()
    file.touch()
    assert switch.is_on()
    file.unlink()
    assert not switch.is_on()


def test_one_source_of_several_is_enough():
    said = {"file": False, "store": True}
    switch = KillSwitch([lambda: said["file"], lambda: said["store"]])
    assert switch.is_on()
    said["store"] = False
    assert not switch.is_on()


@pytest.mark.parametrize("before", [True, False])
def test_a_source_that_fails_counts_as_what_it_said_last(before):
    said = iter([before])

    def source() -> bool:
        return next(said)

    switch = KillSwitch([source])
    assert switch.is_on() is before
    assert switch.is_on() is before


def test_turning_it_is_logged_once_each_way(caplog):
    said = [False]
    switch = KillSwitch([lambda: said[0]])
    with caplog.at_level(logging.WARNING, "signpost.kill_switch"):
        for state in (False, True, True, False, False):
            said[0] = state
            switch.is_on()
    assert [record.getMessage() for record in caplog.records] == [
        "The kill switch is on: every reply is the block of helplines.",
        "The kill switch is off.",
    ]


def test_a_file_that_could_never_be_there_stops_the_start(tmp_path, monkeypatch):
    monkeypatch.setenv(KILL_SWITCH, str(tmp_path / "nowhere" / "file"))
    with pytest.raises(FileError, match=r"there is no folder .*nowhere. Mount it"):
        KillSwitch.from_environment()
