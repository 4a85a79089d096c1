"""The language models of a run: chosen, built, journalled, and put behind a proposer."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eureka_agent.api.annotating import is_file_annotator
from eureka_agent.budget import Ledger
from eureka_agent.config import SAME_MODEL, RunConfig
from eureka_agent.design.analyst import MOST_QUERIES, ModelAnalyst
from eureka_agent.design.designer import Designer
from eureka_agent.design.grammar import reward_grammar
from eureka_agent.design.prompts import PromptBook
from eureka_agent.design.proposer import Proposer
from eureka_agent.design.reviewer import ModelReviewer, Paid
from eureka_agent.design.sharing import SharedDesign
from eureka_agent.design.untrained import Untrained
from eureka_agent.errors import ConfigError
from eureka_agent.evolution.journal import JournalledModel
from eureka_agent.llm.auto import OFFLINE_MODEL, Choice, choose
from eureka_agent.llm.endpoint import HOSTED, OWN_URL, URL_VARIABLE, checked_url
from eureka_agent.llm.local import LocalModel
from eureka_agent.llm.model import LanguageModel
from eureka_agent.llm.recording import Recorder
from eureka_agent.llm.registry import ModelOptions, make_model, split_models
from eureka_agent.llm.replay import ReplayModel
from eureka_agent.resources import cache_folder
from eureka_agent.store.events import EventLog
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.state import RunState
from eureka_agent.tasks.task import Task

_ADDRESSED = tuple(f"{provider}/" for provider in HOSTED)


def resolve_model(options: Mapping[str, Any]) -> Choice:
    """Return which model a run asks, and where: what the options name, or what `auto` takes."""
    model, base_url = options.get("model", "auto"), options.get("base_url")
    if model == "auto":
        return choose(budget_usd=options.get("budget_usd"), base_url=base_url)
    if base_url is not None and not any(name.startswith(_ADDRESSED) for name in split_models(model)):
        raise ConfigError(
            f"--base-url says where a service is, and '{model}' asks none.",
            allowed="with --model " + ", ".join(f"{provider}/<model>" for provider in HOSTED),
            fix="Leave --base-url out, or name a model of the service, e.g. openai/<model>.",
        )
    named = base_url or _address_in_environment(model)
    return Choice(model, checked_url(named) if named else None, "it was asked for")


def _address_in_environment(model: str) -> str | None:
    """Return the address that the environment gives for a single model, so that the run remembers it."""
    provider = model.split("/")[0]
    if provider not in HOSTED or len(split_models(model)) > 1:
        return None
    variables = [OWN_URL] * (provider == "openai") + [URL_VARIABLE[provider]]
    return next((value for name in variables if (value := os.environ.get(name, "").strip())), None)


@dataclass(frozen=True)
class RunModels:
    """The language models of a run, by role."""

    designers: tuple[LanguageModel, ...] = ()
    """None for `search`; several share the slots."""
    critic: LanguageModel | None = None
    """Reviews rewards; one of the designers, or another."""
    analyzer: LanguageModel | None = None
    """Reads recorded episodes; any of the others, or another."""
    annotator: LanguageModel | None = None
    """Labels captions; the designer's model, or another."""

    @property
    def all(self) -> tuple[LanguageModel, ...]:
        """Each once."""
        others = [model for model in (self.critic, self.analyzer, self.annotator) if model is not None]
        return tuple({id(model): model for model in (*self.designers, *others)}.values())

    def replaced(self, models: Sequence[LanguageModel]) -> RunModels:
        """Return the roles given to `models`, which stand in the order of `all`."""
        new = dict(zip(map(id, self.all), models, strict=True))
        others = (model and new[id(model)] for model in (self.critic, self.analyzer, self.annotator))
        return RunModels(tuple(new[id(model)] for model in self.designers), *others)


def make_models(config: RunConfig, folder: Path, task: Task) -> RunModels:
    """Build the models of a run. Keys are read here, and nothing is sent."""
    designers = _make_designers(config, folder, task)
    critic = _make_other("critic", config.critic.model, config, folder, designers)
    annotator = _make_annotator(config, folder, designers)
    if config.analyzer.model is not None and config.analyzer.model == config.critic.model:
        return RunModels(designers, critic, critic, annotator)
    analyzer = _make_other("analyzer", config.analyzer.model, config, folder, designers)
    return RunModels(designers, critic, analyzer, annotator)


def _make_designers(config: RunConfig, folder: Path, task: Task) -> tuple[LanguageModel, ...]:
    if config.model.name == OFFLINE_MODEL:
        return ()
    names = split_models(config.model.name)
    if len(set(names)) < len(names) or (OFFLINE_MODEL in names):
        raise ConfigError(
            f"The models {config.model.name} cannot share a run.",
            allowed="different language models, e.g. openai/<model>,anthropic/<model>",
            fix="Name each once, and give --model search alone.",
        )
    if len(names) > 1 and config.model.base_url is not None:
        raise ConfigError(
            "Several models cannot share one base URL: each has a service of its own.",
            fix="Set OPENAI_BASE_URL and ANTHROPIC_BASE_URL instead of --base-url.",
        )
    grammar = reward_grammar(task) if config.model.grammar else None
    options = _options(config, base_url=config.model.base_url, grammar=grammar)
    return tuple(make_model(name, run_folder=folder, options=options) for name in names)


def _make_other(
    role: str,
    name: str | None,
    config: RunConfig,
    folder: Path,
    designers: Sequence[LanguageModel],
    *,
    option: str = "",
) -> LanguageModel | None:
    """Return the model of another role: the first designer where its name or `same` is given, or another."""
    option = option or f"--{role}-model"
    if name is None:
        return None
    if not designers:
        raise ConfigError(
            f"Nobody would read what '{name}' says: --model search asks no language model.",
            allowed=f"{option} beside a language model as --model",
            fix=f"Leave {option} out, or name a language model as --model.",
        )
    if name in (SAME_MODEL, designers[0].name):
        if isinstance(designers[0], LocalModel) and config.model.grammar:
            raise ConfigError(
                f"A local model that is held to the form of a reward cannot be the {role}.",
                allowed=f"another model as {option}, or --no-grammar",
                fix="Give --no-grammar, or name another model.",
            )
        return designers[0]
    return make_model(name, run_folder=folder, options=_options(config, base_url=None, grammar=None))


def _make_annotator(
    config: RunConfig, folder: Path, designers: Sequence[LanguageModel]
) -> LanguageModel | None:
    """Return the model that labels captions; None where a file does, or nobody."""
    name = config.intrinsic.annotator
    if name is None or is_file_annotator(name):
        return None
    if name == SAME_MODEL or (designers and name == designers[0].name):
        return _make_other("annotator", name, config, folder, designers, option="--intrinsic")
    return make_model(name, run_folder=folder, options=_options(config, base_url=None, grammar=None))


def _options(config: RunConfig, *, base_url: str | None, grammar: str | None) -> ModelOptions:
    return ModelOptions(
        base_url=base_url,
        temperature=config.model.temperature,
        max_reply_tokens=config.model.max_reply_tokens,
        effort=config.model.effort,
        stream=config.model.stream,
        grammar=grammar,
        max_parallel=config.model.max_parallel_requests,
        cache=cache_folder("replies") if config.model.reply_cache else None,
        seed=config.seed,
    )


@contextmanager
def closing(models: RunModels) -> Iterator[RunModels]:
    """End the servers of models on this machine when the run does."""
    with ExitStack() as stack:
        for model in models.all:
            if isinstance(model, LocalModel):
                stack.callback(model.close)
        yield models


def journalled(
    models: RunModels, config: RunConfig, folder: RunFolder, log: EventLog, state: RunState
) -> RunModels:
    """Put the models behind the log and one budget, and record what they reply."""
    ledger = Ledger(config.budget.usd, state.at_most_usd)
    asked = config.intrinsic.annotator if config.model.name == OFFLINE_MODEL else config.model.name
    recorded = [
        model
        if isinstance(model, ReplayModel)
        else Recorder(model, folder.replies, about={"label": f"written by {asked}"})
        for model in models.all
    ]
    return models.replaced([JournalledModel(model, log, state, ledger) for model in recorded])


def reviewer_of(
    task: Task,
    config: RunConfig,
    model: LanguageModel | None,
    untrained: Untrained,
    paid: Paid | None = None,
) -> ModelReviewer | None:
    """Return who reviews rewards before they train; None where nobody was asked for."""
    if model is None:
        return None
    return ModelReviewer(_as_run(task, config), model, untrained=untrained, paid=paid)


def analyst_of(
    task: Task, config: RunConfig, model: LanguageModel | None, untrained: Untrained
) -> ModelAnalyst | None:
    """Return who reads recorded episodes; None where nobody was asked for."""
    if model is None:
        return None
    queries = MOST_QUERIES if config.analyzer.queries else 0
    return ModelAnalyst(_as_run(task, config), model, untrained=untrained, queries=queries)


def proposer_of(
    task: Task,
    config: RunConfig,
    models: Sequence[LanguageModel],
    *,
    seed: int,
    untrained: Untrained,
) -> Proposer:
    """Return the designer of one model, or of several that share the slots."""
    designers = [
        Designer(
            _as_run(task, config),
            model,
            PromptBook(),
            seed=seed,
            reflection=config.search.reflection,
            history=config.search.history,
            untrained=untrained,
            before=config.training.after,
        )
        for model in models
    ]
    return designers[0] if len(designers) == 1 else SharedDesign(designers)


def _as_run(task: Task, config: RunConfig) -> Task:
    """Return the task with this run's steps and target, which prompts tell in place of its own."""
    steps = config.training.env_steps or task.budget.env_steps
    target = task.fitness.target if config.search.target is None else config.search.target
    budget, fitness = replace(task.budget, env_steps=steps), replace(task.fitness, target=target)
    return replace(task, budget=budget, fitness=fitness)
