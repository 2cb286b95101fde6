"""Thousands of messages over every channel of a running server: is a reply lost or crossed, does memory stay flat?

`python -m bench.soak [messages]` starts a server with every channel on, and a local server in the platforms' place.
"""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import aiohttp

from bench.platforms import Platforms
from bench.webhooks import CHANNELS, PUBLIC_URL, SECRETS, typed
from signpost import helplines
from signpost.channels.sms import gsm7
from signpost.files import ROOT

MODEL = ROOT / "models" / "signpost.tar.gz"
PORT = 5399
OVER = ("rest", "telegram", "slack", "twilio", "whatsapp", "messenger")
# What each person says first, until it is understood. From then on every reply must name the line of that country, and
# never that of another; none of them is a line of the default country.
COUNTRIES = {
    "IE": "i live in ireland",
    "GB": "i live in england",
    "AU": "i live in australia",
    "NZ": "i live in new zealand",
}
STATED = "Numbers are now for"
QUESTIONS = {
    "what is cold turkey": "Cold turkey",
    "is tapering safe": "The two articles differ",
    "how long does withdrawal last": "Source:",
    "what is methadone": "Methadone",
}
FIXED = "Something went wrong here"
MESSAGES_EACH = 20
AT_ONCE = 24
POLL = 0.05  # seconds; the client shares the machine with the server
PATIENCE = 30.0  # seconds; far above the ten that are promised, so that slow and lost are told apart
SETTINGS = f"""
public_url: {PUBLIC_URL}
# Full after a fifth of the messages, so that memory must stay as it is from then on.
conversations: {{at_most: 100}}
rate_limits:
  sender: {{burst: 1000000, per_minute: 1000000}}
  address: {{burst: 1000000, per_minute: 1000000}}
"""


@dataclass
class Result:
    """What was seen: replies that did not come, fixed replies for turns that failed or took too long, replies that were
    not this person's, seconds, and memory in MB."""

    sent: int = 0
    lost: int = 0
    fixed: int = 0
    crossed: int = 0
    seconds: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def report(self, lasted: float) -> str:
        ordered = sorted(self.seconds)
        early, late = self.memory[len(self.memory) // 5], self.memory[-1]
        median, most, longest = statistics.median(ordered), ordered[int(len(ordered) * 0.99) - 1], ordered[-1]
        return (
            f"messages {self.sent}, lost {self.lost}, fixed {self.fixed}, crossed {self.crossed}; "
            f"{self.sent / lasted:.0f} a second, {AT_ONCE} people at once; seconds to the reply: median {median:.2f}, "
            f"99 of 100 within {most:.2f}, longest {longest:.2f}; memory of the server after a fifth {early:.0f} MB, "
            f"at the end {late:.0f} MB"
        )


async def soak(url: str, pid: int, platforms: Platforms, messages: int) -> Result:
    """Sends messages as many people at once would; returns what was seen.

    Args:
        url: the server's address.
        pid: its process, whose memory is read.
        platforms: where its replies arrive.
        messages: how many to send.
    """
    result = Result()
    registry = helplines.load("US")
    own = {code: registry.lines_for(code, "support")[0].number for code in COUNTRIES}
    queue = asyncio.Queue[int]()
    for person in range(max(1, messages // MESSAGES_EACH)):
        queue.put_nowait(person)

    async def talk(session: aiohttp.ClientSession, place: int) -> None:
        channel, name = OVER[place % len(OVER)], str(70_000_000 + place)
        code = list(COUNTRIES)[place // len(OVER) % len(COUNTRIES)]
        questions = cycle(QUESTIONS.items())
        stated, seen = False, 0
        for _ in range(MESSAGES_EACH):
            text, words = next(questions) if stated else (COUNTRIES[code], STATED)
            began = time.monotonic()
            said = await _say(session, url, platforms, channel, name, text, seen)
            seen += len(said)
            result.sent += 1
            result.seconds.append(time.monotonic() - began)
            whole = gsm7("\n".join(said))
            if not said:
                result.lost += 1
            elif FIXED in whole:
                result.fixed += 1
            # A text message may go without its source line.
            elif (words not in whole and words != "Source:") or _crosses(whole, own, code):
                result.crossed += 1
            else:
                stated = True

    async def work(session: aiohttp.ClientSession) -> None:
        while not queue.empty():
            await talk(session, queue.get_nowait())
            result.memory.append(memory(pid))

    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session:
        await asyncio.gather(*(work(session) for _ in range(AT_ONCE)))
    return result


async def _say(
    session: aiohttp.ClientSession, url: str, platforms: Platforms, channel: str, name: str, text: str, seen: int
) -> list[str]:
    """Sends a message; returns the texts of its reply."""
    if channel == "rest":
        async with session.post(f"{url}/webhooks/rest/webhook", json={"sender": name, "message": text}) as answer:
            return [reply["text"] for reply in await answer.json()]
    request = typed(channel, name, text)
    async with session.post(url + request.path, data=request.body, headers=request.headers) as answer:
        answer.raise_for_status()
    platform = "twilio" if channel == "whatsapp" else channel
    person = {"slack": f"D{name}", "twilio": f"+{name}", "whatsapp": f"whatsapp:+{name}"}.get(channel, name)
    # The first reply by text message is two: the disclosure and the answer.
    expected = seen + (2 if channel == "twilio" and seen == 0 else 1)
    end = time.monotonic() + PATIENCE
    got = platforms.said[platform, person]
    while len(got) < expected and not (got[seen:] and FIXED in got[-1].text) and time.monotonic() < end:
        await asyncio.sleep(POLL)
    return [said.text for said in got[seen:]]


def _crosses(text: str, own: dict[str, str], code: str) -> bool:
    """Says whether a reply lacks the line of the person's country, or names that of another."""
    others = {gsm7(number) for number in own.values()} - {gsm7(own[code])}
    return gsm7(own[code]) not in text or any(number in text for number in others)


def memory(pid: int) -> float:
    """Returns how much memory a process holds, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def main(messages: int = 10_000) -> int:
    """Starts the servers, sends the messages, prints what was seen; returns 1 if a reply was lost, fixed or crossed."""
    with tempfile.TemporaryDirectory() as folder, Platforms() as platforms:
        files = Path(folder)
        channels = "signpost.channels.health.Health:\nsignpost.channels.web.WebChannel:\n"
        channels += "".join(f"{path}:\n  api: {platforms.address}\n" for path in CHANNELS.values())
        (files / "credentials.yml").write_text(channels, encoding="utf-8")
        (files / "settings.yml").write_text(SETTINGS, encoding="utf-8")
        command = [str(Path(sys.executable).with_name("rasa")), "run", "--model", str(MODEL), "--port", str(PORT)]
        command += ["--endpoints", "endpoints.yml", "--credentials", str(files / "credentials.yml")]
        environment = {**os.environ, **SECRETS, "SIGNPOST_SETTINGS": str(files / "settings.yml")}
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as server:
            try:
                result, lasted = asyncio.run(_measured(server.pid, platforms, messages))
            finally:
                server.send_signal(signal.SIGTERM)
    print(result.report(lasted))
    return 1 if result.lost or result.fixed or result.crossed else 0


async def _measured(pid: int, platforms: Platforms, messages: int) -> tuple[Result, float]:
    url = f"http://127.0.0.1:{PORT}"
    async with aiohttp.ClientSession() as session:
        for _ in range(240):
            try:
                async with session.get(f"{url}/health") as answer:
                    answer.raise_for_status()
                break
            except aiohttp.ClientError:
                await asyncio.sleep(0.5)
    began = time.monotonic()
    return await soak(url, pid, platforms, messages), time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:])))
