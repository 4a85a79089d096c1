"""What `evolve` is asked for, resolved: the task, the configuration of a run, and what it starts from."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from eureka_agent.api.after import check_alone, left_by
from eureka_agent.api.bringing import as_asked, brought_along, human_text
from eureka_agent.api.judged_search import named_annotator
from eureka_agent.api.models import resolve_model
from eureka_agent.config import RunConfig, make_config
from eureka_agent.errors import ConfigError
from eureka_agent.evolution.preferring import asking_words
from eureka_agent.evolution.step_budget import check_step_budget
from eureka_agent.intrinsic.judgement import offering
from eureka_agent.tasks.identity import journalled_ref, task_digest
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.device.choosing import choose_device
from eureka_agent.training.device.settings import device_settings
from eureka_agent.training.evaluation_share import with_fitted_evaluation
from eureka_agent.training.policies import digest_of, fitting_policy


class RunRequest(NamedTuple):
    """What a run is made of."""

    task: Task
    config: RunConfig
    why: str = ""
    """The reason for the choice of model."""
    init_policy: Path | None = None
    notices: tuple[str, ...] = ()
    """What the log is told at the start."""
    annotator: Path | None = None
    """The file by which captions are labelled, if one does."""


def fitted(task: Task, config: RunConfig) -> Task:
    """Return a task as a new run trains it."""
    return with_fitted_evaluation(task, config.training.env_steps or task.budget.env_steps)


def check_steps(task: Task, config: RunConfig) -> None:
    """Raise ConfigError where the budget of steps is too small for any search, on whatever it trains."""
    if config.budget.steps is None:
        return
    training = config.training
    device = choose_device(training.device, training.trainer, task, fresh=training.init_policy is None)
    on_gpu = device.platform == "gpu"
    check_step_budget(task, config, device_settings(task, training.worlds).rollout if on_gpu else None)


def requested(
    task: str | None,
    *,
    seed_reward: Path | str | None,
    human_reward: Path | str | None,
    init_policy: Path | str | None,
    quick: bool,
    after: Path | str | None,
    runs: Path,
    options: dict[str, Any],
    **where: Any,
) -> RunRequest:
    """Return what a run is made of; raises what is wrong with any of it."""
    if after is not None:
        check_alone(seed_reward=seed_reward, human_reward=human_reward, init_policy=init_policy)
    chosen = find_task(task, **where)
    model, annotator = resolve_model(options), named_annotator(options, chosen)
    if annotator.name is not None:
        options = {**options, "device": "cpu"}
    offered = chosen if annotator.name is None else offering(chosen)
    before = None if after is None else left_by(str(after), runs, chosen)
    start = None if init_policy is None else fitting_policy(Path(init_policy), chosen)
    start = start if before is None else before.policy
    config = make_config(
        {
            **options,
            "env_steps": _steps_of(chosen, quick, options.get("env_steps")),
            "model": model.model,
            "base_url": model.base_url,
            "task": asdict(journalled_ref(chosen.ref)),
            "task_digest": task_digest(chosen),
            "seed_reward": None if seed_reward is None else brought_along(Path(seed_reward), offered),
            "human_reward": None if human_reward is None else human_text(Path(human_reward), chosen),
            "intrinsic": annotator.name,
            "init_policy": None if start is None else digest_of(start),
            "after": () if before is None else before.rewards,
        }
    )
    notices = () if before is None else (before.words,)
    if config.people.judge:
        notices = (*notices, asking_words(config))
    return RunRequest(as_asked(chosen, config), config, model.why, start, notices, annotator.file)


def _steps_of(task: Task, quick: bool, env_steps: int | None) -> int | None:
    """Return the steps of a training that are asked for; None for the task's own."""
    if not quick:
        return env_steps
    if env_steps is not None:
        raise ConfigError(
            f"A quick search of {task.name} trains for {task.budget.quick:,} steps, not for {env_steps:,}.",
            allowed="--quick or --env-steps",
            fix="Leave out one of them.",
        )
    return task.budget.quick
