"""logs.py: JSON, a line an event; what libraries and exceptions say is left out once people write."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from signpost import logs

TYPED = "smack-and-my-name"


@pytest.fixture
def written(monkeypatch) -> Iterator[Callable[[], list[dict]]]:
    """Returns the lines written so far."""
    root, own = logging.getLogger(), logging.getLogger("signpost")
    before = list(root.handlers), root.level, own.level
    stream = io.StringIO()
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    monkeypatch.setattr(sys, "stderr", stream)
    for place, name in ((threading, "excepthook"), (logging, "raiseExceptions")):
        monkeypatch.setattr(place, name, getattr(place, name))
    logs.install()
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], level, own_level = before
    root.setLevel(level)
    own.setLevel(own_level)


def test_a_line_of_signposts_own_has_its_words_and_the_declared_fields(written):
    fields = {"channel": "rest", "sender": TYPED}
    logging.getLogger("signpost.channels.turns").error("A turn on %s failed.", "rest", extra=fields)
    (line,) = written()
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "error",
        "logger": "signpost.channels.turns",
        "event": "A turn on rest failed.",
        "channel": "rest",
    }


def test_a_library_is_quoted_until_people_write_and_never_after(written):
    library = logging.getLogger("a_library.core")
    library.info("Loading model %s", "m")
    logs.people_may_write()
    library.info("about %s", TYPED)
    library.warning("about %s", TYPED)
    before, after = written()
    assert before["event"] == "Loading model m"
    assert (after["event"], after["level"]) == (logs.UNSAID, "warning")
    assert after["at"].startswith("test_logs.py:")
    assert TYPED not in json.dumps(after)


@pytest.mark.parametrize("name", ["rasa.core", "sanic.access", "aiohttp", "asyncio", "signpost.nlg"])
def test_nothing_is_written_at_level_debug_whatever_was_asked_for(written, name):
    logging.getLogger(name).debug(TYPED)
    assert written() == []


def test_an_exception_is_its_kinds_and_places_without_its_words(written):
    logs.people_may_write()
    try:
        try:
            {}[TYPED]
        except KeyError as error:
            raise ValueError(f"cannot read {TYPED}") from error
    except ValueError:
        logging.getLogger("signpost.nlg").exception("The response could not be made.")
        logging.getLogger("asyncio").exception("Task of %s", TYPED)
    own, library = written()
    assert [part["kind"] for part in own["error"]] == ["ValueError", "KeyError"]
    assert own["error"][0]["at"][0].startswith("test_logs.py:")
    assert TYPED not in json.dumps([own, library])


def test_a_thread_that_ends_with_an_exception_says_no_more_than_its_kind(written):
    def end() -> None:
        raise RuntimeError(TYPED)

    thread = threading.Thread(target=end)
    thread.start()
    thread.join()
    (line,) = written()
    assert line["error"][0]["kind"] == "RuntimeError"
    assert TYPED not in json.dumps(line)


def test_a_line_that_cannot_be_put_together_is_not_printed_with_what_was_to_be_in_it(written):
    logging.getLogger("signpost").error("%d of them", TYPED)
    assert written() == []


def test_places_are_named_without_the_machines_folders(written):
    import asyncio

    try:
        asyncio.run(_fails())
    except LookupError:
        logging.getLogger("signpost").exception("It failed.")
    (line,) = written()
    places = line["error"][0]["at"]
    assert any("asyncio/runners.py:" in place for place in places)
    assert not any(place.startswith("/") for place in places)


async def _fails() -> None:
    raise LookupError
