"""What a run knows: a fold over its events. Replaying any log gives the same state as having lived it."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import assert_never

from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, Evaluation, Status
from eureka_agent.config import Earlier
from eureka_agent.isolation.layers import IsolationReport
from eureka_agent.preferences.features import NO_FEATURES
from eureka_agent.store.checked import BASELINES, Json, before_name
from eureka_agent.store.event_types import (
    CandidateProposed,
    CandidateRefused,
    CaptionsJudged,
    CaptionsPlanned,
    Curve,
    DuelResolved,
    Event,
    FeedbackGiven,
    FinalistsNamed,
    GenerationDrafted,
    GenerationJudged,
    GenerationPlanned,
    Notice,
    PolicyAnalyzed,
    PolicyMeasured,
    PreferencesFitted,
    ReplyReceived,
    RequestFailed,
    RequestSent,
    RunConfirmed,
    RunFinished,
    RunResumed,
    RunStarted,
    SearchStopped,
    TrainingCheckpoint,
    TrainingFailed,
    TrainingFinished,
    TrainingStarted,
    misunderstood,
)
from eureka_agent.store.facts import TaskFacts
from eureka_agent.store.preferred import Learned, Rescored
from eureka_agent.store.records import (
    AnalystReport,
    Confirmation,
    Duel,
    Judgement,
    PolicyStats,
    Reply,
    RequestKey,
    Slot,
)
from eureka_agent.store.said import Feedback, Heard, Withdrawal, candidates_of


@dataclass
class RunState:
    """The state of one run; only `apply` changes it."""

    config: Json = field(default_factory=dict)
    """As journalled, by whatever version; `make_config` reads it."""
    digest: str = ""
    run_id: str = ""
    """Under which the run's person may have noted it; runs of the first days have none."""
    facts: TaskFacts | None = None
    """What the log says of the task; runs of the first days say nothing."""
    started: float = 0.0
    active_s: float = 0.0
    """Seconds during which a process was working on the run."""
    training_s: float = 0.0
    """Seconds of them in which something was being trained."""
    core_s: float | None = 0.0
    """Those seconds times the cores that trained; None where a log does not say how many."""
    isolation: IsolationReport | None = None
    platform: str = "cpu"
    """What candidates are trained on: "cpu" or "gpu"."""
    slots: dict[int, tuple[Slot, ...]] = field(default_factory=dict)
    """Planned slots by generation."""
    half_planned: set[int] = field(default_factory=set)
    """Generations whose slots say too little, in logs of format 1: they are planned again."""
    drafted: set[int] = field(default_factory=set)
    """Generations of which it is decided who is trained, where more were asked for than are."""
    candidates: dict[str, Candidate] = field(default_factory=dict)
    baselines: dict[str, list[Evaluation]] = field(default_factory=dict)
    baseline_failures: dict[tuple[str, int], str] = field(default_factory=dict)
    """By name and replicate."""
    before: dict[tuple[str, str, int], Evaluation] = field(default_factory=dict)
    """Trainings with the rewards before those of the search: name, stage, replicate."""
    before_failures: dict[tuple[str, str, int], str] = field(default_factory=dict)
    """Why one of them failed."""
    failures: set[tuple[str, str, int]] = field(default_factory=set)
    """Trainings of candidates that failed: name, stage, replicate."""
    failed_curves: dict[str, Curve] = field(default_factory=dict)
    """What was seen of trainings that failed in the search, by key; see `TrainingJob.key`."""
    policies: dict[str, PolicyStats] = field(default_factory=dict)
    """What the kept policies of candidates encounter, as far as it was asked for."""
    reports: dict[str, AnalystReport] = field(default_factory=dict)
    """What a language model said of the recorded episodes of candidates, as far as it was asked."""
    judgements: dict[int, Judgement] = field(default_factory=dict)
    """What was decided after each generation."""
    duels: dict[int, Duel] = field(default_factory=dict)
    """What was decided after the duels of the restarts' last generations."""
    replies: dict[RequestKey, Reply] = field(default_factory=dict)
    """Replies of language models."""
    asked: set[RequestKey] = field(default_factory=set)
    """Keys of requests that were sent and did not fail; those without a reply may have been billed."""
    lost: int = 0
    """Attempts of requests whose reply never arrived, and that may have been billed all the same."""
    cost_usd: float = 0.0
    cost_unknown: int = 0
    """How many replies had no known price: unknown is never counted as zero."""
    cost_unbounded: int = 0
    """Those among them of which not even a worst case is known."""
    at_most_usd: float = 0.0
    """What may have been spent: prices where known, worst cases for requests without a price or a reply."""
    tokens: int = 0
    env_steps: int = 0
    halving: dict[str, float] | None = None
    """The rule by which candidates are stopped early; None where all are trained to the end."""
    saved_steps_pay: bool = False
    """Whether steps that they save pay for second seeds (`evolution/selection.py`)."""
    notices: list[str] = field(default_factory=list)
    """What a person should know of how candidates were proposed or trained."""
    stopped: str = ""
    """Why the search ended before its last generation, if it did."""
    known_fitness: dict[int, float | None] = field(default_factory=dict)
    """Mean search fitness of each generation's leader, as known when that was last decided."""
    finalists: tuple[str, ...] | None = None
    """The best of the search, in their order there; None before they are named."""
    feedback: Feedback = field(default_factory=Feedback)
    """What people said, with the generations that were planned with it."""
    taken_up: dict[str, int] = field(default_factory=dict)
    """Under which number a message of the inbox was taken up, by its name."""
    learned: Learned | None = None
    """What people prefer, where that is the fitness and a generation was trained."""
    measured: dict[tuple[str, int], tuple[tuple[float, ...], ...]] = field(default_factory=dict)
    """Features of the recorded episodes of the search's trainings, by name and replicate."""
    caption_plan: Json | None = None
    """How steps are captioned, where a reward is learned from labels of captions."""
    captions: dict[int, CaptionsJudged] = field(default_factory=dict)
    """What was labelled before each generation was proposed."""
    confirmation: Confirmation | None = None
    decided_after_s: float = 0.0
    """Seconds of work until the confirmation was decided."""
    finished: bool = False
    _begun: bool = False
    _resumed_at: float = 0.0
    _cores: int | None = None
    _in_training: set[tuple[str, str, int]] = field(default_factory=set)
    _reserved: dict[RequestKey, float | None] = field(default_factory=dict)
    """Worst case of each request's latest attempt; None where it is not known."""

    @classmethod
    def of(cls, events: Iterable[Event]) -> RunState:
        """Fold a log; raises StoreError for an event that this program could not have written."""
        state = cls()
        state.take(events)
        return state

    def take(self, events: Iterable[Event]) -> None:
        """Take in events; raises StoreError for one that this program could not have written."""
        for event in events:
            try:
                self.apply(event)
            except (LookupError, ValueError, ArithmeticError) as error:
                raise misunderstood(event.seq, event.type, error) from error

    def apply(self, event: Event) -> None:
        """Take one event in."""
        self._pass_time(event)
        match event:
            case RunStarted():
                self._on_start(event)
            case RunResumed():
                self.facts = event.facts or self.facts
            case Notice():
                self.notices.append(event.text)
            case GenerationPlanned():
                self._on_plan(event)
            case RequestSent():
                self._on_request(event)
            case RequestFailed():
                self._release(event.key, lost=event.lost)
                self.asked.discard(event.key)
            case ReplyReceived():
                self._on_reply(event)
            case PolicyMeasured():
                self._known(event.name)
                self.policies[event.name] = event.stats
            case PolicyAnalyzed():
                self._known(event.name)
                self.reports[event.name] = event.report
            case CandidateProposed() | CandidateRefused():
                self.candidates[event.candidate.id] = event.candidate
            case GenerationDrafted():
                self._on_draft(event)
            case TrainingStarted():
                self._in_training.add((event.name, event.stage, event.replicate))
            case TrainingCheckpoint():
                pass  # a note on progress
            case TrainingFinished():
                self._in_training.discard((event.name, event.stage, event.replicate))
                self._on_training(event)
            case TrainingFailed():
                self._in_training.discard((event.name, event.stage, event.replicate))
                self._on_failure(event)
            case GenerationJudged():
                self._on_judgement(event)
            case DuelResolved():
                self._on_duel(event)
            case SearchStopped():
                self.stopped = event.reason
            case FinalistsNamed():
                self._on_finalists(event.names)
            case FeedbackGiven():
                self._on_feedback(event)
            case PreferencesFitted():
                self._on_preferences(event)
            case CaptionsPlanned():
                self.caption_plan = event.plan
            case CaptionsJudged():
                self.captions[event.generation] = event
            case RunConfirmed():
                self._on_confirmation(event.confirmation)
            case RunFinished():
                self.finished = True
            case _:
                assert_never(event)

    def _pass_time(self, event: Event) -> None:
        """Count the seconds since the event before, unless nobody worked on the run then."""
        if isinstance(event, RunStarted | RunResumed):
            self._resumed_at, self._cores = event.time, event.cores
            self._in_training.clear()
        passed = max(0.0, event.time - self._resumed_at)
        self.active_s += passed
        self._resumed_at = event.time
        if self._in_training:
            self.training_s += passed
            known, cores = self.core_s, self._cores
            self.core_s = None if known is None or cores is None else known + passed * cores

    def verdict(self, generation: int) -> Judgement | Duel | None:
        """Return what was decided last on a generation: by its duel, where it had one."""
        return self.duels.get(generation) or self.judgements.get(generation)

    @property
    def leaders(self) -> dict[int, str | None]:
        """Who led after each generation, in order; None while nothing was trained."""
        found = {generation: self.verdict(generation) for generation in sorted(self.judgements)}
        return {generation: verdict.incumbent for generation, verdict in found.items() if verdict is not None}

    def archive(
        self, *, sign: float, generations: range | None = None, vetoed: frozenset[str] | None = None
    ) -> Archive:
        """Return the candidates (of a restart's generations only, if given) with their incumbent.

        `vetoed` are those that must not be built on, by default all that are vetoed now.
        """
        wanted = [c for c in self.candidates.values() if generations is None or c.generation in generations]
        leaders = [leader for g, leader in self.leaders.items() if generations is None or g in generations]
        vetoed = self.feedback.vetoed if vetoed is None else vetoed
        leader = leaders[-1] if leaders else None
        return Archive.of(
            wanted,
            sign=sign,
            incumbent_id=None if leader in vetoed else leader,
            by_posterior=self.config.get("selection") == "posterior",
            vetoed=vetoed,
        )

    @property
    def next_generation(self) -> int:
        """The first generation that is not planned yet."""
        return max(self.slots, default=-1) + 1

    def ended_curves(self, generation: int) -> tuple[tuple[str, Curve], ...]:
        """Return fitness and its error at the checkpoints of the generation's ended trainings, by their keys.

        Only the first `search_seeds` replicates race. Trainings of earlier versions that left no errors have
        no curves here.
        """
        racing = range(self.config.get("search_seeds", 1))
        found: dict[str, Curve] = {}
        for candidate in self.archive(sign=1.0, generations=range(generation, generation + 1)).candidates:
            searched = {e.replicate: e for e in candidate.evaluations if e.stage == "search"}
            for replicate in racing:
                key = _searched_key(candidate.id, replicate)
                if replicate in searched:
                    found[key] = searched[replicate].checkpoint_scores
                elif key in self.failed_curves:
                    found[key] = self.failed_curves[key]
        return tuple(found.items())

    @property
    def rewards_before(self) -> dict[str, Earlier]:
        """The rewards of the sequence that this run goes on with, by name; none where it begins one."""
        after = enumerate(self.config.get("after", ()), start=1)
        return {before_name(number): Earlier(*one) for number, one in after}

    @property
    def maybe_billed(self) -> int:
        """How often something was sent whose reply never reached the log."""
        return len(self.asked - self.replies.keys()) + self.lost

    def _on_start(self, event: RunStarted) -> None:
        if self._begun:
            raise ValueError("a run starts once")
        self._begun = True
        self.config, self.digest = event.config, event.digest
        self.run_id, self.started = event.run_id or "", event.time
        self.isolation, self.halving, self.facts = event.isolation, event.halving, event.facts
        self.saved_steps_pay = event.saved_steps_pay
        self.platform = event.device.platform if event.device else "cpu"

    def _on_plan(self, event: GenerationPlanned) -> None:
        for slot in event.slots:
            for parent in slot.parents:
                self._known(parent)
        self.slots[event.generation] = event.slots
        if not event.whole:
            self.half_planned.add(event.generation)

    def _on_request(self, event: RequestSent) -> None:
        self.lost += event.key in self.asked  # asked again after its process was killed
        self.asked.add(event.key)
        self._reserved[event.key] = event.reserved_usd
        self.at_most_usd += event.reserved_usd or 0.0

    def _on_reply(self, event: ReplyReceived) -> None:
        self.replies[event.key] = event.reply
        usage = event.reply.usage
        worst = self._release(event.key, lost=event.reply.lost)
        if usage.cost_usd is None:
            self.cost_unknown += 1
            self.cost_unbounded += worst is None
            self.at_most_usd += worst or 0.0
        else:
            self.cost_usd += usage.cost_usd
            self.at_most_usd += usage.cost_usd
        self.tokens += usage.tokens

    def _release(self, key: RequestKey, *, lost: int) -> float | None:
        """Return the reservation of a request that ended; its lost attempts stay counted."""
        self.lost += lost
        worst = self._reserved.pop(key, None)
        self.at_most_usd += (lost - 1) * (worst or 0.0)
        return worst

    def _on_draft(self, event: GenerationDrafted) -> None:
        self.drafted.add(event.generation)
        for one in event.out:
            candidate = self.candidates[one.name]
            if candidate.status is not Status.PROPOSED or candidate.generation != event.generation:
                raise ValueError(f"{one.name} cannot be drafted out of generation {event.generation}")
            self.candidates[one.name] = replace(candidate, status=Status.DRAFTED_OUT, reason=one.reason)

    def _on_training(self, event: TrainingFinished) -> None:
        name, evaluation = event.name, event.evaluation
        self.env_steps += evaluation.env_steps
        if name in BASELINES:
            self.baselines.setdefault(name, []).append(evaluation)
            return
        if name in self.rewards_before:
            self.before[name, event.stage, event.replicate] = evaluation
            return
        candidate = self.candidates[name]
        candidate = replace(candidate, evaluations=(*candidate.evaluations, evaluation))
        if candidate.status is Status.PROPOSED:
            stopped = evaluation.stopped
            candidate = replace(candidate, status=Status.STOPPED if stopped else Status.TRAINED)
            candidate = replace(candidate, reason=stopped.reason) if stopped else candidate
        self.candidates[candidate.id] = candidate

    def _on_failure(self, event: TrainingFailed) -> None:
        self.env_steps += event.env_steps
        if event.name in BASELINES:
            self.baseline_failures[event.name, event.replicate] = event.reason
            return
        if event.name in self.rewards_before:
            self.before_failures[event.name, event.stage, event.replicate] = event.reason
            return
        candidate = self.candidates[event.name]
        self.failures.add((event.name, event.stage, event.replicate))
        if event.stage == "search":
            self.failed_curves[_searched_key(candidate.id, event.replicate)] = event.curve
        failed = replace(candidate, status=Status(event.status), reason=event.reason)
        self.candidates[candidate.id] = failed

    def _on_judgement(self, event: GenerationJudged) -> None:
        judgement = event.judgement
        for name in (judgement.incumbent, judgement.challenger, *(one.name for one in judgement.duel)):
            self._known(name)
        self.judgements[event.generation] = judgement
        self._note_leader(event.generation, judgement.incumbent)

    def _on_duel(self, event: DuelResolved) -> None:
        if event.generation not in self.judgements:
            raise ValueError(f"generation {event.generation} has asked for no duel")
        for name in (event.duel.incumbent, event.duel.challenger):
            self._known(name)
        self.duels[event.generation] = event.duel
        self._note_leader(event.generation, event.duel.incumbent)

    def _note_leader(self, generation: int, leader: str | None) -> None:
        self.known_fitness[generation] = self.candidates[leader].fitness if leader else None

    def _on_finalists(self, names: tuple[str, ...]) -> None:
        for name in names:
            self._known(name)
        self.finalists = names

    def _on_feedback(self, event: FeedbackGiven) -> None:
        """Take in what a person said; what is said now holds from the next planned generation on."""
        known, said = self.feedback.heard, event.said
        if isinstance(said, Withdrawal):
            taken_back = next((one for one in known if one.number == said.number), None)
            if taken_back is None or taken_back.until is not None:
                raise ValueError(f"nothing stands under the number {said.number}")
            ended = replace(taken_back, until=self.next_generation)
            known = tuple(ended if one.number == said.number else one for one in known)
        for name in candidates_of(said):
            self._known(name)
        number = known[-1].number + 1 if known else 1
        ends = self.next_generation if isinstance(said, Withdrawal) else None
        heard = Heard(number, said, event.time, self.next_generation, ends)
        self.feedback = Feedback((*known, heard))
        if event.message:
            self.taken_up[event.message] = number

    def _on_preferences(self, event: PreferencesFitted) -> None:
        """Take in a newer model: all scores of the search are its own from now on."""
        k = len(event.features)
        before = self.learned.fitness.features if self.learned is not None else NO_FEATURES
        if len(before) and before != event.features:
            raise ValueError("the features of a run do not change")
        for one in event.measured:
            self._known(one.name)
            if any(len(row) != k for row in one.rows):
                raise ValueError(f"an episode of {one.name} has not {k} features")
            self.measured[one.name, one.replicate] = one.rows
        self.learned = Learned.of(
            event.generation, event.features, event.weights, event.covariance, event.log_ties, event.answers
        )
        for one in event.scores:
            self._rescore(one)

    def _rescore(self, new: Rescored) -> None:
        candidate, mean = self.candidates[new.name], statistics.fmean(new.episodes)
        evaluations = tuple(
            replace(e, fitness=mean, episode_fitness=new.episodes)
            if (e.stage, e.replicate) == ("search", new.replicate)
            else e
            for e in candidate.evaluations
        )
        self.candidates[new.name] = replace(candidate, evaluations=evaluations)

    def _on_confirmation(self, confirmation: Confirmation) -> None:
        for name in (confirmation.winner, *confirmation.confirmed):
            self._known(name)
        for name in confirmation.confirmed:
            self.candidates[name] = replace(self.candidates[name], status=Status.CONFIRMED)
        self.confirmation, self.decided_after_s = confirmation, self.active_s

    def _known(self, name: str | None) -> None:
        """Raise ValueError for what is no candidate of this run; None is nobody."""
        if name is not None and name not in self.candidates:
            raise ValueError(f"there is no candidate {name}")


def _searched_key(name: str, replicate: int) -> str:
    return f"{name}/search-{replicate}"
