"""channels/recent.py: what a channel remembers is bounded in time and in number."""

from __future__ import annotations

from signpost.channels.recent import Recent


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_an_entry_is_forgotten_after_its_time():
    clock = Clock()
    recent: Recent[str, int] = Recent(60, 10, clock)
    recent.set("a", 1)
    clock.now += 60
    assert recent.get("a") == 1
    clock.now += 0.1
    assert recent.get("a") is None
    assert len(recent) == 0


def test_setting_an_entry_again_begins_its_time_anew():
    clock = Clock()
    recent: Recent[str, int] = Recent(60, 10, clock)
    recent.set("a", 1)
    clock.now += 50
    recent.set("a", 2)
    clock.now += 50
    assert recent.get("a") == 2


def test_the_entry_that_was_set_first_goes_when_there_are_too_many():
    recent: Recent[int, int] = Recent(60, 3)
    for key in range(5):
        recent.set(key, key)
    assert [recent.get(key) for key in range(5)] == [None, None, 2, 3, 4]


def test_unwanted_entries_are_dropped_at_once():
    recent: Recent[int, int] = Recent(60, 10)
    for key in range(4):
        recent.set(key, key)
    recent.drop(lambda key: key % 2 == 0)
    assert [recent.get(key) for key in range(4)] == [None, 1, None, 3]
