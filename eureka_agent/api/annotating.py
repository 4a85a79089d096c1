"""From what a person types after `--annotator` to somebody who labels captions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.annotation.cached import Cached
from eureka_agent.intrinsic.annotation.label_cache import LabelCache
from eureka_agent.intrinsic.annotation.model_annotator import ModelAnnotator
from eureka_agent.intrinsic.annotation.replayed import Replayed
from eureka_agent.intrinsic.annotation.rules import judge_of
from eureka_agent.llm.budgeted import BudgetedModel
from eureka_agent.llm.model import LanguageModel
from eureka_agent.llm.registry import ModelOptions, make_model

RULES, LABELS = "rules", "labels"


def make_annotator(
    spec: str,
    goal: str,
    *,
    folder: Path,
    labels: LabelCache,
    about: Sequence[str] = (),
    budget_usd: float | None = None,
    most_requests: int | None = None,
    options: ModelOptions | None = None,
) -> tuple[Cached | Replayed, BudgetedModel | None]:
    """Return whoever is called `spec`, and the model that is asked, if one is.

    `rules:<file.toml>` are patterns, `labels:<file.jsonl>` the labels of an earlier training (with
    `#<annotator>` behind it those of one of its annotators), and anything else is a language model as after
    `--model`; `manual` asks in `folder/outbox`. What a model or rules say is kept in `labels`, and not asked
    again. `about` tells the model what captions mean.

    Raises ConfigError or ModelError for what cannot be asked.
    """
    if is_file_annotator(spec):
        return file_annotator(spec, goal, labels), None
    model = annotating_model(spec, folder=folder, options=options)
    asked = BudgetedModel(model, budget_usd=budget_usd, most_requests=most_requests)
    return Cached(ModelAnnotator(asked, goal, about=about), labels), asked


def is_file_annotator(spec: str) -> bool:
    """Tell whether captions are labelled by a file, and no language model is asked."""
    return spec.partition(":")[0] in (RULES, LABELS)


def file_annotator(spec: str, goal: str, labels: LabelCache) -> Cached | Replayed:
    """Return the rules or the labels of a file; ConfigError where it holds none."""
    kind, _, rest = spec.partition(":")
    return (
        _replayed(spec, rest, goal) if kind == LABELS else Cached(judge_of(_file(spec, rest), goal), labels)
    )


def annotating_model(spec: str, *, folder: Path, options: ModelOptions | None = None) -> LanguageModel:
    """Return the language model called `spec`; ConfigError or ModelError for what is none."""
    if spec in ("auto", "search", "none"):
        raise ConfigError(
            f"'{spec}' labels no captions.",
            allowed=f"{RULES}:<file.toml>, {LABELS}:<file.jsonl>, or a language model by its name",
            fix="Name the model, for example openai/<model> or local:<file.gguf>.",
        )
    return make_model(spec, run_folder=folder, options=options)


def _replayed(spec: str, rest: str, goal: str) -> Replayed:
    """Return the labels of a file; behind a # stands whose, where they are several annotators'."""
    name, _, annotator = ("", "", "") if Path(rest).expanduser().is_file() else rest.partition("#")
    return Replayed(LabelCache(_file(spec, name or rest)), goal, annotator)


def _file(spec: str, name: str) -> Path:
    path = Path(name).expanduser()
    if not name or not path.is_file():
        raise ConfigError(
            f"The annotator '{spec}' names no file.",
            allowed=f"{RULES}:<file.toml> or {LABELS}:<file.jsonl>",
            fix="Check the path.",
        )
    return path
