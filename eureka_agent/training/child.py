"""The inside of a training child: jobs in, a complete result file for each out as soon as it is known.

Nothing generated runs here as Python: a reward lives in a worker of its own, or is a program that was traced
elsewhere. What differs between trainers is a `ChildBackend`. A job without a result file when this process
ends has failed.
"""

from __future__ import annotations

import importlib
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from eureka_agent.analysis.safety import safety_of
from eureka_agent.archive.candidate import Evaluation
from eureka_agent.arrays import write_arrays
from eureka_agent.errors import EurekaError, StoreError, WorkerCrashedError, WorkerTimeoutError
from eureka_agent.files import write_json
from eureka_agent.isolation.limits import limit_trainer
from eureka_agent.isolation.messages import receive_message, send_message
from eureka_agent.preferences.fitness import PreferenceFitness, judged_by_people
from eureka_agent.tasks.fitness import TaskFitness
from eureka_agent.tasks.hanging import end_process_if_hung
from eureka_agent.tasks.registry import load_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.candidate import Learned, TrainingCandidate
from eureka_agent.training.evaluation_rewards import Payer, evaluation_curves
from eureka_agent.training.intrinsic_provider import IntrinsicProvider, base_of
from eureka_agent.training.job import TrainingFailure
from eureka_agent.training.learned_rewards import LearnedRewards, as_judged, so_far, write_learned
from eureka_agent.training.policies import read_policy
from eureka_agent.training.population.halving import CheckpointScore
from eureka_agent.training.population.race import Race
from eureka_agent.training.protocol import (
    Answered,
    CheckpointReached,
    Failed,
    Finished,
    FromChild,
    JobRequest,
    TrainRequest,
    WorkerReward,
    to_json,
)
from eureka_agent.training.recorded_rewards import with_rewards
from eureka_agent.training.results import ending_where_the_disk_does
from eureka_agent.training.reward_provider import (
    NativeRewardProvider,
    RewardProvider,
    reward_provider_of,
)
from eureka_agent.training.reward_sample import RewardSample, SampledRewardProvider, write_samples
from eureka_agent.training.schedule import CheckpointSchedule
from eureka_agent.training.training_recording import TrainingRecording
from eureka_agent.trajectories.trajectory import Origin, Trajectory


class ChildBackend(Protocol):
    """One way to train, inside a child."""

    def configure(self, request: TrainRequest) -> None:
        """Set this process up, before anything is loaded."""
        ...

    def train(self, session: TrainingSession) -> None:
        """Train everything; raises what keeps all jobs from being trained."""
        ...

    def save(self, folder: Path, learned: Learned) -> None:
        """Write the policy of the chosen checkpoint into a job's folder."""
        ...

    def samples(
        self, candidate: TrainingCandidate[Any], episodes: Sequence[Trajectory]
    ) -> Sequence[RewardSample]:
        """Return steps with what a generated reward paid for them, none for other rewards.

        `episodes` are recorded ones of the kept policy.
        """
        ...

    def payer(self, candidate: TrainingCandidate[Any]) -> Payer | None:
        """Return what pays steps that nothing is learned from; None where the fitness is the reward."""
        ...


def main(payload: dict[str, Any], fds: list[int]) -> None:
    """Train what the first message on the channel, the only one of `fds`, asks for."""
    started = time.monotonic()
    channel = ParentChannel(socket.socket(fileno=fds[0]))
    request, workers = channel.request()
    on_gpu = request.device is not None and request.device.gpu
    limit_trainer(None if on_gpu else request.budget.memory_mb)
    module, _, name = payload["backend"].partition(":")
    backend: ChildBackend = getattr(importlib.import_module(module), name)()
    backend.configure(request)
    session = TrainingSession(request, workers, channel, backend, started)
    end_process_if_hung(session.give_up)
    session.run()


class ParentChannel:
    """The child's end of the channel; `tell` is thread-safe."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._telling = threading.Lock()

    def request(self) -> tuple[TrainRequest, list[int]]:
        """Return the request and the descriptors of workers; SystemExit if the parent is gone."""
        received = receive_message(self._channel)
        if received is None:
            raise SystemExit(1)
        message, fds = received
        return TrainRequest.model_validate(message), fds

    def tell(self, message: FromChild) -> None:
        """Send a message."""
        with self._telling:
            send_message(self._channel, to_json(message))

    def listen(self, take: Callable[[Answered], object]) -> None:
        """Pass on every answer that the parent sends, from a thread of its own, until the parent is gone."""

        def run() -> None:
            while (received := receive_message(self._channel)) is not None:
                take(Answered.model_validate(received[0]))

        threading.Thread(target=run, name="answers", daemon=True).start()


class TrainingSession:
    """The jobs of one child, with their progress and outcome."""

    def __init__(
        self,
        request: TrainRequest,
        workers: Sequence[int],
        channel: ParentChannel,
        backend: ChildBackend,
        started: float,
    ) -> None:
        """`workers` are the descriptors that came with the request."""
        self.request, self.channel = request, channel
        self.jobs: dict[str, JobRequest] = {job.job: job for job in request.jobs}
        self.race: Race | None = None
        self._workers, self._backend, self._started = workers, backend, started
        self._ended: set[str] = set()
        self._providers: dict[str, RewardProvider] = {}
        self._learned = LearnedRewards(channel)
        self._reached: dict[str, int] = {}

    @property
    def left(self) -> list[str]:
        """Jobs without a result."""
        return [name for name in self.jobs if name not in self._ended]

    def run(self) -> None:
        """Train everything; an error that prevents jobs from training is their result."""
        budget, device = self.request.budget, self.request.device
        with ending_where_the_disk_does(self.request.jobs[0].folder):
            try:
                self.task = _task_of(self.request)
                self._backend.train(self)
            except StoreError:
                raise
            except MemoryError:
                if len(self.left) > 1:
                    raise  # fewer of them may fit; who asked tries again in halves
                on_gpu = device is not None and device.gpu
                memory = "the memory there is" if on_gpu else f"{budget.memory_mb} MB of memory"
                self._give_up(f"The training needed more than {memory}.")
            except EurekaError as error:
                self.give_up(error)

    def begin_race(self, schedule: CheckpointSchedule) -> None:
        """Let jobs that may be stopped early race, with what is known of those that ended before."""
        race = self.request.race
        if race is None:
            return
        sign = self.task.fitness.sign
        ended = {name: [CheckpointScore(sign * f, error) for f, error in curve] for name, curve in race.ended}
        racing = [name for name, job in self.jobs.items() if job.races]
        self.race = Race(racing, checkpoint_scores=len(schedule), ended=ended)

    def leave_race(self, names: Sequence[str]) -> None:
        """Make sure that no candidate waits for some jobs."""
        if self.race is not None:
            self.race.leave(names)

    def candidate(self, name: str, n_envs: int) -> TrainingCandidate[RewardProvider]:
        """Return a job's candidate as it is before its training, which may begin anew."""
        job = self.jobs[name]
        start = None if job.init_policy is None else read_policy(job.init_policy)
        provider = self._provider(job, n_envs)
        if job.intrinsic is not None:
            provider = self._learned.beside(provider, job, self.task, n_envs)
        return TrainingCandidate(name, job.seed, provider, start)

    def _provider(self, job: JobRequest, n_envs: int) -> RewardProvider:
        """Return a job's provider; a worker is taken over once, and forgets when its episodes begin anew."""
        if not isinstance(job.reward, WorkerReward):
            return reward_provider_of(self.task, job.kind, n_envs, None, ())
        if job.job not in self._providers:
            own = self._workers[job.first_fd : job.first_fd + job.fds]
            paid = reward_provider_of(self.task, job.kind, n_envs, job.reward.handle, own)
            self._providers[job.job] = SampledRewardProvider(paid)
        return self._providers[job.job]

    def on_checkpoint(self, candidate: TrainingCandidate[Any], steps: int) -> None:
        """Say that a candidate was evaluated, once even where its training began anew."""
        name, index = candidate.name, candidate.checkpoints - 1
        if index <= self._reached.get(name, -1):
            return
        self._reached[name] = index
        fitness, error = candidate.curves["fitness"][-1], candidate.curves["fitness_error"][-1]
        self.channel.tell(
            CheckpointReached(
                job=name,
                checkpoint=index,
                env_steps=steps,
                fitness=fitness,
                error=error,
                learned=so_far(candidate.provider),
            )
        )

    def on_end(self, candidate: TrainingCandidate[Any], end: Learned | EurekaError) -> None:
        """Write a candidate's result."""
        if isinstance(end, EurekaError):
            curves = candidate.curves
            curve = tuple(zip(curves["fitness"], curves["fitness_error"], strict=True))
            self.fail(candidate.name, end, env_steps=candidate.env_steps, curve=curve)
            return
        self._end(candidate.name)
        job = self.jobs[candidate.name]
        self._backend.save(job.folder, end)
        payer = self._backend.payer(candidate)
        paid, unpaid = _evaluation_curves(payer, end)
        end = replace(end, curves={**end.curves, **paid})
        recording = TrainingRecording.of(
            end, _origin(job, end), partial(self._pay, job, candidate, payer), TaskFitness(self.task)
        )
        evaluation = self._evaluation(job, end, list(dict.fromkeys([*unpaid, *recording.notes])))
        curves = dict(end.curves) | ({"residual": evaluation.residual} if evaluation.residual else {})
        write_arrays(job.folder / "curves.npz", {n: np.asarray(curve) for n, curve in curves.items()})
        recording.write(job.folder)
        write_samples(job.folder, self._backend.samples(candidate, recording.kept))
        if isinstance(candidate.provider, IntrinsicProvider):
            write_learned(job.folder, candidate.provider.learned)
        self._write(candidate.name, "evaluation", evaluation)
        self.channel.tell(Finished(job=candidate.name))

    def fail(
        self,
        name: str,
        error: EurekaError,
        *,
        env_steps: int = 0,
        curve: tuple[tuple[float, float], ...] = (),
    ) -> None:
        """Write why a job produced no policy."""
        timed_out = isinstance(error, WorkerTimeoutError)
        failure = TrainingFailure(
            "timed out" if timed_out else "failed",
            error.what if timed_out else f"{error.what} {error.fix}".strip(),
            env_steps=env_steps,
            crashed=isinstance(error, WorkerCrashedError),
            curve=curve,
        )
        self._fail(name, failure)

    def give_up(self, error: EurekaError) -> None:
        """Fail every job that has no result yet for an error that is no reward's."""
        self._give_up(f"{error.what} {error.fix}".strip())

    def _give_up(self, reason: str) -> None:
        """Fail every job that has no result yet."""
        for name in self.left:
            self._fail(name, TrainingFailure("failed", reason))

    def _fail(self, name: str, failure: TrainingFailure) -> None:
        self._end(name)
        self._write(name, "failure", failure)
        self.channel.tell(Failed(job=name))

    def _end(self, name: str) -> None:
        self._ended.add(name)
        self.leave_race([name])

    def _write(self, name: str, kind: str, result: Evaluation | TrainingFailure) -> None:
        """Leave a job's result file, which ends it."""
        write_json(self.jobs[name].folder / "result.json", {"job": name, kind: asdict(result)})

    def _pay(
        self,
        job: JobRequest,
        candidate: TrainingCandidate[Any],
        payer: Payer | None,
        episodes: Sequence[Trajectory],
    ) -> Sequence[Trajectory]:
        """Return recorded episodes with their rewards; EurekaError where the reward fails."""
        signals = candidate.provider.signals
        if payer is None:
            paid_by_host = reward_provider_of(self.task, job.kind, len(episodes), None, ())
            payer, signals = Payer(paid_by_host, sys.maxsize), paid_by_host.signals
        return with_rewards(payer, signals, episodes)

    def _evaluation(self, job: JobRequest, learned: Learned, notes: Sequence[str]) -> Evaluation:
        faults = f"The simulator issued warnings in {learned.faults} steps; their episodes were ended."
        warnings = (faults, *notes) if learned.faults else tuple(notes)
        return Evaluation(
            stage=job.stage,
            replicate=job.replicate,
            seed=job.seed,
            fitness=learned.scoring.fitness,
            episode_fitness=learned.scoring.scores,
            env_steps=learned.env_steps,
            wall_s=round(time.monotonic() - self._started, 3),
            best_checkpoint=learned.checkpoint.index,
            curves={name: tuple(values) for name, values in learned.curves.items()},
            warnings=warnings,
            isolation=job.isolation,
            stopped=learned.stopped,
            safety=safety_of(learned.scoring.trajectories, self.task.safety_signals),
        )


def _task_of(request: TrainRequest) -> Task:
    """Return the task as it is to be trained, and scored."""
    task = replace(load_task(request.task), budget=request.budget, algorithm=request.algorithm)
    task = as_judged(task, request.jobs)
    if request.preferences is None:
        return task
    return judged_by_people(task, PreferenceFitness.from_json(request.preferences))


def _origin(job: JobRequest, learned: Learned) -> Origin:
    kept, candidate = learned.checkpoint, job.job.split("/")[0]
    return Origin(candidate, job.stage, job.replicate, kept.index, kept.env_steps)


def _evaluation_curves(payer: Payer | None, learned: Learned) -> tuple[dict[str, list[float]], list[str]]:
    """Return what the reward pays in evaluation episodes, or why nobody knows."""
    try:
        return ({} if payer is None else evaluation_curves(payer, learned.evaluations)), []
    except EurekaError as error:
        return {}, [f"What the reward pays in evaluation episodes is not known: {error.what}"]


def sampled(candidate: TrainingCandidate[Any]) -> Sequence[RewardSample]:
    """Return the steps that a generated reward was asked for and paid, none for other rewards."""
    provider = base_of(candidate.provider)
    return provider.samples if isinstance(provider, SampledRewardProvider) else ()


def payer_of(candidate: TrainingCandidate[Any], task: Task) -> Payer | None:
    """Return what pays steps that nothing is learned from; None where the fitness is the reward."""
    if isinstance(candidate.provider, IntrinsicProvider) and not candidate.provider.pays_base:
        return None
    provider, rows = base_of(candidate.provider), PpoSettings.of(task.algorithm).rollout
    if isinstance(provider, SampledRewardProvider):
        return Payer(provider.unsampled, rows)
    return Payer(provider, rows) if isinstance(provider, NativeRewardProvider) else None
