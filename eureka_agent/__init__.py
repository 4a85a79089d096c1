"""Automatic reward design for reinforcement learning.

Everything the command line does is a function here: `evolve`, `resume`, `finish`, `adopt`, `check`, `train`,
`prune`, `tune`, `compare`, `plot`, `play`, `film`, `show`, `analyze`, `write_report`, `export`,
`list_runs`, `list_tasks`, `doctor`, `say`, `feedback_of`, `oni`, `labels`. `load_run` has the tables and
drawings of a run, for notebooks. `RewardWrapper` puts a saved reward into your own RL code.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from eureka_agent._version import __version__

if TYPE_CHECKING:
    from eureka_agent.api.adopt import adopt
    from eureka_agent.api.analyze import analyze
    from eureka_agent.api.asking import questions, recorded_episode
    from eureka_agent.api.caption_pictures import caption_picture
    from eureka_agent.api.check import check
    from eureka_agent.api.compare import compare
    from eureka_agent.api.doctor import doctor
    from eureka_agent.api.evolve import RunResult, dry_run, evolve, finish, resume
    from eureka_agent.api.films import film
    from eureka_agent.api.labels import correct_label, export_labels, labels
    from eureka_agent.api.loading import load_run
    from eureka_agent.api.oni import oni
    from eureka_agent.api.play import play
    from eureka_agent.api.plot import plot
    from eureka_agent.api.prune import prune
    from eureka_agent.api.reporting import write_report
    from eureka_agent.api.runs import export, show
    from eureka_agent.api.runs import list_run_summaries as list_runs
    from eureka_agent.api.saying import feedback_of, say
    from eureka_agent.api.train import train
    from eureka_agent.api.tune import tune
    from eureka_agent.errors import EurekaError
    from eureka_agent.rewards.loader import load_reward
    from eureka_agent.rewards.sb3_logging import ComponentCallback as ComponentCallback
    from eureka_agent.rewards.vector_wrapper import VectorRewardWrapper
    from eureka_agent.rewards.wrapper import RewardWrapper
    from eureka_agent.tasks.registry import find_task, list_tasks
    from eureka_agent.tasks.scaffold import write_task

_HOMES = {
    "ComponentCallback": "rewards.sb3_logging:ComponentCallback",
    "EurekaError": "errors:EurekaError",
    "RewardWrapper": "rewards.wrapper:RewardWrapper",
    "RunResult": "api.evolve:RunResult",
    "VectorRewardWrapper": "rewards.vector_wrapper:VectorRewardWrapper",
    "adopt": "api.adopt:adopt",
    "analyze": "api.analyze:analyze",
    "caption_picture": "api.caption_pictures:caption_picture",
    "check": "api.check:check",
    "compare": "api.compare:compare",
    "correct_label": "api.labels:correct_label",
    "doctor": "api.doctor:doctor",
    "dry_run": "api.evolve:dry_run",
    "evolve": "api.evolve:evolve",
    "export": "api.runs:export",
    "export_labels": "api.labels:export_labels",
    "finish": "api.evolve:finish",
    "feedback_of": "api.saying:feedback_of",
    "film": "api.films:film",
    "find_task": "tasks.registry:find_task",
    "labels": "api.labels:labels",
    "list_runs": "api.runs:list_run_summaries",
    "list_tasks": "tasks.registry:list_tasks",
    "load_reward": "rewards.loader:load_reward",
    "load_run": "api.loading:load_run",
    "oni": "api.oni:oni",
    "play": "api.play:play",
    "plot": "api.plot:plot",
    "prune": "api.prune:prune",
    "questions": "api.asking:questions",
    "recorded_episode": "api.asking:recorded_episode",
    "resume": "api.evolve:resume",
    "say": "api.saying:say",
    "show": "api.runs:show",
    "train": "api.train:train",
    "tune": "api.tune:tune",
    "write_report": "api.reporting:write_report",
    "write_task": "tasks.scaffold:write_task",
}

__all__ = [  # all but ComponentCallback, which needs an extra
    "EurekaError",
    "RewardWrapper",
    "RunResult",
    "VectorRewardWrapper",
    "__version__",
    "adopt",
    "analyze",
    "caption_picture",
    "check",
    "compare",
    "correct_label",
    "doctor",
    "dry_run",
    "evolve",
    "export",
    "export_labels",
    "feedback_of",
    "film",
    "find_task",
    "finish",
    "labels",
    "list_runs",
    "list_tasks",
    "load_reward",
    "load_run",
    "oni",
    "play",
    "plot",
    "prune",
    "questions",
    "recorded_episode",
    "resume",
    "say",
    "show",
    "train",
    "tune",
    "write_report",
    "write_task",
]


def __getattr__(name: str) -> Any:
    """Import public names where they are used: reward workers import this package and must stay light."""
    if name not in _HOMES:
        raise AttributeError(f"module 'eureka_agent' has no attribute {name!r}")
    module, attribute = _HOMES[name].split(":")
    return getattr(importlib.import_module(f"eureka_agent.{module}"), attribute)
