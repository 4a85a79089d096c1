"""The loop: propose, criticise, train, judge, repeat; then confirm.

    task ─▶ proposer ─▶ critic ─▶ trainer ─▶ judge ─▶ (confirm) ─▶ saved reward
               ▲          │ repair             │
               └──────────┴────────────────────┘

Every step first asks the state what the log already holds and does only what is missing, so that a run
killed anywhere goes on where it stopped. Nothing depends on the order in which candidates finish.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial

from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, Status
from eureka_agent.archive.ranking import judge
from eureka_agent.config import RunConfig
from eureka_agent.critique.critic import Check
from eureka_agent.critique.duplicates import DuplicateCheck
from eureka_agent.design.proposer import Proposer, Slot
from eureka_agent.design.reviewer import Reviewer
from eureka_agent.errors import BudgetExhaustedError, Interrupted, ModelError
from eureka_agent.evolution import choosing, confirmation
from eureka_agent.evolution.briefer import Briefer, PolicyStudy
from eureka_agent.evolution.drafting import drafted_out
from eureka_agent.evolution.hearing import Hearing, Turn
from eureka_agent.evolution.judging import Judging
from eureka_agent.evolution.planning import slots_of
from eureka_agent.evolution.preferring import Answers, Preferring
from eureka_agent.evolution.proposing import given_to, propose_candidate
from eureka_agent.evolution.search_limits import SearchLimits
from eureka_agent.evolution.selection import decide
from eureka_agent.evolution.side_by_side import side_by_side
from eureka_agent.evolution.step_budget import baselines_of
from eureka_agent.evolution.thinning import thin_recordings
from eureka_agent.evolution.trainings import FAILED, SEARCH, Trainings
from eureka_agent.llm.auto import OFFLINE_MODEL
from eureka_agent.report import run_files
from eureka_agent.rewards.natural import arrived
from eureka_agent.store.event_types import (
    CandidateProposed,
    CandidateRefused,
    DuelResolved,
    FinalistsNamed,
    GenerationDrafted,
    GenerationJudged,
    Notice,
    RunConfirmed,
    RunFinished,
    SearchStopped,
)
from eureka_agent.store.events import EventLog
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.records import Confirmation, Duel, DuelTraining
from eureka_agent.store.state import RunState
from eureka_agent.tasks.fitness import TaskFitness
from eureka_agent.tasks.task import Task
from eureka_agent.training.job import Contest, Trainer

_TRAINED_ON = (Status.PROPOSED, Status.TRAINED, Status.STOPPED)
"""Of several seeds one may have ended, or been stopped, before a run was killed. Where it had failed the
others race on until the generation is judged: who else is stopped depends on them."""
UNREAD = "Scores stay those of the model of their time, because no recorded episode could be read"
FINISHING = "its person asked to finish"


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
    study: PolicyStudy | None = None
    """How parents' policies are looked at for the briefing; None where the proposer reads nothing of it."""
    reviewer: Reviewer | None = None
    """Gives an opinion on rewards that the critic let through."""
    answers: Answers | None = None
    """None where nobody is there to be asked."""
    same_baselines: bool = False
    """Whether reference and sparse are one reward; see `Trainings`."""
    judging: Judging | None = None
    """Learns a reward beside candidates' own from labels of captions; None where nothing does."""
    ask: Callable[[Turn], object] | None = None
    """Asks the person what they think, after each generation; see `Turn`."""
    _stopping: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def run(self) -> None:
        """Search, confirm, save. Returns when the run is finished; Interrupted after a drained stop."""
        with self.hearing.listening():
            for restart in range(self.config.search.restarts):
                proposer = self.make_proposer(restart)
                for generation in self._generations(restart):
                    self.propose(generation, proposer)
                    self.train(generation)
                    self.learn(generation)
                    self.judge(generation)
                    self._thin()
                    self._ask(generation)
                self.resolve_pending_duel(restart)
            self.confirm()
            self._thin()
            self.save()
        self.hearing.take_up()  # what was said too late is answered, too

    def propose(self, generation: int, proposer: Proposer) -> None:
        """Fill the slots of a generation: every candidate is proposed or refused afterwards.

        Slots stay empty where the money ends or the person asked to finish, and the search ends with this
        generation.
        """
        if self.judging is not None:
            self.judging.ask(generation)
        with self.hearing.still():
            archive = self._archive_before(generation)
            slots = slots_of(
                generation, proposer, archive,
                config=self.config, samples=self._affordable_samples(generation) * self.config.search.draft,
                log=self.log, state=self.state,
            )  # fmt: skip
        missing = [slot for slot in slots if slot.id not in self.state.candidates]
        open_slots = [] if missing and self._finishing(generation) else missing
        checks = (DuplicateCheck(), self._critic_of(generation))
        normalise = lru_cache(partial(arrived, task=self.task))

        def fill(slot: Slot) -> None:
            if self.stop.is_set() or self.state.stopped or self._finishing(generation):
                return
            try:
                candidate, draft = propose_candidate(
                    slot, briefing, proposer, checks,
                    repair_turns=self.config.critic.repair_turns, given=given_to(self.config),
                    reviewer=self.reviewer, normalise=normalise,
                )  # fmt: skip
            except BudgetExhaustedError as error:
                self._stop_search(generation, error.what)
                return
            run_files.write_proposal(self.folder, candidate, draft)
            kind = CandidateRefused if candidate.status is Status.REFUSED else CandidateProposed
            self.log.append(kind(candidate=candidate))

        try:
            briefing = self._briefer_of(generation).brief(archive, open_slots)
            side_by_side(fill, open_slots, proposer.max_parallel)
        except ModelError:
            self._check_interrupted()  # a request given up because the person stopped the run
            raise
        self._check_interrupted()
        self._draft(generation, len(slots))

    def _draft(self, generation: int, slots: int) -> None:
        """Decide who is trained, where more were asked for; once, before any of them is."""
        draft = self.config.search.draft
        if draft == 1 or generation in self.state.drafted:
            return
        accepted = [c for c in self._generation(generation) if c.status is Status.PROPOSED]
        out = drafted_out(accepted, slots=slots, draft=draft)
        self.log.append(GenerationDrafted(generation=generation, out=out))
        for one in out:
            run_files.write_training(self.folder, self.state.candidates[one.name])

    def train(self, generation: int) -> None:
        """Train what the critic let through, and the duel that the last judgement asked for."""
        judged = generation in self.state.judgements
        wanted = _TRAINED_ON if judged else (*_TRAINED_ON, *FAILED)
        survivors = [c for c in self._generation(generation) if c.status in wanted]
        contest, replicates = self._contest(generation), range(self.config.search.seeds)
        jobs = [self._trainings.job(c.id, SEARCH, n, contest) for c in survivors for n in replicates]
        duel = [self._trainings.job(name, SEARCH, n) for name, n in self._duel(generation)]
        self._trainings.train(jobs + duel)

    def learn(self, generation: int) -> None:
        """Where people's preferences are the fitness: ask, learn, and score all of the search by what is new.

        Nobody has to answer; whatever was said until then counts.
        """
        learned = self.state.learned
        if not self.config.people.judge or (learned is not None and learned.generation >= generation):
            return
        self.hearing.take_up()
        now = Preferring(self.folder, self.state, self.config.seed)
        if self.answers is not None:
            asked = now.questions(self.config.people.questions, generation=generation)
            for said in self.answers([question for question in asked if now.open(question)]):
                self.hearing.hear(said, "question")
            self._check_interrupted()  # who is interrupted is asked again what they did not answer
        unread = f"{UNREAD}: {', '.join(now.unread)}."
        if now.unread and unread not in self.state.notices:
            self.log.append(Notice(text=unread))
        with self.hearing.still():
            self.log.append(now.fitted(generation))

    def judge(self, generation: int) -> None:
        """Decide who leads, and who gets another seed beside the next generation."""
        if generation in self.state.judgements:
            return
        known = range(self._first_of(generation), generation + 1)
        self._train_leader_at_target_again(known)
        judgement = decide(
            self._archive_of(known), self.config, generation, saved_steps_pay=self.state.saved_steps_pay
        )
        self.log.append(GenerationJudged(generation=generation, judgement=judgement))

    def _ask(self, generation: int) -> None:
        """Let the person speak, unless the run has gone on already: what they say holds from now on."""
        if self.ask is None or self.stop.is_set() or self.state.finalists is not None:
            return
        if self.state.next_generation == generation + 1 and not self.state.stopped:
            archive = self._archive_of(range(self._first_of(generation), generation + 1))
            self.ask(Turn(self.folder, self.state, generation, archive, self.hearing.hear, self.stop))
            self._check_interrupted()

    def resolve_pending_duel(self, restart: int) -> None:
        """Train what a restart's last judgement asked for, where that decides who is confirmed.

        Else the best of the last generation, which had one training, would never be retried.
        """
        among = self.config.confirmation.top > self.config.search.restarts
        if among and self.config.search.selection == "duels":
            return  # the challenger is among the finalists
        generations = self._generations_of(restart)
        last = max((g for g in generations if g in self.state.judgements), default=generations.start)
        judgement = self.state.judgements.get(last)
        if judgement is None or not judgement.duel or last in self.state.duels:
            return
        self._trainings.train([self._trainings.job(name, SEARCH, n) for name, n in judgement.duel])
        verdict = judge(self._archive_of(generations))
        self.log.append(DuelResolved(generation=last, duel=Duel(*verdict)))

    def confirm(self) -> None:
        """Retrain the best on fresh seeds beside reference and sparse, and name the winner."""
        if self.state.confirmation is not None:
            return
        self.log.append(RunConfirmed(confirmation=self._confirmed(self._finalists())))

    def _finalists(self) -> tuple[str, ...]:
        """Return the best of the search, as journalled: one that fails later makes no other a finalist."""
        if self.state.finalists is None:
            with self.hearing.still():
                generations = map(self._generations_of, range(self.config.search.restarts))
                found = confirmation.finalists_of(
                    [self._archive_of(each) for each in generations],
                    self.config.confirmation.top,
                    pinned=self.state.feedback.pinned,
                )
                self.log.append(FinalistsNamed(names=tuple(candidate.id for candidate in found)))
        return self.state.finalists or ()

    def _choose(self, finalists: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """Yield whom to confirm: all finalists, or the one that was chosen, and if it fails the next."""
        if not self.config.confirmation.chooses or len(finalists) < 2:
            yield finalists
            return
        sign = self.task.fitness.sign
        for seeds in range(self.config.confirmation.choosing):
            names = choosing.left(self.state, finalists, seeds=seeds, sign=sign)
            if len(names) < 2:
                break
            self._trainings.train([self._trainings.job(name, choosing.STAGE, seeds) for name in names])
        for name in choosing.ranked(
            self.state, finalists, seeds=self.config.confirmation.choosing, sign=sign
        ):
            yield (name,)

    def _confirmed(self, finalists: tuple[str, ...]) -> Confirmation:
        result = confirmation.confirm(self.state, self.task, ())
        for chosen in self._choose(finalists):
            names = (*chosen, *baselines_of(self.config)) if chosen else ()
            seeds = range(self.config.confirmation.seeds)
            # Seed by seed, so that a run stopped early has compared all of them on the seeds it has.
            jobs = [self._trainings.job(name, confirmation.STAGE, seed) for seed in seeds for name in names]
            self._trainings.train(jobs)
            choice = choosing.choices(self.state, finalists)
            result = confirmation.confirm(self.state, self.task, chosen, choice)
            if result.winner is not None:
                break
        return result

    def save(self) -> None:
        """Write the winner and the summary, and close the run."""
        run_files.write_results(self.folder, self.state, self.task, self.config)
        if not self.state.finished:
            self.log.append(RunFinished())

    def _thin(self) -> None:
        """Keep what is recorded of episodes within its limit."""
        thin_recordings(self.folder, self.log, self.state, sign=self.task.fitness.sign)

    @cached_property
    def _trainings(self) -> Trainings:
        return Trainings(
            self.config, self.task, self.folder, self.log, self.state, self.trainer, self.stop,
            same_baselines=self.same_baselines, judging=self.judging,
        )  # fmt: skip

    @cached_property
    def hearing(self) -> Hearing:
        """What takes up what people say of this run."""
        search = self.config.search
        return Hearing(
            self.folder, self.log, self.state, search.restarts * search.generations,
            reads=self.config.model.name != OFFLINE_MODEL, judges=self.config.people.judge,
            pins=self.config.budget.steps is None,
        )  # fmt: skip

    def _briefer_of(self, generation: int) -> Briefer:
        newer = TaskFitness(self._trainings.scored) if self.config.people.judge else None
        rejudge, evidence = None, None
        if self.judging is not None:
            rejudge, evidence = partial(self.judging.rejudged, generation), self.judging.evidence(generation)
        return Briefer(self.folder, self.log, self.state, self.stop, self.study, newer, rejudge, evidence)

    def _critic_of(self, generation: int) -> Check:
        return self.critic if self.judging is None else self.judging.critic(generation)

    @cached_property
    def _limits(self) -> SearchLimits:
        return SearchLimits(self.config, self.task, self.state, self.trainer)

    def _generations(self, restart: int) -> Iterator[int]:
        """Yield the generations of a restart until one of the limits ends the search."""
        for generation in self._generations_of(restart):
            if generation not in self.state.slots:
                leader = self._archive_before(generation).incumbent
                if reason := self._limits.reason_to_stop(leader, len(self._duel(generation))):
                    self._stop_search(generation, reason)
                if self.state.stopped or self._finishing(generation):
                    return
            yield generation

    def _affordable_samples(self, generation: int) -> int:
        return self._limits.affordable_samples(len(self._duel(generation)))

    def _finishing(self, generation: int) -> bool:
        """Tell whether the person asked to finish, and end the search if so."""
        asked = self.folder.finish_request.exists()
        if asked:
            self._stop_search(generation, FINISHING)
        return asked

    def _stop_search(self, generation: int, reason: str) -> None:
        with self._stopping:
            if not self.state.stopped:
                self.log.append(SearchStopped(generation=generation, reason=reason))

    def _train_leader_at_target_again(self, generations: range) -> None:
        """Train a leader at the target on a second seed: the search must not end on one lucky seed."""
        archive = self._archive_of(generations)
        name = judge(archive).incumbent
        leader = archive.get(name) if name is not None else None
        if leader is not None and self._limits.at_target(leader) and len(leader.fitnesses(SEARCH)) < 2:
            self._trainings.train([self._trainings.job(leader.id, SEARCH, 1)])

    def _duel(self, generation: int) -> tuple[DuelTraining, ...]:
        judgement = self.state.judgements.get(generation - 1)
        if judgement is None or generation == self._first_of(generation):
            return ()
        return judgement.duel

    def _contest(self, generation: int) -> Contest | None:
        """Return what lets a generation's candidates be stopped early; None where all go to the end.

        Runs of earlier versions stopped nobody that had several seeds, and have no rule in their log.
        """
        as_before = self.config.search.seeds > 1 and self.state.halving is None
        if not self.config.training.halving or as_before:
            return None
        return Contest(self.state.ended_curves(generation))

    def _archive_before(self, generation: int) -> Archive:
        """Return what the proposer of a generation may know: the earlier generations of its restart."""
        return self.state.archive(
            sign=self.task.fitness.sign,
            generations=range(self._first_of(generation), generation),
            vetoed=self.state.feedback.vetoed_at(generation),
        )

    def _archive_of(self, generations: range) -> Archive:
        return self.state.archive(sign=self.task.fitness.sign, generations=generations)

    def _generations_of(self, restart: int) -> range:
        each = self.config.search.generations
        return range(restart * each, (restart + 1) * each)

    def _first_of(self, generation: int) -> int:
        return generation - generation % self.config.search.generations

    def _generation(self, generation: int) -> tuple[Candidate, ...]:
        return self._archive_of(range(generation, generation + 1)).candidates

    def _check_interrupted(self) -> None:
        if self.stop.is_set():
            raise Interrupted
