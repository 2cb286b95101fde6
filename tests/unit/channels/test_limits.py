"""channels/limits.py: who may send how much."""

from __future__ import annotations

import pytest

from signpost.channels.limits import Buckets, RateLimit, is_local
from signpost.settings import Limits, Rate, Settings
from tests.unit.channels.test_recent import Clock


def test_so_many_messages_pass_at_once_and_then_one_whenever_a_token_is_back():
    clock = Clock()
    buckets = Buckets(Rate(burst=3, per_minute=30), clock)
    assert [buckets.take("a") for _ in range(4)] == [True, True, True, False]
    clock.now += 1.9
    assert not buckets.take("a")
    clock.now += 0.2
    assert buckets.take("a")
    assert not buckets.take("a")


def test_a_bucket_never_holds_more_than_its_burst():
    clock = Clock()
    buckets = Buckets(Rate(burst=2, per_minute=60), clock)
    buckets.take("a")
    clock.now += 3600
    assert [buckets.take("a") for _ in range(3)] == [True, True, False]


def test_senders_do_not_use_up_each_others_tokens():
    buckets = Buckets(Rate(burst=1, per_minute=1))
    assert buckets.take("a")
    assert buckets.take("b")
    assert not buckets.take("a")


async def test_a_person_who_types_as_fast_as_fear_lets_them_never_meets_the_limit():
    clock = Clock()
    limit = RateLimit(Settings().rate_limits, clock)
    passed = []
    # A message every two seconds for five minutes, after ten at once.
    for place in range(160):
        passed.append(await limit.allows("frightened", "8.8.8.8"))
        clock.now += 0 if place < 10 else 2
    assert all(passed)


async def test_an_address_is_limited_whatever_senders_it_makes_up():
    limit = RateLimit(Limits(address=Rate(burst=5, per_minute=1)))
    assert [await limit.allows(f"sender-{place}", "8.8.8.8") for place in range(6)] == [True] * 5 + [False]
    assert await limit.allows("other", "8.8.4.4")


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "[::1]", "10.0.0.3", "172.17.0.1", "192.168.1.9", None])
async def test_what_may_be_a_web_server_in_front_is_not_limited(address):
    limit = RateLimit(Limits(address=Rate(burst=1, per_minute=1)))
    assert all([await limit.allows(f"sender-{place}", address) for place in range(20)])


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "unknown", ""])
def test_other_addresses_are_not_local(address):
    assert not is_local(address)
