"""The inside of a trainer child: one job in, one complete result file out.

Nothing generated runs here; the reward lives in its worker, at the other end of the descriptors that came
with the job. A child that is killed leaves no `result.json`, and so has failed.
"""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.arrays import write_arrays
from eureka_agent.errors import (
    EurekaError,
    StoreError,
    TrainingError,
    WorkerCrashedError,
    WorkerTimeoutError,
)
from eureka_agent.files import write_json
from eureka_agent.isolation.limits import limit_trainer
from eureka_agent.tasks.registry import load_task
from eureka_agent.tasks.task import TaskRef, TrainingBudget
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.policies import read_policy
from eureka_agent.training.results import ending_where_the_disk_does
from eureka_agent.training.reward_provider import reward_provider_of
from eureka_agent.training.reward_sample import SampledRewardProvider, write_samples
from eureka_agent.training.sb3.policy_file import FILE, save_model
from eureka_agent.training.sb3.ppo import Trained, train_ppo
from eureka_agent.trajectories.files import FILE as TRAJECTORIES
from eureka_agent.trajectories.files import write_trajectories
from eureka_agent.trajectories.trajectory import Origin


def main(payload: dict[str, Any], fds: list[int]) -> None:
    """Train as `payload` says and write `result.json` into its folder."""
    limit_trainer(payload["memory_mb"])
    folder = Path(payload["folder"])
    with ending_where_the_disk_does(folder):
        result = _result(payload, fds, folder)
        write_json(folder / "result.json", {"job": payload["job"], **result})


def _result(payload: dict[str, Any], fds: list[int], folder: Path) -> dict[str, Any]:
    """Train, and return what the result file says; raises StoreError where files cannot be written."""
    started = time.monotonic()
    try:
        task = replace(
            load_task(TaskRef(**payload["task"])),
            budget=TrainingBudget(**payload["budget"]),
            algorithm=payload["algorithm"],
        )
        n_envs = PpoSettings.of(task.algorithm).n_envs
        provider = SampledRewardProvider(
            reward_provider_of(task, payload["kind"], n_envs, payload["worker"], fds)
        )
        trained = train_ppo(
            task,
            provider,
            seed=payload["seed"],
            env_steps=payload["env_steps"],
            start=None if payload["init_policy"] is None else read_policy(Path(payload["init_policy"])),
        )
        _save(folder, trained, _origin(payload, trained))
        write_samples(folder, provider.samples if payload["kind"] == "source" else ())
        return {"evaluation": asdict(_evaluation(payload, trained, time.monotonic() - started))}
    except StoreError:
        raise
    except WorkerTimeoutError as error:
        return {"failure": {"status": "timed out", "reason": error.what}}
    except EurekaError as error:
        crashed = isinstance(error, WorkerCrashedError)
        reason = f"{error.what} {error.fix}".strip()
        return {"failure": {"status": "failed", "reason": reason, "crashed": crashed}}
    except MemoryError:
        reason = f"The training needed more than {payload['memory_mb']} MB of memory."
        return {"failure": {"status": "failed", "reason": reason}}


def _evaluation(payload: dict[str, Any], trained: Trained, wall_s: float) -> Evaluation:
    fitness = trained.scoring.fitness
    if not np.isfinite(fitness):
        raise TrainingError(
            f"The fitness of the trained policy is {fitness}.", fix="Correct the task's fitness."
        )
    return Evaluation(
        stage=payload["stage"],
        replicate=payload["replicate"],
        seed=payload["seed"],
        fitness=fitness,
        episode_fitness=trained.scoring.scores,
        env_steps=trained.env_steps,
        wall_s=round(wall_s, 3),
        best_checkpoint=trained.best_checkpoint,
        curves={name: tuple(values) for name, values in trained.curves.items()},
        isolation=payload["isolation"],
    )


def _origin(payload: dict[str, Any], trained: Trained) -> Origin:
    candidate = payload["job"].split("/")[0]
    kept = trained.best_checkpoint, trained.best_env_steps
    return Origin(candidate, payload["stage"], payload["replicate"], *kept)


def _save(folder: Path, trained: Trained, origin: Origin) -> None:
    normalizes = trained.normalize.norm_obs
    save_model(folder / FILE, trained.model, trained.normalize.obs_rms if normalizes else None)
    write_arrays(folder / "curves.npz", {name: np.asarray(curve) for name, curve in trained.curves.items()})
    kept = [replace(trajectory, origin=origin) for trajectory in trained.scoring.trajectories]
    write_trajectories(folder / TRAJECTORIES, kept)
