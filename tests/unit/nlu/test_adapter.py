"""nlu/adapter.py: small learnt changes on top of the published weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from adaptation.config import configured
from signpost.nlu.adapter import adapted
from signpost.nlu.encoder import SentenceEncoder, SentenceVectors, write_encoder
from signpost.nlu.encoder_graph import WeightsError, read_weights
from signpost.nlu.weights import packaged_weights

PUBLISHED = SentenceEncoder.get_default_config()["sha256"]
CHANGED = "encoder.layer.5.output.dense.weight"


@pytest.fixture
def weights() -> dict[str, np.ndarray]:
    return {CHANGED: np.ones((3, 4), dtype=np.float32), "kept": np.zeros(2, dtype=np.float32)}


def written(folder: Path, base: str = PUBLISHED) -> Path:
    """Returns an adapter that adds 2 to the first row of a matrix of shape (3, 4)."""
    up, down = np.array([[1], [0], [0]], dtype=np.float16), np.full((1, 4), 2, dtype=np.float16)
    save_file({f"{CHANGED}.up": up, f"{CHANGED}.down": down}, str(folder / "adapter.safetensors"), {"base": base})
    return folder / "adapter.safetensors"


def test_the_product_is_added_and_the_given_weights_stay(weights, tmp_path):
    changed = adapted(weights, written(tmp_path), PUBLISHED)
    np.testing.assert_array_equal(changed[CHANGED], [[3] * 4, [1] * 4, [1] * 4])
    assert changed[CHANGED].dtype == np.float32
    assert changed["kept"] is weights["kept"] and (weights[CHANGED] == 1).all()


def test_an_adapter_of_other_weights_is_refused_with_both_hashes(weights, tmp_path):
    with pytest.raises(WeightsError, match=f"learnt for weights with SHA-256 {'0' * 64}, not {PUBLISHED}"):
        adapted(weights, written(tmp_path, "0" * 64), PUBLISHED)


def test_a_missing_adapter_is_named_with_what_to_do(weights, tmp_path):
    with pytest.raises(WeightsError, match=rf"{tmp_path}/none: no such file\. Make it with `make adapter`"):
        adapted(weights, tmp_path / "none", PUBLISHED)


def test_a_file_that_is_no_adapter_is_refused(weights, tmp_path):
    (tmp_path / "broken").write_bytes(b"not an adapter")
    with pytest.raises(WeightsError, match="broken: not a safetensors file"):
        adapted(weights, tmp_path / "broken", PUBLISHED)


def test_ours_fits_the_published_weights_and_leaves_the_lower_layers():
    config = configured(SentenceEncoder)
    published = read_weights(packaged_weights() / "model.safetensors", config["sha256"])
    changed = adapted(published, Path(config["adapter"]), config["sha256"])
    moved = {name for name, matrix in changed.items() if not np.array_equal(matrix, published[name])}
    assert {name.split(".")[2] for name in moved} == {"2", "3", "4", "5"}
    assert all(np.isfinite(changed[name]).all() for name in moved)


def test_ours_tells_apart_what_shares_its_words(encoder_directory, tmp_path):
    """Held against the published encoder, so that an adapter that does nothing is found."""
    now, past, also_now = "he is not breathing", "he was not breathing last year", "she stopped breathing, help"
    write_encoder(tmp_path, configured(SentenceEncoder), [now, past, also_now])
    nearer = []
    for directory in (tmp_path, encoder_directory):
        encoded = SentenceVectors(directory, max_tokens=128, threads=1).encode([now, past, also_now])
        nearer.append(encoded[0] @ encoded[2] - encoded[0] @ encoded[1])
    ours, general = nearer
    assert ours > general
