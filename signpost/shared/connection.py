"""The Redis in which several processes keep what they must share, where the operator names one."""

from __future__ import annotations

import asyncio
import hashlib
import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import redis.asyncio as client
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, NoScriptError, RedisError

from signpost.files import FileError

ADDRESS = "SIGNPOST_REDIS_URL"
PREFIX = "signpost"
# Seconds for a connection and for an answer: a Redis that hangs must leave time for the fixed reply.
CONNECT_SECONDS = 0.5
ANSWER_SECONDS = 1.0
# What a process holds is free so many seconds after it has stopped saying that it lives.
LEASE_SECONDS = 3.0
RENEW_SECONDS = 0.8
ERRORS = (RedisError, OSError, TimeoutError)


class SharedError(Exception):
    """Redis did not answer, or refused. The text is the kind of the error, never content or an address."""


class Shared:
    """Runs scripts and commands on a Redis, from any event loop.

    Args:
        address: `redis://` or `rediss://`, as redis-py reads it.

    Raises:
        FileError: nobody can read the address; one sentence, without its password.
    """

    def __init__(self, address: str) -> None:
        self._address = _checked(address)
        self._scripts: dict[str, str] = {}
        # A connection belongs to the loop that made it; turns have one of their own.
        self._clients: dict[asyncio.AbstractEventLoop, client.Redis] = {}
        self._process = uuid.uuid4().hex[:16]
        self._many = 0

    def token(self) -> str:
        """Returns a name that no process gives twice."""
        self._many += 1
        return f"{self._process}-{self._many}"

    async def run(self, script: str, keys: Sequence[str], *arguments: str | int | float) -> Any:
        """Runs a Lua script; raises `SharedError`."""
        sha = self._scripts.get(script) or self._scripts.setdefault(script, _sha(script))
        try:
            return await self._run("EVALSHA", sha, len(keys), *keys, *arguments)
        except NoScriptError:  # since Redis was started
            return await self.do("EVAL", script, len(keys), *keys, *arguments)

    async def do(self, *command: str | int | float) -> Any:
        """Runs a command; raises `SharedError`."""
        try:
            return await self._run(*command)
        except NoScriptError as error:
            raise SharedError(type(error).__name__) from None

    async def _run(self, *command: str | int | float) -> Any:
        try:
            # redis-py's own limits hold for each read and write, and cost more.
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._client().execute_command(*command)
        except NoScriptError:
            raise
        except ERRORS as error:
            raise SharedError(type(error).__name__) from None

    async def responds(self) -> bool:
        """Says whether Redis answers and takes writes."""
        try:
            await self.do("SET", f"{PREFIX}:health", 1, "EX", 60)
        except SharedError:
            return False
        return True

    async def close(self) -> None:
        """Ends the connections of this loop."""
        if own := self._clients.pop(asyncio.get_running_loop(), None):
            with suppress(*ERRORS):
                await own.aclose()

    def _client(self) -> client.Redis:
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            self._clients[loop] = _client(self._address)
        return self._clients[loop]


def key(kind: str, *names: str) -> str:
    """Returns a key. Names are digested, so that no telephone number stands in Redis's own lists and logs of keys."""
    digest = hashlib.blake2b("\0".join(names).encode("utf-8", "surrogatepass"), digest_size=16)
    return f"{PREFIX}:{kind}:{digest.hexdigest()}"


def renewing(renew: Callable[[], Awaitable[Any]]) -> asyncio.Task[None]:
    """Renews a lease until the task is cancelled. What cannot be renewed is found out when it is given back."""

    async def keep_on() -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            with suppress(SharedError):
                await renew()

    return asyncio.create_task(keep_on())


@asynccontextmanager
async def renewed(renew: Callable[[], Awaitable[Any]]) -> AsyncIterator[None]:
    """Renews a lease as long as the block lasts."""
    task = renewing(renew)
    try:
        yield
    finally:
        task.cancel()


@lru_cache(maxsize=1)
def shared() -> Shared | None:
    """Returns the shared Redis, none where the environment names none.

    Raises:
        FileError: the environment names one in a way that nobody can read.
    """
    address = os.environ.get(ADDRESS, "")
    return Shared(address) if address else None


def _client(address: str) -> client.Redis:
    pool = client.BlockingConnectionPool.from_url(
        address,
        max_connections=64,
        timeout=ANSWER_SECONDS,
        decode_responses=True,
        socket_connect_timeout=CONNECT_SECONDS,
        # Once anew on a connection that a restart of Redis has broken; never after waiting in vain.
        retry=Retry(NoBackoff(), 1, supported_errors=(ConnectionError,)),
        retry_on_error=[ConnectionError],
    )
    return client.Redis(connection_pool=pool)


def _checked(address: str) -> str:
    mend = "Set it like redis://:password@host:6379/0 (rediss:// with TLS), or leave it out to run as one process."
    try:
        parts = urlsplit(address)
        readable = parts.scheme in ("redis", "rediss") and parts.hostname and parts.port != 0
        if not (readable and (parts.path.strip("/") or "0").isdigit()):
            raise ValueError
        # An option that redis-py does not know is found out by the first connection only.
        _client(address).connection_pool.make_connection()
    except (ValueError, TypeError, RedisError):
        raise FileError(f"The environment's {ADDRESS} is no address of a Redis. {mend}") from None
    return address


def _sha(script: str) -> str:
    return hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()
