"""The loop: propose, criticise, train, judge, repeat; then confirm.

    task ─▶ proposer ─▶ critic ─▶ trainer ─▶ judge ─▶ (confirm) ─▶ saved reward
               ▲          │ repair             │
               └──────────┴────────────────────┘

Every step first asks the state what the log already holds and does only what is missing, so that a run
killed anywhere goes on where it stopped. Nothing depends on the order in which candidates finish.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, Evaluation, Status
from eureka_agent.archive.ranking import judge
from eureka_agent.budget import Limits, Spent
from eureka_agent.config import RunConfig
from eureka_agent.critique.critic import Check
from eureka_agent.critique.duplicates import DuplicateCheck
from eureka_agent.design.proposer import Proposer, Slot, not_planned
from eureka_agent.errors import BudgetExhaustedError, ModelError
from eureka_agent.evolution import confirmation
from eureka_agent.evolution.proposing import GIVEN, given_slot, propose_candidate
from eureka_agent.evolution.step_budget import reserved_trainings
from eureka_agent.report import run_files
from eureka_agent.rewards.reward import Coded, Reward, Sparse, reference_reward
from eureka_agent.seeds import seed_for
from eureka_agent.store.checked import BASELINES
from eureka_agent.store.event_types import (
    CandidateProposed,
    CandidateRefused,
    DuelResolved,
    GenerationJudged,
    GenerationPlanned,
    RunConfirmed,
    RunFinished,
    SearchStopped,
    TrainingCheckpoint,
    TrainingFailed,
    TrainingFinished,
    TrainingStarted,
)
from eureka_agent.store.events import EventLog
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.records import Duel, DuelTraining, Judgement
from eureka_agent.store.state import RunState
from eureka_agent.tasks.task import Task
from eureka_agent.training.job import Contest, Outcome, Trainer, TrainingFailure, TrainingJob
from eureka_agent.training.protocol import CheckpointReached

SEARCH = "search"


class Interrupted(Exception):  # noqa: N818 - not an error: the person asked for it
    """The person asked to stop; what was running is journalled and the run can go on later."""


@dataclass
class Evolution:
    """One run, with everything it needs already built."""

    config: RunConfig
    task: Task
    folder: RunFolder
    log: EventLog
    state: RunState
    make_proposer: Callable[[int], Proposer]
    """Proposer of each restart; they share nothing but the task."""
    critic: Check
    trainer: Trainer
    stop: threading.Event
    _stopping: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def run(self) -> None:
        """Search, confirm, save. Returns when the run is finished; Interrupted after a drained stop."""
        for restart in range(self.config.search.restarts):
            proposer = self.make_proposer(restart)
            for generation in self._generations(restart):
                self.propose(generation, proposer)
                self.train(generation)
                self.judge(generation)
            self.resolve_pending_duel(restart)
        self.confirm()
        self.save()

    def propose(self, generation: int, proposer: Proposer) -> None:
        """Fill the slots of a generation: every candidate is proposed or refused afterwards.

        Slots stay empty where the money ends, and the search ends with this generation.
        """
        archive = self._archive_before(generation)
        slots = self._slots(generation, proposer, archive)
        checks = (DuplicateCheck(archive), self.critic)
        open_slots = [slot for slot in slots if slot.id not in self.state.candidates]

        def fill(slot: Slot) -> None:
            if self.stop.is_set() or self.state.stopped:
                return
            try:
                candidate, draft = propose_candidate(
                    slot, archive, proposer, checks, repair_turns=self.config.critic.repair_turns,
                    given=self.config.search.seed_reward, stop=self.stop,
                )  # fmt: skip
            except BudgetExhaustedError as error:
                self._stop_search(generation, error.what)
                return
            run_files.write_proposal(self.folder, candidate, draft)
            kind = CandidateRefused if candidate.status is Status.REFUSED else CandidateProposed
            self.log.append(kind(candidate=candidate))

        try:
            _side_by_side(fill, open_slots, proposer.max_parallel)
        except ModelError:
            self._check_interrupted()  # a request given up because the person stopped the run
            raise
        self._check_interrupted()

    def train(self, generation: int) -> None:
        """Train what the critic let through, and the duel that the last judgement asked for."""
        survivors = [c for c in self._generation(generation) if c.status in (Status.PROPOSED, Status.TRAINED)]
        wanted = [(c.id, replicate) for c in survivors for replicate in range(self.config.search.seeds)]
        contest = self._contest(generation)
        jobs = [self._job(name, SEARCH, replicate, contest) for name, replicate in wanted]
        self._train(jobs + [self._job(name, SEARCH, replicate) for name, replicate in self._duel(generation)])

    def judge(self, generation: int) -> None:
        """Decide who leads; a challenger with a better mean gets another seed beside the leader."""
        if generation in self.state.judgements:
            return
        known = range(self._first_of(generation), generation + 1)
        self._look_twice(known)
        archive = self._archive_of(known)
        verdict = judge(archive)
        rivals = (verdict.incumbent, verdict.challenger) if verdict.challenger is not None else ()
        duel = tuple(
            DuelTraining(name, len(archive.get(name).fitnesses(SEARCH)))
            for name in rivals
            if name is not None
        )
        self.log.append(GenerationJudged(generation=generation, judgement=Judgement(*verdict, duel)))

    def resolve_pending_duel(self, restart: int) -> None:
        """Hold the duel that a restart's last judgement asked for, where nobody but leaders is confirmed.

        Else the best of the last generation, which had one training, would never be retried.
        """
        if self.config.confirmation.top > self.config.search.restarts:
            return  # the challenger is among the finalists
        first = restart * self.config.search.generations
        generations = range(first, first + self.config.search.generations)
        last = max((g for g in generations if g in self.state.judgements), default=first)
        judgement = self.state.judgements.get(last)
        if judgement is None or not judgement.duel or last in self.state.duels:
            return
        self._train([self._job(name, SEARCH, replicate) for name, replicate in judgement.duel])
        verdict = judge(self._archive_of(generations))
        self.log.append(DuelResolved(generation=last, duel=Duel(*verdict)))

    def confirm(self) -> None:
        """Retrain the best few on fresh seeds beside reference and sparse, and name the winner."""
        if self.state.confirmation is not None:
            return
        finalists = self._finalists()
        names = [candidate.id for candidate in finalists] + (list(BASELINES) if finalists else [])
        seeds = range(self.config.confirmation.seeds)
        # Seed by seed, so that a run stopped early has compared all of them on the seeds it has.
        self._train([self._job(name, confirmation.STAGE, replicate) for replicate in seeds for name in names])
        result = confirmation.confirm(self.state, self.task, finalists)
        self.log.append(RunConfirmed(confirmation=result))

    def save(self) -> None:
        """Write the winner and the summary, and close the run."""
        run_files.write_results(self.folder, self.state, self.task, self.config)
        if not self.state.finished:
            self.log.append(RunFinished())

    def _generations(self, restart: int) -> Iterator[int]:
        """Yield the generations of a restart until one of the limits ends the search."""
        first = restart * self.config.search.generations
        for generation in range(first, first + self.config.search.generations):
            if generation not in self.state.slots and (reason := self._reason_to_stop(generation)):
                self._stop_search(generation, reason)
                return
            yield generation

    def _stop_search(self, generation: int, reason: str) -> None:
        with self._stopping:
            if not self.state.stopped:
                self.log.append(SearchStopped(generation=generation, reason=reason))

    def _reason_to_stop(self, generation: int) -> str:
        if self.state.stopped:
            return self.state.stopped
        if exhausted := self._limits.exhausted(self._spent):
            return exhausted
        if not self._affordable_samples():
            return "the environment steps left are needed for the confirmation"
        leader = self._archive_before(generation).incumbent
        if leader is not None and self._at_target(leader):
            return f"{leader.id} reached the target fitness {self._target:g}"
        return ""

    def _look_twice(self, generations: range) -> None:
        """Train a leader at the target on a second seed: the search must not end on one lucky seed."""
        archive = self._archive_of(generations)
        name = judge(archive).incumbent
        leader = archive.get(name) if name is not None else None
        if leader is not None and self._at_target(leader) and len(leader.fitnesses(SEARCH)) < 2:
            self._train([self._job(leader.id, SEARCH, 1)])

    @property
    def _target(self) -> float | None:
        return (
            self.config.search.target if self.config.search.target is not None else self.task.fitness.target
        )

    def _at_target(self, candidate: Candidate) -> bool:
        sign, target = self.task.fitness.sign, self._target
        return (
            target is not None and candidate.fitness is not None and sign * candidate.fitness >= sign * target
        )

    def _slots(self, generation: int, proposer: Proposer, archive: Archive) -> Sequence[Slot]:
        """Return the slots that the log holds; where it holds none, plan them and write them down."""
        known = self.state.slots.get(generation)
        if known is not None and generation not in self.state.half_planned:
            self._check_slots(known, archive)
            return known
        samples = len(known) if known else self._affordable_samples()
        slots = tuple(proposer.plan(generation, samples, archive))
        if self.config.search.seed_reward is not None and generation == 0:
            slots = (given_slot(), *slots[1:])
        if known is None:
            self.log.append(GenerationPlanned(generation=generation, slots=slots))
        return slots

    def _check_slots(self, slots: Sequence[Slot], archive: Archive) -> None:
        """Raise StoreError for slots that no plan of this run can hold, whoever wrote its log."""
        known = {candidate.id for candidate in archive.candidates}
        for slot in slots:
            if not known.issuperset(slot.parents):
                raise not_planned(slot, f"its parents {', '.join(slot.parents)} are not of its restart")
            if slot.operator == GIVEN and (self.config.search.seed_reward is None or slot != given_slot()):
                raise not_planned(slot, "there is no reward that the person brought along for it")

    def _duel(self, generation: int) -> tuple[DuelTraining, ...]:
        judgement = self.state.judgements.get(generation - 1)
        if judgement is None or generation == self._first_of(generation):
            return ()
        return judgement.duel

    def _contest(self, generation: int) -> Contest | None:
        """Return what lets a generation's candidates be stopped early; None where all go to the end.

        Seeds of one candidate are averaged, so with several of them all are trained to the end.
        """
        if not self.config.training.halving or self.config.search.seeds > 1:
            return None
        return Contest(self.state.ended_curves(generation))

    def _train(self, jobs: Sequence[TrainingJob]) -> None:
        """Train those of `jobs` that the log does not hold yet."""
        missing = [job for job in jobs if not self._is_done(job)]
        if missing:
            self.trainer.train(
                self.task,
                missing,
                on_start=self._on_start,
                on_outcome=self._on_outcome,
                on_checkpoint=self._on_checkpoint,
            )
        self._check_interrupted()

    def _is_done(self, job: TrainingJob) -> bool:
        if job.name in BASELINES:
            done: Sequence[Evaluation] = self.state.baselines.get(job.name, [])
            failed = (job.name, job.replicate) in self.state.baseline_failures
        else:
            candidate = self.state.candidates[job.name]
            done, failed = candidate.evaluations, candidate.status in (Status.FAILED, Status.TIMED_OUT)
        return failed or any(e.stage == job.stage and e.replicate == job.replicate for e in done)

    def _on_start(self, job: TrainingJob) -> None:
        self.log.append(TrainingStarted(**_named(job)))

    def _on_checkpoint(self, job: TrainingJob, reached: CheckpointReached) -> None:
        """Journal how far a training is."""
        told = reached.model_dump(include={"checkpoint", "env_steps", "fitness", "error"})
        self.log.append(TrainingCheckpoint(**_named(job), **told))

    def _on_outcome(self, job: TrainingJob, outcome: Outcome) -> None:
        if isinstance(outcome, TrainingFailure):
            self.log.append(TrainingFailed(**_named(job), **vars(outcome)))
        else:
            self.log.append(TrainingFinished(**_named(job), evaluation=outcome))
        if job.name not in BASELINES:
            run_files.write_training(self.folder, self.state.candidates[job.name])

    def _job(self, name: str, stage: str, replicate: int, contest: Contest | None = None) -> TrainingJob:
        return TrainingJob(
            name=name,
            stage=stage,
            replicate=replicate,
            seed=seed_for(self.config.seed, stage, replicate),
            reward=self._reward_of(name),
            folder=self.folder.training(name, stage, replicate),
            env_steps=self._env_steps,
            init_policy=None if self.config.training.init_policy is None else self.folder.init_policy,
            contest=contest,
        )

    def _reward_of(self, name: str) -> Reward:
        match name:
            case "sparse":
                return Sparse()
            case "reference":
                return reference_reward(self.task.reference)
            case _:
                return Coded(self.state.candidates[name].source or "")

    @property
    def _env_steps(self) -> int:
        return self.config.training.env_steps or self.task.budget.env_steps

    @property
    def _limits(self) -> Limits:
        minutes = self.config.budget.minutes
        return Limits(self.config.budget.steps, self.config.budget.usd, minutes and minutes * 60)

    @property
    def _spent(self) -> Spent:
        state = self.state
        return Spent(state.env_steps, state.cost_usd, state.cost_unbounded, state.active_s)

    def _affordable_samples(self) -> int:
        """Return how many candidates fit the step budget beside the confirmation, which is never cut."""
        each = self.trainer.steps_of(self.task, self._env_steps)
        return self._limits.affordable(
            self._spent,
            each=each * self.config.search.seeds,
            reserved=reserved_trainings(self.config) * each,
            wanted=self.config.search.samples,
        )

    def _archive_before(self, generation: int) -> Archive:
        """Return what the proposer of a generation may know: the earlier generations of its restart."""
        return self._archive_of(range(self._first_of(generation), generation))

    def _archive_of(self, generations: range) -> Archive:
        return self.state.archive(sign=self.task.fitness.sign, generations=generations)

    def _first_of(self, generation: int) -> int:
        return generation - generation % self.config.search.generations

    def _generation(self, generation: int) -> tuple[Candidate, ...]:
        return self._archive_of(range(generation, generation + 1)).candidates

    def _finalists(self) -> list[Candidate]:
        """Return the best few of all restarts: first the restarts' leaders, then whoever scored best.

        Who was stopped early comes last: its score is of a smaller budget.
        """
        starts = range(
            0, self.config.search.restarts * self.config.search.generations, self.config.search.generations
        )
        archives = [
            self._archive_of(range(first, first + self.config.search.generations)) for first in starts
        ]
        ranked = [candidate for archive in archives for candidate in archive.ranked()]
        leaders = {archive.incumbent_id for archive in archives}

        def standing(candidate: Candidate) -> tuple[bool, bool, float]:
            score = self.task.fitness.sign * (candidate.fitness or 0.0)
            return candidate.id not in leaders, candidate.stopped is not None, -score

        return sorted(ranked, key=standing)[: self.config.confirmation.top]

    def _check_interrupted(self) -> None:
        if self.stop.is_set():
            raise Interrupted


def _side_by_side(fill: Callable[[Slot], None], slots: Sequence[Slot], most: int) -> None:
    """Fill slots in so many threads; after the first error none is begun, and what was is finished."""
    failed = threading.Event()

    def fill_unless_failed(slot: Slot) -> None:
        if failed.is_set():
            return
        try:
            fill(slot)
        except BaseException:
            failed.set()
            raise

    with ThreadPoolExecutor(max(1, most), thread_name_prefix="proposing") as pool:
        for future in [pool.submit(fill_unless_failed, slot) for slot in slots]:
            future.result()


def _named(job: TrainingJob) -> dict[str, Any]:
    return {"name": job.name, "stage": job.stage, "replicate": job.replicate, "seed": job.seed}
