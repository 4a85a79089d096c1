"""Who earns most? A reward is asked what it pays behaviours whose fitness is known before any training.

Scripted ones (resting, extremes, swings, random actions), and what earlier candidates' policies did. Where
the one that earns most scores clearly less than another that is paid less, that is a warning: a policy may
settle for it. It refuses nothing, because it need not: Gymnasium's own Ant pays resting 302 and random
actions 8, and trains walkers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.critique.critic import NOTHING_KNOWN
from eureka_agent.critique.paying import PayJoined, Payment, payment
from eureka_agent.critique.recorded import RecordedPolicies
from eureka_agent.errors import RewardError, WorkerError
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.reward import Coded
from eureka_agent.tasks.task import Task
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.trajectories.joined import JoinedEpisodes
from eureka_agent.trajectories.scripted import STAGE, NamedEpisodes
from eureka_agent.trajectories.trajectory import Trajectory

RULE = "behaviours"
CLEAR_SHARE = 0.05
"""Of the way from an ordinary scripted behaviour to a solved task: a smaller lead is no sign of success."""
CLEAR_SPREAD = 0.5
"""The same of the scripted behaviours' own spread, where nobody said when the task is solved."""


@dataclass(frozen=True)
class PaidBehaviour:
    """What one behaviour scores and earns, an entry an episode."""

    name: str
    scripted: bool
    scores: tuple[float, ...]
    """Signed so that larger is better."""
    payments: tuple[Payment, ...]
    components: Mapping[str, float]
    """What each component pays an episode, on average."""
    steps: float
    """Mean length of its episodes."""
    ends_early: bool
    """Whether every one of its episodes ended before the time limit."""

    def clearly_fitter(self, other: PaidBehaviour) -> bool:
        """Whether its worst episode scores more than the other's best."""
        return min(self.scores) > max(other.scores)

    def clearly_richer(self, other: PaidBehaviour) -> bool:
        """Whether its poorest episode earns more than the other's richest, discounted or not."""
        return all(
            min(getattr(one, way) for one in self.payments) > max(getattr(one, way) for one in other.payments)
            for way in ("whole", "discounted")
        )

    @property
    def score(self) -> float:
        """Mean over its episodes, signed so that larger is better."""
        return fmean(self.scores)

    @property
    def whole(self) -> float:
        """Mean return of an episode."""
        return fmean(one.whole for one in self.payments)

    @property
    def discounted(self) -> float:
        """Mean discounted return."""
        return fmean(one.discounted for one in self.payments)


class BehaviourCheck:
    """A `Check` that warns of rewards by which a bad behaviour earns most; `scripted` are played episodes."""

    def __init__(
        self,
        task: Task,
        scripted: Sequence[NamedEpisodes],
        pay: PayJoined,
        recorded: RecordedPolicies | None = None,
    ) -> None:
        self._task, self._scripted, self._pay = task, tuple(scripted), pay
        self._recorded = recorded or RecordedPolicies()

    def __call__(self, source: str, briefing: Briefing = NOTHING_KNOWN) -> list[Finding]:
        """Return a warning, if there is one to give; nothing where the reward fails."""
        if not self._scripted:
            return []
        played = [*self._scripted, *self._recorded.of(briefing)]
        return behaviour_findings(self._task, source, played, self._pay)


def behaviour_findings(
    task: Task, source: str, played: Sequence[NamedEpisodes], pay: PayJoined
) -> list[Finding]:
    """Return a warning where a reward pays one of these behaviours most though another is clearly fitter."""
    found = misled(task, paid_behaviours(task, source, played, pay))
    return [] if found is None else [_warning(task, *found)]


def paid_behaviours(
    task: Task, source: str, played: Sequence[NamedEpisodes], pay: PayJoined
) -> list[PaidBehaviour]:
    """Return what a reward pays each behaviour; none where it fails on their episodes."""
    whole = [one for one in played if one.episodes and one.scores]
    if not whole:
        return []
    try:
        paid = iter(pay(Coded(source), JoinedEpisodes([e for one in whole for e in one.episodes])))
    except (RewardError, WorkerError):
        return []  # other checks say so
    gamma, sign = PpoSettings.of(task.algorithm).gamma, task.fitness.sign
    return [_paid(one, [next(paid) for _ in one.episodes], sign, gamma) for one in whole]


def _paid(one: NamedEpisodes, paid: Sequence[Trajectory], sign: float, gamma: float) -> PaidBehaviour:
    return PaidBehaviour(
        name=one.name,
        scripted=one.episodes[0].origin.stage == STAGE,
        scores=tuple(sign * score for score in one.scores),
        payments=tuple(payment(episode, gamma) for episode in paid),
        components={
            name: fmean(float(episode.components[name].sum()) for episode in paid)
            for name in paid[0].components
        },
        steps=fmean(e.length for e in one.episodes),
        ends_early=all(e.terminated for e in one.episodes),
    )


def payment_lines(paid: Sequence[PaidBehaviour]) -> list[str]:
    """Return a line for each behaviour, for who reviews the reward: how long it lasts, and what pays it."""
    return [_line(one) for one in paid]


def _line(one: PaidBehaviour) -> str:
    ended = ", always ended early" if one.ends_early else ""
    terms = ", ".join(f"`{name}` {value / one.steps:.3g}" for name, value in one.components.items())
    a_step = fmean(payment.a_step for payment in one.payments)
    return (
        f"{one.name.rstrip(',')}: {one.steps:.0f} steps{ended}; {a_step:.3g} a step"
        f"{f' ({terms})' if terms else ''}, {one.whole:.4g} an episode"
    )


def misled(task: Task, paid: Sequence[PaidBehaviour]) -> tuple[PaidBehaviour, PaidBehaviour] | None:
    """Return who earns most though another is clearly fitter and earns clearly less, and the fittest such.

    None where there are no two such behaviours.
    """
    if len(paid) < 2:
        return None
    clear = _clear(task, paid)
    richest = max(paid, key=lambda one: one.discounted)
    better = [
        one
        for one in paid
        if one.clearly_fitter(richest)
        and one.score - richest.score >= clear.gap
        and one.score >= clear.from_score
        and richest.clearly_richer(one)
    ]
    return (richest, max(better, key=lambda one: one.score)) if better else None


@dataclass(frozen=True)
class _Clear:
    """From where a behaviour's score says that it does something of what is asked."""

    gap: float
    from_score: float


def _clear(task: Task, paid: Sequence[PaidBehaviour]) -> _Clear:
    """Measure what counts by the way to a solved task, else by how far scripted behaviours lie apart."""
    scores = [one.score for one in paid if one.scripted] or [one.score for one in paid]
    usual = median(scores)
    solved = task.fitness.solved
    way = 0.0 if solved is None else task.fitness.sign * solved - usual
    gap = CLEAR_SHARE * way if way > 0 else CLEAR_SPREAD * (max(scores) - min(scores))
    return _Clear(gap, usual + gap)


def _warning(task: Task, richest: PaidBehaviour, better: PaidBehaviour) -> Finding:
    sign = task.fitness.sign
    return Finding(
        RULE, "warning", None,
        f"Of the behaviours that were played before training, {richest.name} earns most: "
        f"{_earned(richest)}; it scores {sign * richest.score:.4g}. {_capital(better.name)} scores "
        f"{sign * better.score:.4g} and earns {_earned(better)}.",
        "A policy may settle for the first. This is no fault by itself: rewards that are learned well can "
        "pay resting more than clumsy movement.",
        "Check that doing what is asked pays more a step, or keeps an episode going, enough to outweigh it.",
    )  # fmt: skip


def _earned(one: PaidBehaviour) -> str:
    whole, each = (fmean(getattr(p, way) for p in one.payments) for way in ("whole", "a_step"))
    ended = f", all ended early after {one.steps:.0f} on average" if one.ends_early else ""
    return f"{whole:.4g} an episode ({each:.4g} a step, {one.discounted:.4g} discounted{ended})"


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
