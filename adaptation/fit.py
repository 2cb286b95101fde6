"""Fits the encoder's adapter with torch: python fit.py <material.json> <model.safetensors> <adapter to write>.

The lower layers stay as published. To each matrix of the upper ones a product of low rank is added
(LoRA, Hu et al. 2021), learnt together with a perceptron like the classifier's, which is thrown away. Sentences that
are not about our subject are held to the vectors they had, so that the encoder stays good at other subjects.

Runs in an environment of its own (`adaptation.__main__`) and imports nothing of ours.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

RANK = 32
FIRST_LAYER = 2  # counted from 0
EPOCHS = 3
BATCH = 64
GENERAL_BATCH = 16
SCALE = 2.0  # of the product, which makes it learn faster than the rate alone
RATE = 1e-3
HEAD_RATE = 1.4e-3
WARM_UP = 0.06  # of the steps
WEIGHT_DECAY = 0.01
DROPOUT = 0.1
SMOOTHING = 0.05
HIDDEN = 512
SPREAD = 4.0  # the perceptron's numbers are this much larger than the vectors', which have length 1
HELD = 0.15  # how much a vector of our subject is held to what it was
HELD_GENERAL = 2.0
KEPT = 0.75  # of what was learnt: three quarters know our subject as well, and others better
EPSILON = 1e-12
SEED = 1


class Linear(nn.Module):
    """A published matrix, and the product of two small ones that is added to it."""

    def __init__(self, weights: dict[str, Tensor], name: str, rank: int) -> None:
        super().__init__()
        self.name = f"{name}.weight"
        self.weight, self.bias = weights[self.name], weights[f"{name}.bias"]
        if rank:
            self.down = nn.Parameter(torch.randn(rank, self.weight.shape[1]) / math.sqrt(self.weight.shape[1]))
            self.up = nn.Parameter(torch.zeros(self.weight.shape[0], rank))
        self.rank = rank

    def forward(self, x: Tensor) -> Tensor:
        y = functional.linear(x, self.weight, self.bias)
        return y + SCALE * functional.linear(functional.linear(x, self.down), self.up) if self.rank else y


class Layer(nn.Module):
    """A layer of BERT with post-normalization."""

    def __init__(self, weights: dict[str, Tensor], number: int, heads: int, rank: int) -> None:
        super().__init__()
        name = f"encoder.layer.{number}"
        self.query, self.key, self.value = (
            Linear(weights, f"{name}.attention.self.{part}", rank) for part in ("query", "key", "value")
        )
        self.joined = Linear(weights, f"{name}.attention.output.dense", rank)
        self.wide = Linear(weights, f"{name}.intermediate.dense", rank)
        self.narrow = Linear(weights, f"{name}.output.dense", rank)
        self.heads = heads
        self._norms = [
            (weights[f"{name}.{part}.LayerNorm.weight"], weights[f"{name}.{part}.LayerNorm.bias"])
            for part in ("attention.output", "output")
        ]

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        sentences, tokens, width = x.shape

        def by_head(y: Tensor) -> Tensor:
            return y.view(sentences, tokens, self.heads, -1).transpose(1, 2)

        attended = functional.scaled_dot_product_attention(
            by_head(self.query(x)), by_head(self.key(x)), by_head(self.value(x)), attn_mask=mask[:, None, None, :]
        )
        x = self._normalized(x, self.joined(attended.transpose(1, 2).reshape(sentences, tokens, width)), 0)
        return self._normalized(x, self.narrow(functional.gelu(self.wide(x))), 1)

    def _normalized(self, x: Tensor, change: Tensor, norm: int) -> Tensor:
        change = functional.dropout(change, DROPOUT, self.training)
        return functional.layer_norm(change + x, x.shape[-1:], *self._norms[norm], EPSILON)


class Encoder(nn.Module):
    """The encoder that `signpost.nlu.encoder_graph` writes, in float; the layers from `FIRST_LAYER` on can learn."""

    def __init__(self, weights: dict[str, Tensor], about: dict, rank: int) -> None:
        super().__init__()
        self._weights, self._about = weights, about
        self.token_weights = torch.tensor(about["token_weights"])
        ranks = [rank if number >= FIRST_LAYER else 0 for number in range(about["layers"])]
        self.layers = nn.ModuleList(Layer(weights, n, about["heads"], rank) for n, rank in enumerate(ranks))

    def lower(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Returns what the layers before `FIRST_LAYER` make of token ids, shape (sentences, tokens, width)."""
        words, positions, types = (
            self._weights[f"embeddings.{kind}_embeddings.weight"] for kind in ("word", "position", "token_type")
        )
        x = words[ids] + positions[: ids.shape[1]] + types[0]
        norm = (self._weights[f"embeddings.LayerNorm.{part}"] for part in ("weight", "bias"))
        x = functional.layer_norm(x, x.shape[-1:], *norm, EPSILON)
        for layer in self.layers[:FIRST_LAYER]:
            x = layer(x, mask)
        return x

    def upper(self, x: Tensor, ids: Tensor, mask: Tensor) -> Tensor:
        """Returns the sentences' vectors, shape (sentences, 2 * width)."""
        weights = (self.token_weights[ids] * mask)[:, :, None]
        inner = x
        for number, layer in enumerate(self.layers[FIRST_LAYER:], FIRST_LAYER):
            x = layer(x, mask)
            inner = x if number == self._about["inner_layer"] else inner
        last, inner = (functional.normalize((part * weights).sum(1), dim=1) for part in (x, inner))
        return torch.cat([last, inner * self._about["inner_length"]], 1)


class Sentences:
    """All sentences as the lower layers leave them, which no step changes."""

    def __init__(self, encoder: Encoder, tokens: list[list[int]]) -> None:
        self._tokens = tokens
        self._lower: list[Tensor] = [torch.empty(0)] * len(tokens)
        for rows in self.batches(np.arange(len(tokens)), BATCH):
            ids, mask = self._padded(rows)
            for row, x in zip(rows, encoder.lower(ids, mask), strict=True):
                # Half the memory, for what needs no more digits.
                self._lower[row] = x[: len(tokens[row])].to(torch.bfloat16)

    def batches(self, rows: np.ndarray, size: int) -> Iterator[np.ndarray]:
        """Yields rows of like length together, so that little padding is computed."""
        ordered = rows[np.argsort([len(self._tokens[row]) for row in rows], kind="stable")]
        yield from (ordered[start : start + size] for start in range(0, len(ordered), size))

    def batch(self, rows: np.ndarray) -> tuple[Tensor, Tensor, Tensor]:
        """Returns the arguments of `Encoder.upper`."""
        ids, mask = self._padded(rows)
        lower = nn.utils.rnn.pad_sequence([self._lower[row].float() for row in rows], batch_first=True)
        return lower, ids, mask

    def _padded(self, rows: np.ndarray) -> tuple[Tensor, Tensor]:
        ids = nn.utils.rnn.pad_sequence([torch.tensor(self._tokens[row]) for row in rows], batch_first=True)
        lengths = torch.tensor([len(self._tokens[row]) for row in rows])
        return ids, torch.arange(ids.shape[1])[None] < lengths[:, None]


def vectors(encoder: Encoder, sentences: Sentences, count: int) -> Tensor:
    """Returns the vectors of all sentences, shape (count, 2 * width)."""
    encoder.eval()
    found: dict[int, Tensor] = {}
    with torch.no_grad():
        for rows in sentences.batches(np.arange(count), BATCH):
            found.update(zip(rows.tolist(), encoder.upper(*sentences.batch(rows)), strict=True))
    return torch.stack([found[row] for row in range(count)])


def fit(about: dict, weights: dict[str, Tensor]) -> Encoder:
    """Returns the encoder with its adapter fitted; prints the loss of every epoch."""
    torch.manual_seed(SEED)
    random = np.random.default_rng(SEED)
    count, targets = len(about["tokens"]), torch.tensor(about["targets"])
    general = np.array(about["general"])
    encoder = Encoder(weights, about, RANK).eval()
    with torch.no_grad():
        sentences = Sentences(encoder, about["tokens"])
    # Nothing is added yet, so that these are the published encoder's.
    published = vectors(encoder, sentences, count)
    width = published.shape[1]
    head = nn.Sequential(
        nn.Dropout(DROPOUT),
        nn.Linear(width, HIDDEN),
        nn.ReLU(),
        nn.Dropout(DROPOUT),
        nn.Linear(HIDDEN, int(targets.max()) + 1),
    )
    learnt = [parameter for parameter in encoder.parameters() if parameter.requires_grad]
    groups = [{"params": learnt, "lr": RATE}, {"params": head.parameters(), "lr": HEAD_RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=WEIGHT_DECAY)
    steps = EPOCHS * math.ceil(count / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (WARM_UP * steps), max(0.02, 1 - step / steps))
    )

    def moved(rows: np.ndarray, now: Tensor) -> Tensor:
        return ((now - published[rows]) ** 2).sum(1).mean()

    encoder.train()
    for epoch in range(EPOCHS):
        began, losses = time.monotonic(), []
        batches = list(sentences.batches(random.permutation(count), BATCH))
        random.shuffle(batches)
        for rows in batches:
            now = encoder.upper(*sentences.batch(rows))
            loss = functional.cross_entropy(head(now * SPREAD), targets[rows], label_smoothing=SMOOTHING)
            losses.append(loss.item())
            loss = loss + HELD * moved(rows, now)
            if len(general):
                others = random.choice(general, GENERAL_BATCH)
                loss = loss + HELD_GENERAL * moved(others, encoder.upper(*sentences.batch(others)))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(learnt, 1.0)
            optimizer.step()
            schedule.step()
        print(
            f"epoch {epoch + 1} of {EPOCHS}: loss {np.mean(losses):.3f}, {time.monotonic() - began:.0f} s", flush=True
        )
    return encoder


def main() -> int:
    material, published, target = sys.argv[1:]
    about = json.loads(Path(material).read_text(encoding="utf-8"))
    weights = {name: torch.tensor(array) for name, array in load_file(published).items()}
    encoder = fit(about, weights)
    adapter: dict[str, np.ndarray] = {}
    for part in encoder.modules():
        if isinstance(part, Linear) and part.rank:
            adapter[f"{part.name}.down"] = part.down.detach().numpy().astype(np.float16)
            adapter[f"{part.name}.up"] = (KEPT * SCALE * part.up).detach().numpy().astype(np.float16)
    save_file(adapter, target, {"base": about["base"]})
    return 0


if __name__ == "__main__":
    sys.exit(main())
