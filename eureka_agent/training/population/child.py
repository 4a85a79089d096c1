"""The inside of the trainer child: a generation's jobs in, a result file for each out as soon as it is known.

Nothing generated runs here; every reward lives in a worker of its own. Candidates are spread over as many
threads as there are cores, each thread with a population of its own: physics and updates of different threads
overlap, because both leave Python's lock. A job without a result file when this process ends has failed.
"""

from __future__ import annotations

import io
import resource
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.errors import EurekaError, TaskError, TrainingError, WorkerTimeoutError
from eureka_agent.store.files import write_atomic, write_json
from eureka_agent.tasks.registry import load_task
from eureka_agent.tasks.task import Task, TaskRef, TrainingBudget
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.population.learner import Learner, configure_jax
from eureka_agent.training.population.network import Network
from eureka_agent.training.population.paying import Payer, payer_of
from eureka_agent.training.population.policy_file import FILE, save_policy
from eureka_agent.training.population.population import Candidate, Learned, Population
from eureka_agent.training.simulators import SimulatorFactory

SWITCH_INTERVAL_S = 0.0005
"""How long one thread may keep Python's lock while the other waits for it after a simulator step."""


def main(payload: dict[str, Any], fds: list[int]) -> None:
    """Train all jobs of `payload` and write `result.json` into each one's folder."""
    started = time.monotonic()
    limit = payload["memory_mb"] * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    configure_jax(Path(payload["cache"]) if payload["cache"] else None)
    generation = Generation(payload, fds, started)
    try:
        generation.train()
    except MemoryError:
        generation.give_up(f"The training needed more than {payload['memory_mb']} MB of memory.")
    except EurekaError as error:
        generation.give_up(f"{error.what} {error.fix}".strip())


class Generation:
    """The jobs of one child and what they share."""

    def __init__(self, payload: dict[str, Any], fds: list[int], started: float) -> None:
        self.payload = payload
        self.fds = fds
        self.started = started
        self.jobs: dict[str, dict[str, Any]] = {job["job"]: job for job in payload["jobs"]}
        self.ended: set[str] = set()
        self._payers: dict[str, Payer] = {}

    def train(self) -> None:
        """Train everything; raises what keeps all jobs from being trained."""
        payload = self.payload
        self.task = replace(
            load_task(TaskRef(**payload["task"])),
            budget=TrainingBudget(**payload["budget"]),
            algorithm=payload["algorithm"],
        )
        self.factory = SimulatorFactory(self.task, threads=payload["threads_each"])
        self.learner = make_learner(self.task, self.factory)
        self.learner.warm_up()
        names = list(self.jobs)
        count = min(payload["threads"], len(names))
        groups = [names[first::count] for first in range(count)]
        with ThreadPoolExecutor(len(groups), thread_name_prefix="population") as pool:
            for future in [pool.submit(self._train_group, group) for group in groups]:
                future.result()

    def give_up(self, reason: str) -> None:
        """Fail every job that has no result yet."""
        for name in self.jobs:
            if name not in self.ended:
                self.write(name, {"failure": {"status": "failed", "reason": reason}})

    def _train_group(self, names: Sequence[str]) -> None:
        """Train some jobs in step; where their worlds misbehave, find out whose they are by halves."""
        candidates = [Candidate(name, self.jobs[name]["seed"], self._payer(name)) for name in names]
        population = None
        try:
            population = Population(
                self.task,
                candidates,
                factory=self.factory,
                learner=self.learner,
                env_steps=self.jobs[names[0]]["env_steps"],
                on_end=self.on_end,
            )
            population.run()
        except (TaskError, TrainingError) as error:
            left = [candidate for candidate in candidates if candidate.name not in self.ended]
            if len(left) <= 1:
                for candidate in left:
                    self.on_end(candidate, error)
                return
            half = len(left) // 2
            for part in (left[:half], left[half:]):
                self._train_group([candidate.name for candidate in part])

    def _payer(self, name: str) -> Payer:
        """Return a job's payer; a worker is taken over once, and forgets when its episodes begin anew."""
        job = self.jobs[name]
        if job["kind"] != "source":
            return payer_of(self.task, job["kind"], self.learner.settings.n_envs, None, ())
        if name not in self._payers:
            first, count = job["fds"]
            own = self.fds[first : first + count]
            self._payers[name] = payer_of(
                self.task, job["kind"], self.learner.settings.n_envs, job["worker"], own
            )
        return self._payers[name]

    def on_end(self, candidate: Candidate, end: Learned | EurekaError) -> None:
        """Write what became of a candidate."""
        self.ended.add(candidate.name)
        if isinstance(end, EurekaError):
            status = "timed out" if isinstance(end, WorkerTimeoutError) else "failed"
            reason = f"{end.what} {end.fix}".strip() if status == "failed" else end.what
            failure = {"status": status, "reason": reason, "env_steps": candidate.env_steps}
            self.write(candidate.name, {"failure": failure})
            return
        folder = Path(self.jobs[candidate.name]["folder"])
        self._save(folder, end)
        evaluation = self._evaluation(self.jobs[candidate.name], end)
        self.write(candidate.name, {"evaluation": asdict(evaluation)})

    def write(self, name: str, result: dict[str, Any]) -> None:
        """Leave a job's result file, which ends it."""
        write_json(Path(self.jobs[name]["folder"]) / "result.json", {"job": name, **result})

    def _evaluation(self, job: dict[str, Any], learned: Learned) -> Evaluation:
        warnings = ()
        if learned.faults:
            warnings = (f"The simulator warned in {learned.faults} steps; their episodes were ended.",)
        return Evaluation(
            stage=job["stage"],
            replicate=job["replicate"],
            seed=job["seed"],
            fitness=learned.scoring.fitness,
            episode_fitness=tuple(episode.fitness for episode in learned.scoring.episodes),
            env_steps=learned.env_steps,
            wall_s=round(time.monotonic() - self.started, 3),
            best_checkpoint=learned.checkpoint.index,
            curves={name: tuple(values) for name, values in learned.curves.items()},
            warnings=warnings,
        )

    def _save(self, folder: Path, learned: Learned) -> None:
        best, normalized = learned.checkpoint, self.learner.settings.normalize_observation
        save_policy(folder / FILE, self.learner.network, best.flat, best.moments if normalized else None)
        _save_arrays(folder / "curves.npz", {n: np.asarray(curve) for n, curve in learned.curves.items()})
        arrays = {
            f"episode{index}/{name}": array
            for index, episode in enumerate(learned.scoring.episodes)
            for name, array in episode.signals.items()
        }
        _save_arrays(folder / "trajectories.npz", arrays)


def make_learner(task: Task, factory: SimulatorFactory) -> Learner:
    """Return the learner that fits a task's worlds; raises TrainingError where none does."""
    settings = PpoSettings.of(task.algorithm)
    worlds = factory.make([0])
    try:
        dim = int(np.prod(worlds.policy_space.shape))
        network = Network.of(dim, worlds.action_space, settings.hidden_sizes, sde=settings.use_sde)
    finally:
        worlds.close()
    return Learner(network, settings)


def _save_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    write_atomic(path, buffer.getvalue())
