"""readers.py: the threads that read messages."""

from __future__ import annotations

import asyncio
import contextvars
import subprocess
import sys
import threading
import time

import pytest

from signpost.files import ROOT
from signpost.readers import Readers, readers

CONVERSATION = contextvars.ContextVar("CONVERSATION", default="none")


async def test_what_a_function_returns_or_raises_comes_back():
    threads = Readers()
    assert await threads.run(sorted, [2, 1]) == [1, 2]
    with pytest.raises(ZeroDivisionError):
        await threads.run(lambda: 1 / 0)
    assert await threads.run(len, "after an error") == 14


async def test_a_function_runs_in_a_thread_of_its_own_and_the_loop_goes_on():
    began, go_on = threading.Event(), threading.Event()

    def read() -> str:
        began.set()
        assert go_on.wait(10)
        return threading.current_thread().name

    reading = asyncio.create_task(Readers().run(read))
    while not began.is_set():
        await asyncio.sleep(0.01)
    go_on.set()
    assert await reading == "reader"


async def test_a_function_sees_the_context_of_the_one_who_asks():
    CONVERSATION.set("mine")
    assert await Readers().run(CONVERSATION.get) == "mine"


async def test_as_many_run_at_once_as_there_are_threads():
    both = threading.Barrier(2)
    threads = Readers(threads=2)
    await asyncio.wait_for(asyncio.gather(threads.run(both.wait, 10), threads.run(both.wait, 10)), 10)


async def test_one_that_hangs_keeps_no_other_from_being_read():
    hanging = threading.Event()
    threads = Readers(threads=2)
    stuck = asyncio.create_task(threads.run(hanging.wait, 10))
    assert [await threads.run(len, "a" * size) for size in range(4)] == [0, 1, 2, 3]
    assert not stuck.done()
    hanging.set()
    assert await stuck


async def test_what_is_cancelled_before_it_begins_never_runs():
    hanging, ran = threading.Event(), threading.Event()
    threads = Readers(threads=1)
    stuck = asyncio.create_task(threads.run(hanging.wait, 10))
    waiting = asyncio.create_task(threads.run(ran.set))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    hanging.set()
    assert await stuck
    assert await threads.run(ran.is_set) is False


def test_a_program_ends_though_one_hangs():
    program = (
        "import asyncio, time\n"
        "from signpost.readers import readers\n"
        "async def main():\n"
        "    asyncio.ensure_future(readers().run(time.sleep, 60))\n"
        "    await asyncio.sleep(0.1)\n"
        "asyncio.run(main())\n"
    )
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=50, check=True)
    assert time.monotonic() - began < 50


def test_all_turns_share_the_threads():
    assert readers() is readers()
