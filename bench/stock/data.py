"""What both assistants are trained on: the same questions, rules and responses, each in its own project's form."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import yaml
from rasa.shared.core.domain import Domain

from signpost.files import DATA, ROOT
from signpost.topic_file import FOLDERS, Questions, TopicFile, as_rasa, read_topic_files

SEED = 7
VERSION = "3.1"
# "Forget me" ends a conversation here and does nothing in the other; a long conversation must be one.
NOT_SENT = {"forget_me"}

Files = dict[Path, TopicFile]


def capped(questions: int) -> Files:
    """Returns the topic files with at most so many questions an intent: the first of each after a seeded shuffle."""
    return {
        path: file.model_copy(update={"nlu": [_first(of_intent, questions) for of_intent in file.nlu]})
        for path, file in read_topic_files().items()
    }


def count(files: Files) -> int:
    """Returns how many questions there are."""
    return sum(len(of_intent.texts) for file in files.values() for of_intent in file.nlu)


def messages() -> list[str]:
    """Returns every training question, in one shuffled order: what the load generator types."""
    files = read_topic_files().values()
    texts = [t for file in files for of in file.nlu if of.intent not in NOT_SENT for t in of.texts]
    random.Random(SEED).shuffle(texts)
    return texts


def write_ours(files: Files, folder: Path) -> None:
    """Writes the topic files below `folder`, as our importer reads them."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
    for path, file in files.items():
        _write(folder / path.relative_to(DATA), as_rasa(file))


def write_stock(files: Files, folder: Path, config: Path) -> None:
    """Writes a project of stock Rasa below `folder`.

    Args:
        files: the topic files.
        folder: the project.
        config: Rasa's own default pipeline and policies, which `rasa init` leaves to it.
    """
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "data").mkdir(parents=True)
    parts = [as_rasa(file) for file in files.values()]
    nlu, rules = ([each for part in parts for each in part.get(kind, [])] for kind in ("nlu", "rules"))
    _write(folder / "data" / "nlu.yml", {"version": VERSION, "nlu": nlu})
    _write(folder / "data" / "rules.yml", {"version": VERSION, "rules": rules})
    # Stock Rasa takes responses from the domain only; our importer adds them there too.
    domain = Domain.load(str(ROOT / "domain.yml")).as_dict()
    responses = {name: said for part in parts for name, said in part.get("responses", {}).items()}
    _write(folder / "domain.yml", {"version": VERSION, **domain, "responses": responses})
    text = config.read_text(encoding="utf-8").replace("placeholder_default", "stock")
    (folder / "config.yml").write_text(text, encoding="utf-8")
    (folder / "credentials.yml").write_text("rest:\n", encoding="utf-8")
    (folder / "endpoints.yml").write_text("", encoding="utf-8")


def _first(of_intent: Questions, questions: int) -> Questions:
    texts = of_intent.texts
    random.Random(f"{SEED} {of_intent.intent}").shuffle(texts)
    return of_intent.model_copy(update={"examples": "".join(f"- {text}\n" for text in texts[:questions])})


def _write(path: Path, content: dict[str, Any]) -> None:
    # Through JSON, so that what is used twice is written twice and not as an alias.
    plain = json.loads(json.dumps(content))
    path.write_text(yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=10_000), encoding="utf-8")
