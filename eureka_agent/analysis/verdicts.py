"""Does a reward pay for what is wanted? Its training's score beside what was earned, by itself and by others.

A reward is accused only where more was earned and the score did not follow. Where the reward would pay more
for what scored better, be it within the noise, its training has not got there: that is no progress, and no
fault that can be seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from eureka_agent.analysis.behaviours import RANDOM_PLAY, PaidEpisodes, Score, ended_with
from eureka_agent.analysis.curves import LEAST_CHECKPOINTS, SUCCESS, observe_hacking, rises
from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.archive.candidate import Evaluation

LEAST_RISE = 0.05
"""A fitness that rose by less than a twentieth of what the run's candidates span did not rise."""
SOONER = 0.75
"""Who ends an episode after less than three quarters of random play's steps ends it on purpose."""


@dataclass(frozen=True)
class Yardstick:
    """What a training's fitness is measured by; without both numbers only a fall is noticed."""

    sign: float
    """+1 where a larger fitness is better, -1 where a smaller one is."""
    at_random: Score | None = None
    """What random play scores."""
    span: tuple[float, float] | None = None
    """Least and greatest fitness of the run's candidates."""
    random_length: float | None = None
    """Mean steps of an episode of random play."""
    solved: float | None = None
    """From which fitness on the task counts as solved."""
    others: Sequence[PaidEpisodes] = ()
    """What this reward pays for random play and for what scored best in the run, where it was asked."""
    own: PaidEpisodes | None = None
    """What it pays for the recorded episodes of its own policy."""

    def low(self, fitness: float) -> bool:
        """Tell whether a fitness lies in the worse half of the run's."""
        if self.span is None or self.span[0] == self.span[1]:
            return False
        middle = (self.span[0] + self.span[1]) / 2
        return self.sign * (fitness - middle) < 0

    @property
    def paid_at_random(self) -> PaidEpisodes | None:
        """What this reward pays for random play; None where it was not asked."""
        return next((other for other in self.others if other.name == RANDOM_PLAY), None)

    def better(self, kept: Score) -> PaidEpisodes | None:
        """Return the best of those that clearly score better than `kept`; None where nobody is known to."""
        scored = [(other.fitness, other) for other in self.others if other.fitness is not None]
        above = [
            (fitness, other)
            for fitness, other in scored
            if fitness.above(kept, self.sign) and (other.name == RANDOM_PLAY or self._counts(fitness, kept))
        ]
        return max(above, key=lambda one: self.sign * one[0].mean)[1] if above else None

    def _counts(self, fitness: Score, kept: Score) -> bool:
        """Tell whether a better score is one to speak of, on the way from `kept` to a solved task."""
        if self.solved is None:
            return True
        way = self.sign * (self.solved - kept.mean)
        return self.sign * (fitness.mean - kept.mean) >= SUCCESS * way


def observe_verdict(evaluation: Evaluation, by: Yardstick) -> Iterator[Observation]:
    """Yield what one training says of its reward, each with a checkpoint."""
    span = by.span[1] - by.span[0] if by.span else 0.0
    yield from observe_hacking(evaluation, sign=by.sign, span=span, solved=by.solved)
    kept = Score.of(evaluation.episode_fitness)
    if kept is None:
        return
    below = by.at_random is not None and by.at_random.above(kept, by.sign)
    worthless = None if below else _worthless(evaluation, kept, by)
    if not below and worthless is None and not by.low(kept.mean):
        return
    own, better = ended_with(evaluation) or by.own, by.better(kept)
    if own is not None and better is not None:
        if own.earns_more(better):
            yield _prefers(own, better, kept, evaluation, below=below)
            yield from _ends_early(evaluation, by)
            return
        if better.leans_above(own) and not (below and _above_random(own, by)):
            if below or worthless is not None:
                yield _not_there_yet(own, better, kept, evaluation)
            return
    yield from _ends_early(evaluation, by)
    if below and by.at_random is not None:
        yield from _below_random(evaluation, kept, by.at_random)
    elif worthless is not None:
        yield from _no_better(worthless, evaluation, by, unknown=better is None and bool(by.others))


def _above_random(own: PaidEpisodes, by: Yardstick) -> bool:
    return by.paid_at_random is not None and own.earns_more(by.paid_at_random)


def _worthless(evaluation: Evaluation, kept: Score, by: Yardstick) -> str | None:
    """Say by what a score is none; None where it is one, or nobody knows.

    Either random play does as well; or it never rose since the first checkpoint, and lies in the worse half
    of the scores of the run's candidates: those that solve a task at once do not rise either.
    """
    if by.at_random is not None and not kept.above(by.at_random, by.sign):
        return f"the trained policy scores {kept.mean:.4g}, random play {by.at_random.mean:.4g}"
    if by.low(kept.mean) and _never_rose(evaluation, by):
        low, high = by.span or (0.0, 0.0)
        return f"the trained policy scores {kept.mean:.4g}, the run's candidates {low:.4g} to {high:.4g}"
    return None


def _never_rose(evaluation: Evaluation, by: Yardstick) -> bool:
    """Tell whether the fitness of the last third of checkpoints is not above the first, to speak of."""
    scores = [Score(*score) for score in evaluation.checkpoint_scores]
    if len(scores) < LEAST_CHECKPOINTS:
        return False
    last = scores[-max(len(scores) // 3, 1) :]
    mean = Score(fmean(score.mean for score in last), fmean(score.error for score in last))
    low, high = by.span or (0.0, 0.0)
    little = by.sign * (mean.mean - scores[0].mean) < LEAST_RISE * (high - low)
    return little or not mean.above(scores[0], by.sign)


def _prefers(
    own: PaidEpisodes, better: PaidEpisodes, kept: Score, evaluation: Evaluation, *, below: bool
) -> Observation:
    """Return that the reward ranks what scores less above what scores more."""
    assert better.fitness is not None
    text = (
        f"The reward pays more for what was learned than for what scores better: it ended with "
        f"{own.compared(better)}; the scores are {kept.mean:.4g} and {better.fitness.mean:.4g}."
    )
    random = better.name == RANDOM_PLAY
    kind = ObservationKind.WORSE_THAN_RANDOM if below and random else ObservationKind.REWARD_WITHOUT_FITNESS
    return _at_kept(kind, text, evaluation)


def _not_there_yet(
    own: PaidEpisodes, better: PaidEpisodes, kept: Score, evaluation: Evaluation
) -> Observation:
    assert better.fitness is not None
    clear = better.earns_more(own)
    what = "What the reward pays for was not learned" if clear else "The reward hardly tells the two apart"
    text = (
        f"{what}: it ended with {own.compared(better)}; the scores are "
        f"{kept.mean:.4g} and {better.fitness.mean:.4g}."
    )
    return _at_kept(ObservationKind.NO_PROGRESS, text, evaluation)


def _below_random(evaluation: Evaluation, kept: Score, at_random: Score) -> Iterator[Observation]:
    text = (
        f"The trained policy scores {kept.mean:.4g} where random play scores {at_random.mean:.4g}: "
        "the reward pays against the fitness."
    )
    yield _at_kept(ObservationKind.WORSE_THAN_RANDOM, text, evaluation)


def _ends_early(evaluation: Evaluation, by: Yardstick) -> Iterator[Observation]:
    """Yield that episodes end sooner than at random where every step costs."""
    curves = evaluation.curves
    reward = curves.get("evaluation/reward") or curves.get("reward", ())
    length = curves.get("episode_length", ())
    if by.random_length is None or not reward or not length or max(reward) >= 0:
        return
    if length[-1] < SOONER * by.random_length and by.low(evaluation.fitness):
        text = (
            f"Ending pays: a step costs {-fmean(reward):.4g} on average, and episodes end after "
            f"{length[-1]:.4g} steps, at random after {by.random_length:.4g}."
        )
        yield Observation(ObservationKind.ENDING_PAYS, text, checkpoint=len(length))


def _no_better(why: str, evaluation: Evaluation, by: Yardstick, *, unknown: bool) -> Iterator[Observation]:
    """Yield what was earned where the score is none; `unknown`: nobody scored who could be compared with."""
    own = ended_with(evaluation) or by.own
    risen = rises(evaluation)
    above = own is not None and _above_random(own, by)
    if not risen and not above:
        text = f"Training changed neither reward nor fitness: {why}."
        yield _at_kept(ObservationKind.NO_PROGRESS, text, evaluation)
        return
    what = f"The {next(iter(risen))} rose" if risen else "More is earned than by random play"
    if unknown:
        text = f"{what}, and the fitness did not: {why}. Nothing in the run scored that could tell why."
        yield _at_kept(ObservationKind.NO_PROGRESS, text, evaluation, risen)
    else:
        text = f"{what} over training, and the fitness did not: {why}." if risen else f"{what}: {why}."
        yield _at_kept(ObservationKind.REWARD_WITHOUT_FITNESS, text, evaluation, risen)


def _at_kept(
    kind: ObservationKind, text: str, evaluation: Evaluation, values: Mapping[str, float] | None = None
) -> Observation:
    return Observation(kind, text, checkpoint=evaluation.best_checkpoint + 1, values=values or {})
