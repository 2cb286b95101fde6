"""Several workers are one assistant: whichever takes a message, it is answered in order and once, and none is lost."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from bench.platforms import Platforms
from bench.scale import QUESTIONS, SENDERS, load
from bench.services import is_ready
from bench.soak import FIXED
from bench.webhooks import typed
from signpost.shared.connection import Shared, key
from signpost.shared.order import SharedOrder
from tests.channels.conftest import post
from tests.scale.conftest import Cluster, under_load, wait_until
from tests.system.server import Server

LIMITED = "Many messages came at once"


def new(name: str = "someone") -> str:
    return f"{name}-{uuid.uuid4().hex[:8]}"


def at(cluster: Cluster, worker: int) -> Server:
    """The worker as the helpers of the channels' tests take a server."""
    return Server([], cluster.redis.folder, cluster.ports[worker])


def test_a_redis_that_is_not_there_at_the_start_keeps_nobody_from_the_numbers(cluster: Cluster):
    assert cluster.dark["health"] == (503, "Redis does not answer. Start it, or look at its log.")
    assert FIXED in cluster.dark["said"]
    assert "911" in cluster.dark["said"]
    assert "The two articles differ" in cluster.said("is tapering safe", "early")


def test_sixty_four_people_at_once_are_answered_in_order_and_once_by_two_workers(cluster: Cluster):
    seen = asyncio.run(load(cluster.nginx.url, 1))
    assert (seen.sent, seen.fixed, seen.failed) == (SENDERS * len(QUESTIONS), 0, [])
    assert len(seen.answered) == SENDERS
    assert all(cluster.heard(sender) == list(QUESTIONS) for sender in seen.answered)


def test_messages_that_do_not_wait_for_their_replies_are_answered_in_the_order_in_which_they_came(cluster: Cluster):
    sender, texts = new("hasty"), list(QUESTIONS)
    name = f"rest:{sender}"

    async def hold_up() -> list[str]:
        shared = Shared(cluster.redis.url)
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(len(texts)) as pool:
            # While this test has the conversation, messages line up at both workers.
            async with SharedOrder(shared, 60).turn(name):
                replies = []
                for place, text in enumerate(texts):
                    replies.append(loop.run_in_executor(pool, cluster.said, text, sender, place % 2))
                    while await shared.do("LLEN", key("queue", name)) < place + 2:
                        await asyncio.sleep(0.01)
            said = await asyncio.gather(*replies)
        await shared.close()
        return said

    said = asyncio.run(hold_up())
    assert all(words in reply for words, reply in zip(QUESTIONS.values(), said, strict=True))
    assert cluster.heard(sender) == texts


def test_a_message_that_is_sent_again_to_the_other_worker_gets_the_same_reply_and_is_no_second_turn(cluster: Cluster):
    sender = new()
    first = cluster.say("is tapering safe", sender, 0, message_id="m1")
    assert [cluster.say("is tapering safe", sender, worker, message_id="m1") for worker in (1, 0)] == [first, first]
    assert cluster.heard(sender) == ["is tapering safe"]
    assert cluster.say("is tapering safe", sender, 1, message_id="m2") != first


def test_two_copies_of_a_message_at_the_same_time_are_one_turn(cluster: Cluster):
    sender = new()
    with ThreadPoolExecutor(4) as pool:
        copies = [
            pool.submit(cluster.say, "is tapering safe", sender, place % 2, message_id="same") for place in range(4)
        ]
        said = [copy.result() for copy in copies]
    assert all(each == said[0] for each in said)
    assert cluster.heard(sender) == ["is tapering safe"]


@pytest.mark.parametrize("platform", ["telegram", "slack", "twilio", "messenger"])
def test_a_platforms_delivery_that_is_repeated_to_the_other_worker_is_answered_once(
    cluster: Cluster, platforms: Platforms, platform: str
):
    request = typed(platform, "6104", "is tapering safe")
    for worker in (0, 1, 1, 0):
        assert post(at(cluster, worker), request).status_code == 200
    person = {"slack": "D6104", "twilio": "+6104"}.get(platform, "6104")
    assert platforms.wait(platform, person)
    # Taken off the list as soon as the reply is sent.
    wait_until(lambda: not cluster.redis.client.exists(f"signpost:lapse:{platform}"))
    assert sum("The two articles differ" in said.text for said in platforms.said[platform, person]) == 1


def test_a_sender_has_one_limit_at_all_workers(cluster: Cluster):
    sender = new("many")
    said = [cluster.said("hello", sender, place % 2) for place in range(27)]
    assert [LIMITED in each for each in said] == [False] * 25 + [True] * 2
    assert said[-1].startswith("If someone is in danger, call 911 now.")


def test_an_address_has_one_limit_at_all_workers_and_its_bucket_lapses(cluster: Cluster):
    shared = key("address", "20.43.7.9")
    assert not cluster.redis.client.exists(shared)
    for worker in (0, 1):
        body = {"sender": new(), "message": "hello"}
        headers = {"X-Forwarded-For": "20.43.7.9"}
        requests.post(f"{cluster.url(worker)}/webhooks/rest/webhook", json=body, headers=headers, timeout=20)
    level = float(cluster.redis.client.hget(shared, "level"))
    assert 999_997 < level <= 999_999.9
    assert cluster.redis.client.ttl(shared) > 0


def test_the_country_that_one_worker_was_told_is_known_to_the_other_until_it_is_forgotten(cluster: Cluster):
    sender = new("irish")
    cluster.said("i live in ireland", sender, 0)
    assert "1800 459 459" in cluster.said("is tapering safe", sender, 1)
    for place in range(26):
        said = cluster.said("hello", sender, place % 2)
    assert LIMITED in said
    assert "call 112 or 999 now" in said or "1800 459 459" in said

    sender = new("forgetting")
    cluster.said("i live in ireland", sender, 0)
    assert "1800 459 459" in cluster.said("is tapering safe", sender, 1, message_id="kept")
    assert cluster.redis.client.exists(key("answer", sender, "kept"))
    cluster.said("forget me", sender, 0)
    assert not cluster.redis.client.exists(key("answer", sender, "kept"), key("country", f"rest:{sender}"))
    assert "1800 459 459" not in cluster.said("is tapering safe", sender, 1)
    assert cluster.heard(sender) == ["is tapering safe"]


def test_a_worker_that_is_killed_under_load_loses_no_conversation_and_no_reply(cluster: Cluster):
    with under_load(cluster.nginx.url, SENDERS) as finish:
        before = cluster.process(0)
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: cluster.process(0) != before, 60)
        seen = finish()
    assert seen.failed == []
    # Those in flight are answered by the other worker, as soon as the dead one's place is free.
    assert seen.fixed <= SENDERS // 2
    wait_until(lambda: is_ready(cluster.ports[0]), 90)
    for sender, texts in seen.answered.items():
        heard = [text for text in cluster.heard(sender) if text in texts]
        # The one message that the dead worker had kept and not yet answered is read again by the other.
        again = next((place for place in range(1, len(heard)) if heard[place] == heard[place - 1]), None)
        if again is not None and len(heard) == len(texts) + 1:
            del heard[again]
        assert heard == texts, "answered in order and kept"


def test_what_a_killed_worker_had_acknowledged_to_a_platform_is_answered_with_the_numbers(
    cluster: Cluster, platforms: Platforms
):
    people = [str(680_000 + place) for place in range(30)]
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda person: post(at(cluster, 0), typed("telegram", person, "hello")), people))
        before = cluster.process(0)
        os.kill(before, signal.SIGKILL)
    assert {answer.status_code for answer in taken} == {200}
    said = {person: platforms.wait("telegram", person, seconds=20) for person in people}
    assert all("911" in each[-1].text for each in said.values())
    wait_until(lambda: cluster.process(0) != before and is_ready(cluster.ports[0]), 90)


@pytest.fixture
def redis_again(cluster: Cluster) -> Iterator[None]:
    yield
    cluster.redis.go_on()
    wait_until(lambda: all(cluster.health(worker)[0] == 200 for worker in (0, 1)))


def test_while_redis_is_stopped_people_get_the_numbers_of_their_country_and_then_it_goes_on(cluster: Cluster):
    sender = new("redis")
    cluster.said("i live in ireland", sender, 0)
    cluster.redis.stop()
    try:
        for worker in (0, 0, 1):
            assert FIXED in cluster.said("is tapering safe", sender, worker)
        # An emergency is answered nevertheless, in the person's country as the worker knows it.
        emergency = cluster.said("he is not breathing", sender, 0)
        assert "112" in emergency.splitlines()[0]
        assert FIXED not in emergency
        assert "911" in cluster.said("is tapering safe", sender, 1)
        assert cluster.health(1) == (503, "Redis does not answer. Start it, or look at its log.")
        # A load balancer that asks here still passes people on to the fixed reply.
        assert cluster.health(1, "/health/ready") == (200, "")
    finally:
        cluster.redis.start()
    wait_until(lambda: all(cluster.health(worker)[0] == 200 for worker in (0, 1)))
    assert [FIXED in cluster.said("is tapering safe", sender, worker) for worker in (0, 1, 0)] == [False] * 3
    assert cluster.heard(sender) == ["is tapering safe"] * 3


def test_a_redis_that_hangs_holds_up_neither_the_numbers_nor_the_server(cluster: Cluster, redis_again: None):
    sender = new("hanging")
    cluster.redis.hang()
    with ThreadPoolExecutor(8) as pool:
        said = [pool.submit(cluster.said, "is tapering safe", f"{sender}{place}", place % 2) for place in range(8)]
        assert cluster.health(0, "/health/ready") == (200, "")
        assert all(FIXED in each.result(10) for each in said)
    cluster.redis.go_on()
    wait_until(lambda: cluster.health(0)[0] == 200)
    assert "The two articles differ" in cluster.said("is tapering safe", f"{sender}0")


def test_workers_that_are_started_again_one_after_the_other_under_load_fail_nobody(
    cluster: Cluster, platforms: Platforms
):
    people = [str(690_000 + place) for place in range(10)]
    before_all = len(cluster.server.output)
    # As many as one worker can answer in time while the other one starts beside it.
    with under_load(cluster.nginx.url, 8) as finish:
        for worker in (0, 1):
            before = cluster.process(worker)
            for person in people[worker::2]:
                assert post(at(cluster, worker), typed("telegram", person, "hello")).status_code == 200
            os.kill(before, signal.SIGTERM)
            wait_until(lambda worker=worker: cluster.health(worker) == (503, "The server is stopping."))
            assert cluster.health(worker, "/health/ready") == (503, "The server is stopping.")
            cluster.wait_for_another(worker, before)
        seen = finish()
    failures = re.findall(r"A turn on .*", cluster.server.output[before_all:])
    assert (seen.fixed, seen.failed) == (0, []), failures
    # What a platform was promised is finished too, and nobody takes it for lost.
    texts = [said.text for person in people for said in platforms.wait("telegram", person)]
    assert len(texts) == len(people)
    assert not any(FIXED in text for text in texts)
    assert all(cluster.heard(sender) == texts for sender, texts in seen.answered.items())


def test_everything_in_redis_lapses_and_no_key_names_a_person(cluster: Cluster, platforms: Platforms):
    cluster.said("is tapering safe", "quokka", message_id="m1")
    # Too long a number to turn up in a digest by chance.
    post(at(cluster, 0), typed("twilio", "447700900123", "is tapering safe"))
    assert platforms.wait("twilio", "+447700900123")
    keys = list(cluster.redis.client.scan_iter())
    kinds = {name.split(":")[1] for name in keys}
    assert {"conversation", "country", "sender", "answer", "answers", "delivery"} <= kinds
    lasting = {name.split(":")[1] for name in keys if cluster.redis.client.ttl(name) == -1}
    assert lasting == set()
    longest = max(cluster.redis.client.ttl(name) for name in keys if cluster.redis.client.exists(name))
    assert longest <= 3600
    assert not [name for name in keys if re.search(r"quokka|447700900123", name)]
    assert list(cluster.redis.folder.iterdir()) == []
