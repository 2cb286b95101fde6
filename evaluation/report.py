"""The report of an evaluation: figures, their gates, tables and plots."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np

from evaluation.outcomes import BINS, Outcome, calibration_error, share
from signpost.files import ROOT, Strict, read
from signpost.nlu.classifier import OUT_OF_SCOPE

REPORTS = ROOT / "reports"
GATES = Path(__file__).with_name("gates.yml")
Groups = dict[str, list[Outcome]]


class _Gates(Strict):
    """The figure's name to its limit."""

    at_least: dict[str, float]
    at_most: dict[str, float]


class _File(Strict):
    """`evaluation/gates.yml`."""

    parts: dict[str, _Gates]


def figures(groups: Groups) -> dict[str, float]:
    """Returns every figure by its name, shares from 0 to 1."""
    in_scope, everything = groups["in_scope"], [each for group in groups.values() for each in group]
    return {
        "in_scope.top_right": share(in_scope, "top_right"),
        "in_scope.answered_right": share(in_scope, "answered_right"),
        "in_scope.reached": share(in_scope, "reached"),
        "in_scope.wrong_answer": share(in_scope, "wrong_answer"),
        "advice.declined": float(np.mean([each.said.startswith("advice_") for each in groups["advice"]])),
        "out_of_scope_health.rejected": _rejected(groups["out_of_scope_health"]),
        "out_of_scope.rejected": _rejected(groups["out_of_scope"]),
        "all.calibration_error": calibration_error(everything),
        "in_scope.calibration_error": calibration_error(in_scope),
    }


def failed(measured: dict[str, float], part: str) -> list[str]:
    """Returns a sentence for each figure that does not reach its gate.

    Args:
        measured: the figures by name.
        part: the part of the gates that these figures belong to, `answers` or `safety`.
    """
    gates = read(GATES, _File).parts[part]
    low = [
        f"{name} is {measured[name]:.3f}, at least {limit} is asked"
        for name, limit in gates.at_least.items()
        if measured[name] < limit
    ]
    high = [
        f"{name} is {measured[name]:.3f}, at most {limit} is allowed"
        for name, limit in gates.at_most.items()
        if measured[name] > limit
    ]
    return low + high


def text(groups: Groups, measured: dict[str, float]) -> str:
    """Returns the report as text: figures, figures by kind of message, by topic, and the commonest confusions."""
    lines = ["Figures", *(f"  {name:32} {value:.3f}" for name, value in measured.items()), ""]
    lines += [
        "In scope, by kind of message",
        *_table(groups["in_scope"], lambda each: each.message.kind or ["plain"]),
        "",
    ]
    lines += ["In scope, by topic", *_table(groups["in_scope"], lambda each: [each.message.right[0]]), ""]
    lines += ["Advice, by intent", *_table(groups["advice"], lambda each: [each.message.right[0]]), ""]
    pairs = Counter(
        (each.message.right[0], each.likeliest[0][0])
        for group in groups.values()
        for each in group
        if not each.top_right
    )
    lines += ["Commonest confusions (right, likeliest)"]
    lines += [f"  {count:3} {right} / {likeliest}" for (right, likeliest), count in pairs.most_common(25)]
    return "\n".join(lines) + "\n"


def plot(groups: Groups, path: Path) -> None:
    """Draws accuracy against coverage and the reliability of the probabilities into one PNG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    outcomes = groups["in_scope"]
    probability = np.array([each.likeliest[0][1] for each in outcomes])
    right = np.array([each.top_right for each in outcomes], dtype=float)
    figure, (left, middle) = pyplot.subplots(1, 2, figsize=(11, 4.5))
    order = np.argsort(-probability)
    answered = np.arange(1, len(order) + 1)
    left.plot(answered / len(order), np.cumsum(right[order]) / answered)
    left.set(title="In scope: accuracy against coverage", xlabel="share answered", ylabel="share of these right")
    bins = np.minimum((probability * BINS).astype(int), BINS - 1)
    used = np.unique(bins)
    middle.plot([0, 1], [0, 1], linestyle=":", color="grey")
    middle.plot([probability[bins == b].mean() for b in used], [right[bins == b].mean() for b in used], marker="o")
    middle.set(title="In scope: reliability", xlabel="probability given", ylabel="share right")
    figure.tight_layout()
    figure.savefig(path, dpi=100)


def _rejected(outcomes: list[Outcome]) -> float:
    return float(np.mean([each.said == OUT_OF_SCOPE for each in outcomes]))


def _table(outcomes: list[Outcome], keys: Callable[[Outcome], list[str]]) -> list[str]:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for each in outcomes:
        for key in keys(each):
            groups[key].append(each)
    return [
        f"  {key:24} {len(group):4}  top {share(group, 'top_right'):.2f}  reached {share(group, 'reached'):.2f}  "
        f"wrong {share(group, 'wrong_answer'):.2f}"
        for key, group in sorted(groups.items())
    ]
