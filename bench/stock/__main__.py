"""`make bench`: trains and serves both sides in turn, writes bench/results/.

The stock environment (2.6 GB) and both models are kept below the cache and used again.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import json
import os
import platform
import shlex
import sys
from pathlib import Path
from typing import Any

from bench.stock.accuracy import accuracy
from bench.stock.data import capped, count, messages
from bench.stock.environments import UnavailableError
from bench.stock.measures import QUICK, Amount, measure
from bench.stock.plot import plot
from bench.stock.server import StartError
from bench.stock.sides import OURS, Side, in_full, our_side, stock_side
from bench.stock.table import table
from bench.stock.training import TrainingError, train, trained
from signpost.files import ROOT

RESULTS = ROOT / "bench" / "results"
ALL = 1_000_000


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    cache = options.cache.resolve()
    cache.mkdir(parents=True, exist_ok=True)
    try:
        sides = [our_side(cache, options.questions)]
        if not options.ours_only:
            sides.append(stock_side(cache, options.questions))
        results = _measured(sides, options, cache)
    except (UnavailableError, TrainingError, StartError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Written to {options.out}: results.json, results.md, results.png.")
    print("\n".join(line for line in table(results).splitlines() if line.startswith("|")))
    return 0


def _measured(sides: list[Side], options: argparse.Namespace, cache: Path) -> dict[str, Any]:
    results: dict[str, Any] = {"about": _about(options), "size": {}, "training": {}, "accuracy": {}, "rounds": []}
    amount = QUICK if options.quick else Amount()
    for side in sides:
        results["size"][side.name] = side.environment.size
        results["training"][side.name] = _trained(side, options.questions, options.skip_training)
        _write(results, options.out)
    texts = messages()
    for number in range(1, options.rounds + 1):
        results["rounds"].append({})
        for side in sides:
            _say(f"round {number} of {options.rounds}", side)
            # Filling takes minutes and is done once: what it leaves behind does not depend on the machine's noise.
            chosen = amount if number == 1 else dataclasses.replace(amount, filled=0)
            if side.name == OURS and number == 1:
                chosen = dataclasses.replace(chosen, many=options.many)
            results["rounds"][-1][side.name] = measure(side, texts, chosen, cache / f"{side.name}.log")
            _write(results, options.out)
    if not options.quick:
        for side in sides:
            _say("accuracy", side)
            results["accuracy"][side.name] = accuracy(side, cache / f"{side.name}.log")
        full = in_full(sides[0])
        results["full"] = _trained(full, ALL, options.skip_training)
        results["full"]["accuracy"] = accuracy(full, cache / f"{OURS}.log")
    return _write(results, options.out)


def _trained(side: Side, questions: int, again: bool) -> dict[str, Any]:
    known = trained(side) if again else None
    _say(f"{'used again' if known else 'training'}: {side.model.name}", side)
    return known or train(side, questions)


def _write(results: dict[str, Any], out: Path) -> dict[str, Any]:
    """Writes what there is so far, so that a run that is stopped leaves its figures; returns them as JSON has them."""
    out.mkdir(parents=True, exist_ok=True)
    written = json.dumps(results, indent=1)
    (out / "results.json").write_text(written + "\n", encoding="utf-8")
    read: dict[str, Any] = json.loads(written)
    if any(read["rounds"]):
        (out / "results.md").write_text(table(read), encoding="utf-8")
        plot(read, out / "results.png")
    return read


def _about(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "command": shlex.join(["python", "-m", "bench.stock", *sys.argv[1:]]),
        "date": datetime.date.today().isoformat(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "questions": options.questions,
        "trained_on": count(capped(options.questions)),
        "all_questions": count(capped(ALL)),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _say(what: str, side: Side) -> None:
    print(f"{datetime.datetime.now():%H:%M:%S} {side.name}: {what}", flush=True)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.stock", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--questions", type=int, default=int(os.environ.get("QUESTIONS", 10)), help="an intent")
    parser.add_argument("--skip-training", action="store_true", help="use the models of an earlier run")
    parser.add_argument("--ours-only", action="store_true", help="measure only our side")
    parser.add_argument("--many", type=int, default=0, help="fill ours with so many conversations too, 50000")
    parser.add_argument("--quick", action="store_true", help="tiny amounts, to see whether everything runs")
    parser.add_argument("--out", type=Path, default=RESULTS)
    cache = Path(os.environ.get("BENCH_CACHE", ROOT / ".cache" / "bench"))
    parser.add_argument("--cache", type=Path, default=cache, help="environments and models; or BENCH_CACHE")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
