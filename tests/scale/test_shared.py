"""signpost/shared: each part against a real Redis, with processes that die, hang and come back."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Restarted, SlotSet, UserUttered
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker

from bench.services import Redis
from signpost.files import FileError
from signpost.handoff import Notifier
from signpost.settings import Conversations, Handoff, Limits, Rate
from signpost.shared import connection
from signpost.shared.answers import SharedAnswers
from signpost.shared.connection import Shared, SharedError, key
from signpost.shared.conversations import SharedKeeper
from signpost.shared.countries import MemoryCountries, SharedCountries
from signpost.shared.deliveries import MemoryDeliveries, SharedDeliveries
from signpost.shared.limits import SharedRateLimit
from signpost.shared.order import HELD, SharedOrder, conversation_key
from signpost.tracker_store import BoundedTrackerStore

LEASE = 0.3  # seconds; below the time after which a lease is renewed, so that a holder looks as if it had died


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    running = Redis(tmp_path_factory.mktemp("redis")).start()
    yield running
    running.stop()


@pytest.fixture
async def shared(redis: Redis) -> AsyncIterator[Shared]:
    redis.client.flushall()
    made = Shared(redis.url)
    yield made
    await made.close()


@pytest.fixture
async def other(redis: Redis) -> AsyncIterator[Shared]:
    """The same Redis as another process sees it."""
    made = Shared(redis.url)
    yield made
    await made.close()


@pytest.fixture
async def nowhere() -> Shared:
    return Shared("redis://127.0.0.1:1/0")


@pytest.mark.parametrize(
    "address",
    ["localhost:6379", "http://h:1", "redis://", "redis://h/name", "redis://h:99999", "redis://h:0", "redis://h?x=y"],
)
def test_an_address_that_nobody_can_read_is_refused_in_one_sentence(address):
    with pytest.raises(FileError, match=r"^The environment's SIGNPOST_REDIS_URL is no address of a Redis\. Set it"):
        Shared(address)


def test_the_password_is_not_in_what_is_said_of_a_wrong_address():
    with pytest.raises(FileError) as raised:
        Shared("redis://:s3cret@host:port/0")
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize("address", ["redis://h", "rediss://:p%40ss@h:6380/2", "rediss://u:p@h/0?ssl_ca_certs=ca.pem"])
def test_an_address_with_user_password_number_and_tls_is_read(address):
    assert Shared(address)


async def test_a_redis_that_refuses_or_hangs_is_an_error_in_time(shared, nowhere, redis):
    with pytest.raises(SharedError, match="ConnectionError"):
        await nowhere.do("GET", "x")
    redis.hang()
    began = time.monotonic()
    try:
        with pytest.raises(SharedError, match="TimeoutError"):
            await shared.do("GET", "x")
    finally:
        redis.go_on()
    assert time.monotonic() - began < 5
    assert await shared.responds()
    assert not await nowhere.responds()


async def test_a_wrong_password_is_an_error_that_does_not_name_it(redis, caplog):
    wrong = Shared(redis.url.replace("a-password", "w-password"))
    with pytest.raises(SharedError) as raised:
        await wrong.do("GET", "x")
    assert "password" not in str(raised.value)
    assert not await wrong.responds()


async def test_a_redis_that_was_started_again_is_used_at_once_on_old_connections(shared, redis):
    order = SharedOrder(shared, 60)
    await asyncio.gather(*(shared.do("GET", "x") for _ in range(5)))
    redis.stop()
    redis.start()
    for _ in range(5):
        async with order.turn("a"):
            pass


async def test_turns_of_a_conversation_wait_for_each_other_across_processes_and_others_do_not(shared, other):
    order, running, most = [], 0, 0

    async def turn(place: int, process: Shared) -> None:
        nonlocal running, most
        async with SharedOrder(process, 60).turn("a"):
            running += 1
            most = max(most, running)
            order.append(place)
            await asyncio.sleep(0.02)
            running -= 1

    async with SharedOrder(shared, 60).turn("a"):
        tasks = []
        for place in range(6):
            tasks.append(asyncio.create_task(turn(place, (shared, other)[place % 2])))
            while await shared.do("LLEN", key("queue", "a")) < place + 2:
                await asyncio.sleep(0.005)
        async with SharedOrder(other, 60).turn("b"):
            pass
        assert order == []
    await asyncio.gather(*tasks)
    assert (order, most) == (list(range(6)), 1)
    assert await shared.do("KEYS", "*") == []


async def test_the_place_of_a_process_that_died_is_soon_free_and_what_it_leaves_late_is_dropped(shared, other, caplog):
    await shared.do("SET", conversation_key("a"), "before", "EX", 60)
    async with SharedOrder(shared, 60, LEASE).turn("a"):
        late = HELD.get()
        assert late and late.before == "before"
        async with SharedOrder(other, 60, LEASE).turn("a"):
            held = HELD.get()
            assert held and held.before == "before"
            held.after = "by the other"
        late.after = "too late"
    assert await shared.do("GET", conversation_key("a")) == "by the other"
    assert "another process was given the conversation" in caplog.text


async def test_a_long_turn_keeps_its_place(shared, other, monkeypatch):
    monkeypatch.setattr("signpost.shared.connection.RENEW_SECONDS", 0.1)
    ended = []

    async def second() -> None:
        async with SharedOrder(other, 60, LEASE).turn("a"):
            ended.append("second")

    async with SharedOrder(shared, 60, LEASE).turn("a"):
        task = asyncio.create_task(second())
        await asyncio.sleep(3 * LEASE)
        ended.append("first")
    await task
    assert ended == ["first", "second"]


async def test_a_turn_that_failed_or_was_given_up_leaves_the_conversation_as_it_was_and_its_place_free(shared):
    await shared.do("SET", conversation_key("a"), "before", "EX", 60)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1), SharedOrder(shared, 60).turn("a"):
            held = HELD.get()
            assert held
            held.after = "half"
            await asyncio.sleep(5)
    async with asyncio.timeout(2), SharedOrder(shared, 60).turn("a"):
        pass
    assert await shared.do("GET", conversation_key("a")) == "before"


async def test_a_turn_whose_end_cannot_be_written_has_been_answered_and_is_logged(shared, redis, caplog):
    async with SharedOrder(shared, 60).turn("a"):
        held = HELD.get()
        assert held
        held.after = "after"
        redis.stop()
    redis.start()
    assert "The end of a turn could not be written to Redis" in caplog.text


async def test_a_turn_does_not_begin_while_redis_is_down(nowhere):
    with pytest.raises(SharedError):
        async with SharedOrder(nowhere, 60).turn("a"):
            raise AssertionError


@pytest.fixture
def store(shared: Shared) -> BoundedTrackerStore:
    domain = Domain.from_dict({"slots": {"country": {"type": "text", "mappings": [{"type": "custom"}]}}})
    assert isinstance(domain.slots[0], TextSlot)
    bounds = Conversations(turns_kept=3, minutes=60)
    return BoundedTrackerStore(domain, bounds=bounds, keeper=SharedKeeper(shared, 3600))


async def converse(store: BoundedTrackerStore, text: str, *more: object) -> None:
    tracker = await store.get_or_create_tracker("a")
    said = BotUttered(f"re {text}", {"buttons": [{"title": "t"}]}, {"signpost_state": {"turn": 3}})
    parsed = {"intent": {"name": "greet", "confidence": 0.9}, "safety": None, "entities": []}
    heard = UserUttered(text, parsed["intent"], [], parsed, input_channel="rest", metadata={"signpost_country": "IE"})
    for event in (ActionExecuted(ACTION_LISTEN_NAME), heard, *more, ActionExecuted("utter_greet"), said):
        tracker.update(event, store.domain)
    await store.save(tracker)


@pytest.mark.parametrize("in_turn", [True, False], ids=["in a turn", "outside"])
async def test_a_conversation_comes_out_of_redis_as_it_went_in_and_within_its_bounds(store, shared, redis, in_turn):
    for place in range(6):
        if in_turn:
            async with SharedOrder(shared, 3600).turn("a"):
                await converse(store, f"m{place}", *([SlotSet("country", "IE")] if place == 0 else []))
        else:
            await converse(store, f"m{place}", *([SlotSet("country", "IE")] if place == 0 else []))
    tracker = await store.retrieve("a")
    assert [event.text for event in tracker.events if isinstance(event, UserUttered)] == ["m3", "m4", "m5"]
    assert tracker.get_slot("country") == "IE"
    said = [event for event in tracker.events if isinstance(event, BotUttered)][-1]
    assert (said.text, said.data["buttons"], said.metadata["signpost_state"]) == (
        "re m5",
        [{"title": "t"}],
        {"turn": 3},
    )
    heard = tracker.latest_message
    assert (heard.intent["name"], heard.parse_data["safety"]) == ("greet", None)
    assert heard.metadata == {"signpost_country": "IE"}
    assert 3500 < redis.client.ttl(conversation_key("a")) <= 3600


async def test_a_restart_takes_what_was_said_out_of_redis(store, shared, redis):
    await converse(store, "zanzibarquokka")
    assert "zanzibarquokka" in redis.client.get(conversation_key("a"))
    await converse(store, "forget me", Restarted())
    assert "zanzibarquokka" not in redis.client.get(conversation_key("a"))


async def test_a_conversation_that_another_release_wrote_begins_anew(store, shared, caplog):
    for text in ("{}", "no json", '{"events": [{"event": "made up"}], "slots": {}}', '{"events": [5], "slots": {}}'):
        await shared.do("SET", conversation_key("a"), text, "EX", 60)
        assert await store.retrieve("a") is None
        await converse(store, "hello")
        assert (await store.retrieve("a")).latest_message.text == "hello"
    assert "begins anew" in caplog.text


async def test_rasas_own_wrapper_never_stands_in_for_a_conversation_that_cannot_be_read(store, shared, redis):
    await converse(store, "kept")
    wrapped = FailSafeTrackerStore(store)
    with pytest.raises(SharedError):
        redis.hang()
        try:
            async with SharedOrder(shared, 60).turn("a"):
                await wrapped.retrieve("a")
        finally:
            redis.go_on()
    assert (await store.retrieve("a")).latest_message.text == "kept"


async def test_a_bucket_is_one_for_all_processes_and_fills_again(shared, other, redis):
    limits = Limits(sender=Rate(burst=4, per_minute=600), address=Rate(burst=1000, per_minute=1))
    both = [SharedRateLimit(each, limits) for each in (shared, other)]
    many = await asyncio.gather(*(both[place % 2].allows("a", "8.8.8.8") for place in range(40)))
    assert 4 <= sum(many) < 40
    assert await both[0].allows("b", None)
    while not await both[1].allows("a", None):
        await asyncio.sleep(0.02)
    assert 0 < redis.client.ttl(key("sender", "a")) <= 1


async def test_an_address_has_its_bucket_unless_it_may_be_a_web_server_in_front(shared):
    limit = SharedRateLimit(shared, Limits(address=Rate(burst=2, per_minute=1)))
    assert [await limit.allows(f"s{place}", "8.8.8.8") for place in range(3)] == [True, True, False]
    assert all([await limit.allows(f"t{place}", "10.0.0.1") for place in range(5)])


async def test_nobody_is_refused_because_redis_is_down(nowhere):
    limit = SharedRateLimit(nowhere, Limits(sender=Rate(burst=1, per_minute=1)))
    assert [await limit.allows("a", "8.8.8.8") for _ in range(3)] == [True] * 3


async def said(text: str, seconds: float = 0) -> list[dict[str, str]]:
    await asyncio.sleep(seconds)
    return [{"text": text}]


async def test_an_answer_is_made_once_for_all_processes_and_kept_for_its_time(shared, other, redis):
    both = [SharedAnswers(each, 600) for each in (shared, other)]
    made = await asyncio.gather(
        *(both[place % 2].once("a", "m", lambda place=place: said(f"{place}", 0.1)) for place in range(4))
    )
    assert made == [made[0]] * 4
    assert await both[1].once("a", "m2", lambda: said("other message")) == [{"text": "other message"}]
    assert await both[1].once("b", "m", lambda: said("other person")) == [{"text": "other person"}]
    assert 590 < redis.client.ttl(key("answer", "a", "m")) <= 600
    await both[1].forget("a")
    assert await both[0].once("a", "m", lambda: said("anew")) == [{"text": "anew"}]
    assert await both[0].once("b", "m", lambda: said("never")) == [{"text": "other person"}]


async def test_what_a_dead_process_did_not_answer_another_one_answers(shared, other):
    async def dies() -> list[dict[str, str]]:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await SharedAnswers(shared, 600, LEASE).once("a", "m", dies)
    assert await SharedAnswers(other, 600, LEASE).once("a", "m", lambda: said("again")) == [{"text": "again"}]


async def test_while_redis_is_down_a_message_is_answered_all_the_same(nowhere, caplog):
    answers = SharedAnswers(nowhere, 600)
    assert await answers.once("a", "m", lambda: said("hello")) == [{"text": "hello"}]
    await answers.forget("a")
    assert "ConnectionError" in caplog.text


def deliveries(shared: Shared, lease: float = 3) -> SharedDeliveries:
    return SharedDeliveries(shared, "telegram", 600, MemoryDeliveries(600, 10), lease)


async def test_a_delivery_is_let_through_once_by_all_processes(shared, other, redis):
    here, there = deliveries(shared), deliveries(other)
    begun = await asyncio.gather(*(each.begin("d", "a", {"chat": "1"}) for each in (here, there, here, there)))
    (done,) = filter(None, begun)
    assert await redis_set(redis) == 1
    await done()
    assert await redis_set(redis) == 0
    assert await there.begin("d", "a", {}) is None
    assert 590 < redis.client.ttl(key("delivery", "telegram", "d")) <= 600


async def redis_set(redis: Redis) -> int:
    return int(redis.client.zcard("signpost:lapse:telegram"))


async def test_what_a_dead_process_took_is_found_once(shared, other):
    dead, alive = deliveries(shared, LEASE), deliveries(other)
    assert await dead.begin("d", "a", {"chat": "1"})
    assert await alive.orphans() == []
    found: list[tuple[str, dict[str, str]]] = []
    while not found:
        found += await alive.orphans()
        await asyncio.sleep(0.02)
    assert found == [("a", {"chat": "1"})]
    assert await alive.orphans() == []
    assert await alive.begin("d", "a", {}) is None


async def test_while_redis_is_down_a_process_lets_what_it_has_seen_itself_through_once(nowhere):
    own = deliveries(nowhere)
    assert await own.begin("d", "a", {})
    assert await own.begin("d", "a", {}) is None
    assert await own.orphans() == []


async def test_a_country_is_known_everywhere_until_it_is_forgotten_anywhere(shared, other, nowhere):
    def countries(process: Shared, seen: MemoryCountries) -> SharedCountries:
        return SharedCountries(process, 60, seen)

    seen = MemoryCountries(60, 10)
    here, there = countries(shared, seen), countries(other, MemoryCountries(60, 10))
    assert await here.get("a") is None
    await here.set("a", "IE")
    assert await there.get("a") == "IE"
    assert await countries(nowhere, seen).get("a") == "IE"
    await there.set("a", None)
    assert await here.get("a") is None
    assert await countries(nowhere, seen).get("a") is None


@pytest.fixture(autouse=True)
def level(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)


async def test_the_team_is_told_once_whichever_process_the_person_asks(shared, redis, monkeypatch):
    monkeypatch.setenv("SIGNPOST_REDIS_URL", redis.url)
    connection.shared.cache_clear()
    posted = []

    async def post(self: Notifier, body: bytes) -> int:
        posted.append(body)
        return 200

    monkeypatch.setattr(Notifier, "_post", post)
    chosen = Handoff(url="https://clinic.example/handoff")
    here, there = Notifier(chosen, "a-secret-of-the-team"), Notifier(chosen, "a-secret-of-the-team")
    connection.shared.cache_clear()
    tracker = DialogueStateTracker("rest:a", [])
    assert [await each.tell(tracker, "US", False, False) for each in (here, there, here)] == [True] * 3
    assert len(posted) == 1
    assert await there.tell(tracker, "US", False, True)
    assert len(posted) == 2
    assert 0 < redis.client.ttl(key("told", "rest:a", "False")) <= 600
