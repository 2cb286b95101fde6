"""The results as a table in Markdown."""

from __future__ import annotations

import statistics
from typing import Any

from bench.stock.figures import FIGURES, Figure, bars, ratios, values
from bench.stock.sides import OURS, STOCK


def table(results: dict[str, Any]) -> str:
    """Returns the whole page: what was run, the bars, the figures of both sides."""
    about, rounds = results["about"], results["rounds"]
    lines = [
        "# Signpost's server against stock Rasa",
        "",
        f"Made by `{about['command']}` on {about['date']}: {len(rounds)} round(s), ours and stock in turn, on "
        f"{about['processor']}, {about['cores']} cores, one process each, load average at the start "
        f"{about['load']:.1f}. Load generator and server share the machine.",
        "",
        f"Stock is Rasa 3.6.21 on Python 3.10 with TensorFlow and the pipeline and policies that `rasa init` leaves to "
        f"it. Both were trained once on the same questions, {about['questions']} an intent at most "
        f"({about['trained_on']} of {about['all_questions']}): stock would take hours with all of them. Both read the "
        f"same messages, each new one another. Our rate limits were set out of the way in the settings; everything "
        f"else is as an operator finds it.",
        "",
        "Where a line has more than one value, the median is shown and the range of the rounds behind it. Memory after "
        "many conversations was read in the first round only.",
        "",
        "| bar | asked | measured | |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {bar.name} | {bar.kind} {bar.limit:g} | {_spread(bar.ratios, 2)} | {'met' if bar.met else '**not met**'} |"
        for bar in bars(results)
    ]
    lines += ["", "| | ours | stock | ours / stock |", "|---|---|---|---|"]
    lines += [_once(results, "installed size, MB", "size", None), _once(results, "training, s", "training", "seconds")]
    lines += [_line(figure, rounds) for figure in FIGURES]
    lines += [
        _once(results, "right topic is the likeliest", "accuracy", "top", 3),
        _once(results, "answered with the right topic", "accuracy", "answered", 3),
    ]
    return "\n".join([*lines, "", *_more(results)]) + "\n"


def _line(figure: Figure, rounds: list[dict[str, Any]]) -> str:
    cells = []
    for side in (OURS, STOCK):
        cells.append(_spread(values(figure, rounds, side), figure.digits))
    return f"| {figure.name}, {figure.unit} | {' | '.join(cells)} | {_spread(ratios(figure, rounds), 3)} |"


def _once(results: dict[str, Any], name: str, key: str, part: str | None, digits: int = 0) -> str:
    sides: list[list[float]] = []
    for side in (OURS, STOCK):
        found = results.get(key, {}).get(side)
        sides.append([] if found is None else [found[part] if part else found])
    both = [sides[0][0] / sides[1][0]] if all(sides) else []
    return f"| {name} | {_spread(sides[0], digits)} | {_spread(sides[1], digits)} | {_spread(both, 3)} |"


def _more(results: dict[str, Any]) -> list[str]:
    rounds = [each[OURS] for each in results["rounds"] if OURS in each]
    lines = []
    if full := results.get("full"):
        right = full["accuracy"]
        lines.append(
            f"With all {full['questions']:,} questions ours trains in {full['seconds']:.0f} s. Then the right topic is "
            f"the likeliest for {right['top']:.3f} of {right['messages']} messages, and {right['answered']:.3f} "
            "are answered with it."
        )
    for each in rounds:
        if "many" in each:
            lines += ["", f"After {each['many']:,} conversations ours holds {each['memory_many']['rss']:.0f} MB."]
    for side in (OURS, STOCK):
        filled = [each[side]["filled"] for each in results["rounds"] if "filled" in each.get(side, {})]
        lines += ["", f"Filled: {side} with {filled[0]:,} conversations."] if filled else []
    wrong = [
        f"{side} in round {number}: {each[side]['failed']} failed, {each[side]['empty']} empty"
        for number, each in enumerate(results["rounds"], 1)
        for side in (OURS, STOCK)
        if side in each and (each[side]["failed"] or each[side]["empty"])
    ]
    lines += ["", f"Messages without a reply: {'; '.join(wrong) or 'none'}."]
    return lines


def _spread(values: list[float], digits: int) -> str:
    if not values:
        return "–"
    middle = f"{statistics.median(values):,.{digits}f}"
    return middle if len(values) == 1 else f"{middle} ({min(values):,.{digits}f} to {max(values):,.{digits}f})"
