"""tracker_store.py: bounded memory, whose cost and content do not grow with the conversation."""

from __future__ import annotations

import pytest
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, BotUttered, Restarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import read_endpoint_config

from signpost.files import ROOT
from signpost.settings import Conversations
from signpost.shared.conversations import MemoryKeeper
from signpost.tracker_store import BoundedTrackerStore


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def pass_minutes(self, minutes: float) -> None:
        self.now += minutes * 60


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make(domain, clock):
    def _make(broker: EventBroker | None = None, **bounds: int) -> BoundedTrackerStore:
        given = Conversations(**{"turns_kept": 3, "minutes": 60, "at_most": 100, **bounds})
        return BoundedTrackerStore(domain, broker, bounds=given, keeper=MemoryKeeper(given, clock))

    return _make


async def turn(store: BoundedTrackerStore, said: str, sender: str = "a", *more) -> DialogueStateTracker:
    """One turn as Rasa's processor keeps it: take the conversation, add to it, put it back."""
    tracker = await store.get_or_create_tracker(sender)
    events = [
        ActionExecuted(ACTION_LISTEN_NAME),
        UserUttered(said),
        *more,
        ActionExecuted("utter_greet"),
        BotUttered(f"re {said}"),
    ]
    for event in events:
        tracker.update(event, store.domain)
    await store.save(tracker)
    return tracker


async def heard(store: BoundedTrackerStore, sender: str = "a") -> list[str]:
    tracker = await store.retrieve(sender)
    return [e.text for e in tracker.events if isinstance(e, UserUttered)] if tracker else []


async def test_a_short_conversation_is_kept_whole(make):
    store = make()
    for said in "123":
        kept = await turn(store, said)
    retrieved = await store.retrieve("a")
    assert [type(e) for e in retrieved.events] == [type(e) for e in kept.events]
    assert await heard(store) == ["1", "2", "3"]


async def test_only_the_last_turns_of_a_long_conversation_are_kept(make):
    store = make(turns_kept=3)
    for number in range(50):
        await turn(store, str(number))
    assert await heard(store) == ["47", "48", "49"]


async def test_what_is_kept_does_not_grow(make):
    store = make()
    sizes = []
    for number in range(60):
        await turn(store, str(number), "a", SlotSet("country", "GB"))
        sizes.append(len((await store.retrieve("a")).events))
    assert len(set(sizes[10:])) == 1


async def test_the_kept_part_begins_with_listening_as_rules_need_it(make):
    store = make()
    for number in range(9):
        await turn(store, str(number))
    first, second, *_ = (await store.retrieve("a")).events
    assert isinstance(first, ActionExecuted) and first.action_name == ACTION_LISTEN_NAME
    assert isinstance(second, UserUttered) and second.text == "6"


async def test_slots_survive_the_turns_they_were_set_in(make):
    store = make()
    await turn(store, "uk", "a", SlotSet("country", "GB"), SlotSet("asking_for", "someone_else"))
    for number in range(20):
        await turn(store, str(number))
    tracker = await store.retrieve("a")
    assert (tracker.get_slot("country"), tracker.get_slot("asking_for")) == ("GB", "someone_else")


async def test_a_slot_that_was_changed_later_has_its_later_value(make):
    store = make()
    await turn(store, "uk", "a", SlotSet("country", "GB"))
    for number in range(5):
        await turn(store, str(number))
    await turn(store, "ireland", "a", SlotSet("country", "IE"))
    for number in range(5):
        await turn(store, str(number))
    assert (await store.retrieve("a")).get_slot("country") == "IE"


async def test_a_slot_that_was_emptied_stays_empty(make):
    store = make()
    await turn(store, "uk", "a", SlotSet("country", "GB"))
    for number in range(5):
        await turn(store, str(number))
    await turn(store, "nowhere", "a", SlotSet("country", None))
    assert (await store.retrieve("a")).get_slot("country") is None


async def test_a_restart_forgets_what_was_said_before_it_and_the_slots(make):
    store = make()
    await turn(store, "secret", "a", SlotSet("country", "GB"))
    await turn(store, "forget me", "a", Restarted())
    assert await heard(store) == []
    assert "secret" not in str(vars(store))
    assert (await store.retrieve("a")).get_slot("country") is None
    await turn(store, "new")
    assert await heard(store) == ["new"]


async def test_a_conversation_is_forgotten_after_its_minutes_without_a_message(make, clock):
    store = make(minutes=60)
    await turn(store, "1")
    clock.pass_minutes(60)
    assert await heard(store) == ["1"]
    clock.pass_minutes(0.1)
    assert await store.retrieve("a") is None
    assert list(await store.keys()) == []


async def test_a_message_starts_the_minutes_anew(make, clock):
    store = make(minutes=60)
    for _ in range(4):
        await turn(store, "x")
        clock.pass_minutes(50)
    assert await heard(store) == ["x"] * 3


async def test_what_is_forgotten_leaves_memory_when_anyone_else_writes(make, clock):
    store = make(minutes=60)
    await turn(store, "old", "a")
    clock.pass_minutes(61)
    await turn(store, "new", "b")
    assert list(store._keeper._kept) == ["b"]


async def test_of_too_many_conversations_the_one_quiet_longest_is_forgotten(make, clock):
    store = make(at_most=3)
    for sender in "abc":
        await turn(store, "x", sender)
        clock.pass_minutes(1)
    await turn(store, "again", "a")
    await turn(store, "x", "d")
    assert sorted(await store.keys()) == ["a", "c", "d"]


async def test_never_more_conversations_than_allowed_are_kept(make):
    store = make(at_most=5)
    for number in range(200):
        await turn(store, "x", str(number))
        assert len(list(await store.keys())) <= 5


async def test_conversations_do_not_mix(make):
    store = make()
    await turn(store, "mine", "a", SlotSet("country", "GB"))
    await turn(store, "yours", "b")
    assert (await heard(store, "a"), await heard(store, "b")) == (["mine"], ["yours"])
    assert (await store.retrieve("b")).get_slot("country") is None


async def test_an_unknown_conversation_is_none_and_then_a_new_one(make):
    store = make()
    assert await store.retrieve("nobody") is None
    assert (await store.get_or_create_tracker("nobody")).sender_id == "nobody"


async def test_changing_a_retrieved_conversation_changes_nothing_before_it_is_saved(make):
    store = make()
    await turn(store, "1")
    (await store.retrieve("a")).update(UserUttered("unsaved"), store.domain)
    assert await heard(store) == ["1"]


async def test_every_new_event_reaches_a_broker_once_however_long_the_conversation(make):
    class Broker(EventBroker):
        def __init__(self) -> None:
            self.said: list[str] = []

        def publish(self, event: dict) -> None:
            if event["event"] == "user":
                self.said.append(event["text"])

    broker = Broker()
    store = make(broker)
    for number in range(12):
        await turn(store, str(number), "a", SlotSet("country", "GB"))
    assert broker.said == [str(number) for number in range(12)]


async def test_the_crisis_line_and_the_disclosure_outlive_the_turns_they_came_in(make, conversation, composer):
    store, made = make(turns_kept=1), conversation()
    texts = []
    for name in ["utter_greet", "utter_crisis_suicide", *["utter_cold_turkey"] * 12]:
        texts.append(await made.turn(name))
        await store.save(made.tracker)
        made.tracker = await store.retrieve("someone")
    assert all("988" in text.splitlines()[-1] and "automated program" not in text for text in texts[2:])


def test_rasa_takes_the_store_that_endpoints_yml_names_with_the_operators_bounds(domain, settings_file):
    settings_file("conversations: {turns_kept: 7}\n")
    endpoint = read_endpoint_config(str(ROOT / "endpoints.yml"), "tracker_store")
    store = TrackerStore.create(endpoint, domain)
    # Rasa may wrap the store it is given in one that survives failures.
    store = getattr(store, "_tracker_store", store)
    assert isinstance(store, BoundedTrackerStore)
    assert store._bounds.turns_kept == 7
