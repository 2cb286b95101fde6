"""The two sides: how each is trained and served. Nothing else in the benchmark knows which is which."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path

from bench.stock import data
from bench.stock.environments import Environment, default_config, inherited, ours, stock
from signpost.files import ROOT

OURS, STOCK = "ours", "stock"
# For the routes that the benchmark alone asks: what the pipeline makes of a text, and the events of a conversation.
TOKEN = "a-token-of-the-benchmark"
# Rate limits far above what one machine sends; everything else as an operator finds it.
SETTINGS = """
rasa_api: {api}
rate_limits:
  sender: {{burst: 1000000, per_minute: 1000000}}
  address: {{burst: 1000000, per_minute: 1000000}}
"""
_QUIET = {"RASA_TELEMETRY_ENABLED": "false", "PYTHONWARNINGS": "ignore", "TF_CPP_MIN_LOG_LEVEL": "3"}


@dataclass(frozen=True)
class Side:
    """One of the two. train, serve: commands; `{port}` stands for the port. model: what training writes."""

    name: str
    environment: Environment
    folder: Path
    model: Path
    train: list[str]
    serve: list[str]
    serve_api: list[str]
    variables: dict[str, str] = field(default_factory=dict)
    variables_api: dict[str, str] = field(default_factory=dict)

    def process(self, api: bool = False) -> dict[str, str]:
        """Returns the environment variables of its processes."""
        return inherited({**_QUIET, **(self.variables_api if api else self.variables)})


def our_side(cache: Path, questions: int) -> Side:
    """Sets up our side with at most so many questions an intent."""
    environment = ours(cache)
    folder = cache / "questions"
    model = cache / "models" / f"ours-{questions}.tar.gz"
    data.write_ours(data.capped(questions), folder)
    train = _train(environment, model, ["--data", str(folder), "--skip-validation"])
    return _ours(environment, model, cache, train)


def in_full(side: Side) -> Side:
    """Returns our side with every question there is, as `make train` trains it."""
    model = side.model.with_name("ours-all.tar.gz")
    serve = [str(model) if word == str(side.model) else word for word in side.serve]
    train = _train(side.environment, model, ["--skip-validation"])
    return dataclasses.replace(side, model=model, train=train, serve=serve, serve_api=serve)


def served_here(model: Path, folder: Path) -> Side:
    """Returns our side as it is installed here, with a model that is there; its settings are written to `folder`."""
    return _ours(Environment(ROOT / ".venv"), model, folder, [])


def _ours(environment: Environment, model: Path, folder: Path, train: list[str]) -> Side:
    for api in ("true", "false"):
        (folder / f"settings-{api}.yml").write_text(SETTINGS.format(api=api), encoding="utf-8")
    serve = [str(environment.python), "-m", "signpost.serve", "--interface", "127.0.0.1", "--port", "{port}"]
    serve += ["--model", str(model)]
    return Side(
        OURS,
        environment,
        ROOT,
        model,
        train=train,
        serve=serve,
        serve_api=serve,
        variables={"SIGNPOST_SETTINGS": str(folder / "settings-false.yml")},
        variables_api={"SIGNPOST_SETTINGS": str(folder / "settings-true.yml"), "SIGNPOST_API_TOKEN": TOKEN},
    )


def stock_side(cache: Path, questions: int) -> Side:
    """Sets up stock Rasa with the same questions.

    Raises:
        UnavailableError: it cannot be had.
    """
    environment = stock(cache)
    folder = cache / "project"
    model = cache / "models" / f"stock-{questions}.tar.gz"
    data.write_stock(data.capped(questions), folder, default_config(environment))
    serve = [str(environment.python), "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", "{port}"]
    serve += ["--model", str(model)]
    return Side(
        STOCK,
        environment,
        folder,
        model,
        train=_train(environment, model, []),
        serve=serve,
        serve_api=[*serve, "--enable-api", "--auth-token", TOKEN],
    )


def _train(environment: Environment, model: Path, options: list[str]) -> list[str]:
    where = ["--fixed-model-name", model.name.removesuffix(".tar.gz"), "--out", str(model.parent)]
    # Nothing kept from an earlier training.
    return [str(environment.python), "-m", "rasa", "train", *options, *where, "--force"]
