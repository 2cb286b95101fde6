"""How many messages of tests/eval each side gives the right topic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import requests
from rasa.shared.nlu.constants import INTENT_NAME_KEY, INTENT_RANKING_KEY

from bench.stock.server import Server
from bench.stock.sides import TOKEN, Side
from evaluation.messages import load
from evaluation.outcomes import outcome, share
from signpost.files import DATA, ROOT
from signpost.importer import TopicImporter
from signpost.nlu.classifier import FALLBACK

GROUP = "in_scope"


def accuracy(side: Side, log: Path) -> dict[str, Any]:
    """Asks a server of the side what it makes of every message about our topics.

    Returns:
        `messages`, how many; `top`, the share whose likeliest topic is right; `answered`, the share that is answered
        with a right topic, where a side may also say that it is not sure.
    """
    domain = TopicImporter(domain_path=str(ROOT / "domain.yml"), training_data_paths=str(DATA)).get_domain()
    with Server(side, log, api=True) as server:
        outcomes = [outcome(message, _parsed(server.url, message.text), domain) for message in load(GROUP)]
    return {
        "messages": len(outcomes),
        "top": share(outcomes, "top_right"),
        "answered": share(outcomes, "answered_right"),
    }


def _parsed(url: str, text: str) -> dict[str, Any]:
    answer = requests.post(f"{url}/model/parse", params={"token": TOKEN}, json={"text": text}, timeout=60)
    answer.raise_for_status()
    parsed: dict[str, Any] = answer.json()
    # Rasa's fallback puts itself before the ranking; likeliest is what stands behind it.
    ranking = [entry for entry in parsed[INTENT_RANKING_KEY] if entry[INTENT_NAME_KEY] != FALLBACK]
    return {**parsed, INTENT_RANKING_KEY: ranking}
