"""The inside of the trainer child: a generation's jobs in, a result file for each out as soon as it is known.

Nothing generated runs here; every reward lives in a worker of its own. Candidates are spread over as many
threads as there are cores, each thread with a population of its own: physics and updates of different threads
overlap, because both leave Python's lock. A job without a result file when this process ends has failed.
Where there is no room for all of them, nobody is trained and the process that asked is told how many fit.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.arrays import write_arrays
from eureka_agent.errors import (
    EurekaError,
    StoreError,
    TaskError,
    TrainingError,
    WorkerCrashedError,
    WorkerTimeoutError,
)
from eureka_agent.files import write_json
from eureka_agent.isolation.limits import limit_trainer
from eureka_agent.tasks.registry import load_task
from eureka_agent.tasks.task import Task, TaskRef, TrainingBudget
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.policies import read_policy
from eureka_agent.training.population.candidate_learner import Checkpoint, Learned, TrainingCandidate
from eureka_agent.training.population.halving import CheckpointScore
from eureka_agent.training.population.learner import Learner, configure_jax
from eureka_agent.training.population.memory import MB, held_bytes, need_of
from eureka_agent.training.population.network import Network
from eureka_agent.training.population.policy_file import FILE, save_policy
from eureka_agent.training.population.population import Population, checkpoint_steps
from eureka_agent.training.population.race import Race
from eureka_agent.training.population.stage_group import stage_envs_of
from eureka_agent.training.results import ending_where_the_disk_does
from eureka_agent.training.reward_provider import RewardProvider, reward_provider_of
from eureka_agent.training.reward_sample import RewardSample, SampledRewardProvider, write_samples
from eureka_agent.training.simulators import SimulatorFactory
from eureka_agent.trajectories.files import FILE as TRAJECTORIES
from eureka_agent.trajectories.files import write_trajectories
from eureka_agent.trajectories.trajectory import Origin

SWITCH_INTERVAL_S = 0.0005
"""How long one thread may keep Python's lock while the other waits for it after a simulator step."""


def main(payload: dict[str, Any], fds: list[int]) -> None:
    """Train all jobs of `payload` and write `result.json` into each one's folder."""
    started = time.monotonic()
    limit_trainer(payload["memory_mb"])
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    configure_jax(Path(payload["cache"]) if payload["cache"] else None)
    GenerationTraining(payload, fds, started).run(memory=f"{payload['memory_mb']} MB of memory")


class GenerationTraining:
    """The jobs of one child and what they share."""

    def __init__(self, payload: dict[str, Any], fds: list[int], started: float) -> None:
        self.payload = payload
        self.fds = fds
        self.started = started
        self.jobs: dict[str, dict[str, Any]] = {job["job"]: job for job in payload["jobs"]}
        self.ended: set[str] = set()
        self._providers: dict[str, RewardProvider] = {}
        self._race: Race | None = None

    @property
    def left(self) -> list[str]:
        """Jobs without a result."""
        return [name for name in self.jobs if name not in self.ended]

    def run(self, memory: str) -> None:
        """Train everything; whatever keeps jobs from it is their result. `memory` is what there is of it."""
        with ending_where_the_disk_does(Path(self.payload["jobs"][0]["folder"])):
            try:
                self.train()
            except StoreError:
                raise
            except MemoryError:
                if len(self.left) > 1:
                    raise  # fewer of them may fit; who asked tries again in halves
                self.give_up(f"The training needed more than {memory}.")
            except EurekaError as error:
                self.give_up(f"{error.what} {error.fix}".strip())

    def train(self) -> None:
        """Train everything, or nothing if it does not fit; raises what keeps all jobs from being trained."""
        payload = self.payload
        self.task = replace(
            load_task(TaskRef(**payload["task"])),
            budget=TrainingBudget(**payload["budget"]),
            algorithm=payload["algorithm"],
        )
        self.factory = SimulatorFactory(self.task, threads=payload["threads_each"])
        self.stages = stage_envs_of(self.task, payload["env_steps"], self.factory)
        self.learner = make_learner(self.task, self.factory)
        self.learner.warm_up()
        fitting = self._fitting()
        if fitting < len(self.jobs) > 1:
            write_json(Path(payload["fitting"]), max(1, fitting))
            return
        if payload["race"] is not None and fitting >= payload["race"]["members"]:
            self._race = self._make_race(payload["race"])
        names = list(self.jobs)
        count = min(payload["threads"], len(names))
        groups = [names[first::count] for first in range(count)]
        with ThreadPoolExecutor(len(groups), thread_name_prefix="population") as pool:
            for future in [pool.submit(self._run_group, group) for group in groups]:
                future.result()

    def _fitting(self) -> int:
        """Return how many candidates fit into the memory, by an estimate."""
        payload = self.payload
        need = need_of(self.task, self.factory, self.learner)
        return need.fitting(payload["memory_mb"] * MB, held_bytes(), payload["threads"])

    def _make_race(self, given: dict[str, Any]) -> Race:
        """Return the race of the jobs that may be stopped early, with what is known of those that ended."""
        racing = [job for job in self.jobs.values() if job["races"]]
        checkpoint_scores = checkpoint_steps(
            self.payload["env_steps"], self.task.budget.checkpoints, self.learner.settings.rollout
        )
        sign = self.task.fitness.sign
        ended = {
            name: [CheckpointScore(sign * fitness, error) for fitness, error in curve]
            for name, curve in given["ended"]
        }
        return Race([job["job"] for job in racing], checkpoint_scores=len(checkpoint_scores), ended=ended)

    def _run_group(self, names: Sequence[str]) -> None:
        """Train some jobs; whatever happens to them, nobody waits for them afterwards."""
        try:
            self._train_group(names, self._race)
        finally:
            if self._race is not None:
                self._race.leave(names)

    def give_up(self, reason: str) -> None:
        """Fail every job that has no result yet."""
        for name in self.left:
            self.write(name, {"failure": {"status": "failed", "reason": reason}})

    def _train_group(self, names: Sequence[str], race: Race | None) -> None:
        """Train some jobs in step; where their worlds misbehave, find out whose they are by halves.

        Those halves begin anew, one after the other, so that they are no longer in step with the others:
        they leave the race and are trained to the end.
        """
        candidates = [self._candidate(name) for name in names]
        population = None
        try:
            population = Population(
                self.task,
                candidates,
                factory=self.factory,
                learner=self.learner,
                env_steps=self.payload["env_steps"],
                on_end=self.on_end,
                stages=self.stages,
                race=race,
            )
            population.run()
        except (TaskError, TrainingError) as error:
            left = [candidate for candidate in candidates if candidate.name not in self.ended]
            if len(left) <= 1:
                for candidate in left:
                    self.on_end(candidate, error)
                return
            if race is not None:
                race.leave(names)
            half = len(left) // 2
            for part in (left[:half], left[half:]):
                self._train_group([candidate.name for candidate in part], None)

    def _candidate(self, name: str) -> TrainingCandidate:
        job = self.jobs[name]
        start = None if job["init_policy"] is None else read_policy(Path(job["init_policy"]))
        return TrainingCandidate(name, job["seed"], self._provider(name), start)

    def _provider(self, name: str) -> RewardProvider:
        """Return a job's provider; a worker is taken over once, and forgets when its episodes begin anew."""
        job = self.jobs[name]
        if job["kind"] != "source":
            return reward_provider_of(self.task, job["kind"], self.learner.settings.n_envs, None, ())
        if name not in self._providers:
            first, count = job["fds"]
            own = self.fds[first : first + count]
            paid = reward_provider_of(
                self.task, job["kind"], self.learner.settings.n_envs, job["worker"], own
            )
            self._providers[name] = SampledRewardProvider(paid)
        return self._providers[name]

    def on_end(self, candidate: TrainingCandidate, end: Learned | EurekaError) -> None:
        """Write what became of a candidate."""
        self.ended.add(candidate.name)
        if self._race is not None:
            self._race.leave([candidate.name])
        if isinstance(end, EurekaError):
            status = "timed out" if isinstance(end, WorkerTimeoutError) else "failed"
            reason = f"{end.what} {end.fix}".strip() if status == "failed" else end.what
            curve = list(zip(candidate.curves["fitness"], candidate.curves["fitness_error"], strict=True))
            failure = {
                "status": status,
                "reason": reason,
                "env_steps": candidate.env_steps,
                "crashed": isinstance(end, WorkerCrashedError),
                "curve": curve,
            }
            self.write(candidate.name, {"failure": failure})
            return
        folder = Path(self.jobs[candidate.name]["folder"])
        self._save(candidate.name, end)
        write_samples(folder, self.samples(candidate, end))
        evaluation = self._evaluation(self.jobs[candidate.name], end)
        self.write(candidate.name, {"evaluation": asdict(evaluation)})

    def samples(self, candidate: TrainingCandidate, end: Learned) -> Sequence[RewardSample]:
        """Return steps with what a generated reward paid for them."""
        return candidate.provider.samples if isinstance(candidate.provider, SampledRewardProvider) else ()

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
            episode_fitness=learned.scoring.scores,
            env_steps=learned.env_steps,
            wall_s=round(time.monotonic() - self.started, 3),
            best_checkpoint=learned.checkpoint.index,
            curves={name: tuple(values) for name, values in learned.curves.items()},
            warnings=warnings,
            isolation=job["isolation"],
            stopped=learned.stopped,
        )

    def _save(self, name: str, learned: Learned) -> None:
        folder = Path(self.jobs[name]["folder"])
        best, normalized = learned.checkpoint, self.learner.settings.normalize_observation
        save_policy(folder / FILE, self.learner.network, best.flat, best.moments if normalized else None)
        write_arrays(folder / "curves.npz", {n: np.asarray(curve) for n, curve in learned.curves.items()})
        origin = self._origin(self.jobs[name], best)
        kept = [replace(trajectory, origin=origin) for trajectory in learned.scoring.trajectories]
        write_trajectories(folder / TRAJECTORIES, kept)

    def _origin(self, job: dict[str, Any], kept: Checkpoint) -> Origin:
        steps = checkpoint_steps(
            self.payload["env_steps"], self.task.budget.checkpoints, self.learner.settings.rollout
        )
        candidate = job["job"].split("/")[0]
        return Origin(candidate, job["stage"], job["replicate"], kept.index, steps[kept.index])


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
