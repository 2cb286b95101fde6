"""channels/sending.py: a platform's API that fails, hangs or refuses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from signpost.channels import sending
from signpost.channels.sending import Api, Call, Lanes, SendError


class Upstream:
    """A local API that answers with the statuses it is given, then with 200."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.bodies: list[object] = []
        self.delay = 0.0

    async def answer(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.json())
        await asyncio.sleep(self.delay)
        status = self.statuses.pop(0) if self.statuses else 200
        headers = {"Retry-After": "0"} if status == 429 else {}
        return web.json_response({"ok": status == 200}, status=status, headers=headers)


@asynccontextmanager
async def serving() -> AsyncIterator[tuple[Upstream, Api]]:
    made = Upstream()
    app = web.Application()
    app.router.add_post("/say", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    api = Api(f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/", pauses=(0.01, 0.01))
    yield made, api
    await api.close()
    await runner.cleanup()


CALL = Call("/say", json={"text": "words"})


@pytest.mark.parametrize("statuses", [[], [500], [429, 503]])
async def test_what_fails_for_a_while_is_sent_again(statuses):
    async with serving() as (made, api):
        made.statuses = list(statuses)
        await api.send(CALL)
        assert len(made.bodies) == len(statuses) + 1


async def test_after_three_tries_it_is_given_up():
    async with serving() as (made, api):
        made.statuses = [500] * 5
        with pytest.raises(SendError, match="status 500") as error:
            await api.send(CALL)
        assert not error.value.final
        assert len(made.bodies) == 3


async def test_what_is_refused_is_not_sent_again():
    async with serving() as (made, api):
        made.statuses = [400]
        with pytest.raises(SendError, match="status 400") as error:
            await api.send(CALL)
        assert error.value.final
        assert len(made.bodies) == 1


async def test_an_api_that_hangs_is_given_up(monkeypatch):
    async with serving() as (made, api):
        monkeypatch.setattr(sending, "SECONDS", 0.1)
        made.delay = 1
        with pytest.raises(SendError, match="Timeout"):
            await api.send(CALL)
        assert len(made.bodies) == 3


async def test_an_api_that_is_not_there_is_an_error_without_its_address():
    api = Api("http://127.0.0.1:1/bot-secret-token", pauses=())
    with pytest.raises(SendError) as error:
        await api.send(CALL)
    assert "secret" not in str(error.value)
    await api.close()


async def test_a_good_status_may_still_say_no():
    async with serving() as (_, api):
        refusing = Api(api._address, refusal=lambda body: "channel_not_found", pauses=(0.01,))
        with pytest.raises(SendError, match="channel_not_found"):
            await refusing.send(CALL)
        await refusing.close()


async def test_a_lane_runs_in_order_and_lanes_side_by_side_even_past_a_failure():
    lanes, done = Lanes(), []

    def work(name: str, seconds: float, fails: bool = False):
        async def run() -> None:
            await asyncio.sleep(seconds)
            done.append(name)
            if fails:
                raise RuntimeError(name)

        return run

    lanes.put("a", work("a1", 0.1, fails=True))
    lanes.put("a", work("a2", 0))
    lanes.put("b", work("b1", 0.02))
    await lanes.finish(5)
    assert done == ["b1", "a1", "a2"]
    assert lanes._waiting == {}
