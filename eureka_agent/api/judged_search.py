"""`evolve --intrinsic`: from what a person names to who labels the captions of a search."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from eureka_agent.api.annotating import is_file_annotator, make_annotator
from eureka_agent.api.annotators import most_at_once
from eureka_agent.config import RunConfig
from eureka_agent.critique.critic import Check
from eureka_agent.errors import ConfigError, StoreError
from eureka_agent.escaping import one_line
from eureka_agent.evolution.judging import GenerationRequests, Judging
from eureka_agent.files import write_atomic
from eureka_agent.intrinsic.annotation.cached import Cached
from eureka_agent.intrinsic.annotation.label_cache import LabelCache
from eureka_agent.intrinsic.annotation.model_annotator import LONGEST_GOAL, ModelAnnotator
from eureka_agent.intrinsic.annotation.replayed import Replayed
from eureka_agent.intrinsic.judgement import Judgement
from eureka_agent.intrinsic.options import IntrinsicOptions
from eureka_agent.intrinsic.plan import IntrinsicPlan
from eureka_agent.llm.model import LanguageModel
from eureka_agent.store.event_types import CaptionsPlanned
from eureka_agent.store.events import EventLog
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.state import RunState
from eureka_agent.tasks.task import Task
from eureka_agent.trajectories.trajectory import Trajectory

LABELS = "labels.jsonl"


class NamedAnnotator(NamedTuple):
    """Who labels captions, as a configuration remembers it."""

    name: str | None = None
    """A model, or the kind and the digest of a file."""
    file: Path | None = None
    """That file."""


def named_annotator(options: dict[str, Any], task: Task) -> NamedAnnotator:
    """Return who `--intrinsic` names; raises ConfigError for what labels no captions, or cannot here."""
    spec = options.get("intrinsic")
    if spec is None:
        _refuse_without(options)
        return NamedAnnotator()
    if options.get("device", "auto") == "gpu":
        raise ConfigError(
            "A learned reward is not paid on a GPU.",
            allowed="--intrinsic with --device cpu",
            fix="Leave --device out, or --intrinsic.",
        )
    if spec in ("auto", "search", "none") or not spec:
        raise ConfigError(
            f"'{spec}' labels no captions.",
            allowed="rules:<file.toml>, labels:<file.jsonl>, same, or a language model by its name",
            fix="Name a model after --intrinsic, for example openai/<model>, or leave it out.",
        )
    if not is_file_annotator(spec):
        return NamedAnnotator(spec)
    goal = goal_of(options.get("intrinsic_goal"), task)
    make_annotator(spec, goal, folder=Path(), labels=LabelCache())  # what cannot be read is told now
    kind, _, name = spec.partition(":")
    file = Path(name).expanduser()
    return NamedAnnotator(f"{kind}:{_digest(file)}", file)


def goal_of(asked: str | None, task: Task) -> str:
    """Return the sentence by which captions are judged: the person's, or what the task is about."""
    return one_line(task.description if asked is None else asked)[:LONGEST_GOAL]


def keep_annotator(file: Path | None, config: RunConfig, folder: RunFolder) -> None:
    """Copy the file by which captions are labelled into a new run."""
    if file is not None:
        folder.intrinsic.mkdir(exist_ok=True)
        kind = (config.intrinsic.annotator or "").partition(":")[0]
        write_atomic(folder.annotator(kind), file.read_bytes())


def check_annotator(config: RunConfig, folder: RunFolder) -> None:
    """Raise StoreError unless the run folder still has the file by which captions are labelled."""
    name = config.intrinsic.annotator
    if name is None or not is_file_annotator(name):
        return
    kind, _, digest = name.partition(":")
    file = folder.annotator(kind)
    if not file.is_file() or _digest(file) != digest:
        raise StoreError(
            f"{file} is not the file of {kind} that {folder.name} was started with.",
            allowed=f"the file whose SHA-256 is {digest}",
            fix="Put it back there, or start another run with `evolve --intrinsic`.",
        )


def plan_of(config: RunConfig, task: Task, state: RunState, played: Sequence[Trajectory]) -> IntrinsicPlan:
    """Return a run's plan of learned rewards: as its log has it, or made of the task and recorded play."""
    if state.caption_plan is not None:
        return IntrinsicPlan.from_json(state.caption_plan)
    message = config.intrinsic.message
    options = IntrinsicOptions(
        kind=config.intrinsic.kind,
        coefficient=config.intrinsic.coefficient,
        beta=config.intrinsic.beta,
        captions="signals" if message is None else "message",
        message=message or "",
    )
    return options.plan(task, goal_of(config.intrinsic.goal, task), coded=True, paid=True, played=played)


def journal_plan(log: EventLog, state: RunState, plan: IntrinsicPlan) -> None:
    """Write down a run's plan of learned rewards, once."""
    if state.caption_plan is None:
        log.append(CaptionsPlanned(plan=plan.to_json()))


def judging_of(
    config: RunConfig,
    plan: IntrinsicPlan,
    task: Task,
    folder: RunFolder,
    log: EventLog,
    state: RunState,
    *,
    model: LanguageModel | None,
    played: Sequence[Trajectory],
    critic_of: Callable[[Judgement], Check],
    stop: threading.Event,
) -> Judging:
    """Return what has captions labelled, by `model` or by the run's file."""
    requests = None if model is None else GenerationRequests(model)
    return Judging(
        plan, task, folder, log, state, _annotator(config, plan, folder, requests), played=played,
        critic_of=critic_of, questions=config.intrinsic.questions, stop=stop, requests=requests,
    )  # fmt: skip


def _annotator(
    config: RunConfig, plan: IntrinsicPlan, folder: RunFolder, requests: GenerationRequests | None
) -> Cached | Replayed:
    labels = LabelCache(folder.intrinsic / LABELS)
    if requests is not None:
        most = most_at_once(requests.name)
        asks = ModelAnnotator(requests, plan.goal, about=plan.captioning.legend, most=most)
        return Cached(asks, labels)
    kind = (config.intrinsic.annotator or "").partition(":")[0]
    made, _ = make_annotator(f"{kind}:{folder.annotator(kind)}", plan.goal, folder=folder.root, labels=labels)
    return made


def _refuse_without(options: dict[str, Any]) -> None:
    """Raise ConfigError where something is said of a learned reward that nobody asked for."""
    for name in ("intrinsic_goal", "intrinsic_message"):
        if options.get(name) is not None:
            option = f"--{name.replace('_', '-')}"
            raise ConfigError(
                f"{option} is about a learned reward, and nobody is named who labels captions for one.",
                allowed=f"{option} beside --intrinsic",
                fix="Name an annotator after --intrinsic, or leave the option out.",
            )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
