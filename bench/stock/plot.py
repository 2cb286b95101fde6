"""The results as a picture."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

from bench.stock.figures import FIRST, REST, START, THROUGHPUT, TURN, Figure, values
from bench.stock.sides import OURS, STOCK

_COLOURS = {OURS: "#1f6f8b", STOCK: "#c9a227"}


def plot(results: dict[str, Any], path: Path) -> None:
    """Draws throughput, turns of one conversation, and what is measured once a start, with the range of the rounds."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 3, figsize=(13, 4.2))
    rounds = results["rounds"]
    _bars(axes[0], rounds, {str(n): each for n, each in THROUGHPUT.items()})
    axes[0].set(title="Throughput", xlabel="senders at once", ylabel="messages a second")
    _bars(axes[1], rounds, {f"{n:,}": each for n, each in TURN.items()})
    axes[1].set(title="A turn of one conversation", xlabel="turn", ylabel="milliseconds", yscale="log")
    once = {"first reply, ms": FIRST, "start, s": START, "memory at rest, MB": REST}
    _bars(axes[2], rounds, once)
    axes[2].set(title="First reply, start, memory", yscale="log")
    axes[0].legend()
    figure.tight_layout()
    figure.savefig(path, dpi=100)


def _bars(axes: Any, rounds: list[dict[str, Any]], figures: dict[str, Figure]) -> None:
    for place, side in enumerate((OURS, STOCK)):
        found = [values(each, rounds, side) for each in figures.values()]
        if not all(found):
            continue
        middle = [statistics.median(each) for each in found]
        spread = [
            [m - min(each) for m, each in zip(middle, found, strict=True)],
            [max(each) - m for m, each in zip(middle, found, strict=True)],
        ]
        at = [number + 0.4 * place - 0.2 for number in range(len(figures))]
        axes.bar(at, middle, 0.38, yerr=spread, label=side, color=_COLOURS[side])
    axes.set_xticks(range(len(figures)), list(figures))
