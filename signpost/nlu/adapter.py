"""The encoder's adapter: small changes to its published weights, learnt from our training questions by `adaptation`."""

from __future__ import annotations

from pathlib import Path

from safetensors import SafetensorError, safe_open

from signpost.nlu.encoder_graph import Weights, WeightsError

DOWN, UP = ".down", ".up"
BASE = "base"  # the name, in the file's metadata, of the SHA-256 of the weights that it changes


def adapted(weights: Weights, path: Path, sha256: str) -> Weights:
    """Adds an adapter to the weights that it was learnt for.

    Args:
        weights: the arrays of all-MiniLM-L6-v2 (`read_weights`).
        path: a safetensors file that holds, for some of their matrices of shape (out, in), `<name>.down` of shape
            (rank, in) and `<name>.up` of shape (out, rank); their product, of low rank, is added to the matrix.
        sha256: of the weights' file.

    Returns:
        All weights, float32, the changed ones new; what was given stays as it is.

    Raises:
        WeightsError: the file is missing, cannot be read or was learnt for other weights.
    """
    if not path.is_file():
        raise WeightsError(f"{path}: no such file. Make it with `make adapter`, or leave `adapter` out of config.yml.")
    try:
        with safe_open(str(path), framework="numpy") as file:
            base = (file.metadata() or {}).get(BASE)
            changes = {name: file.get_tensor(name).astype("float32") for name in file.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise WeightsError(f"{path}: not a safetensors file ({error}). Make it anew with `make adapter`.") from None
    if base != sha256:
        raise WeightsError(
            f"{path}: learnt for weights with SHA-256 {base}, not {sha256}. Make it anew with `make adapter`."
        )
    names = [name.removesuffix(DOWN) for name in changes if name.endswith(DOWN)]
    return weights | {name: weights[name] + changes[name + UP] @ changes[name + DOWN] for name in names}
