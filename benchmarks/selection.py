"""Which rule of selection names the best reward? Searches replayed on the bank, thousands of them.

    python benchmarks/selection.py [task …] [--replays 1000] [--seed 0]

Needs the bank (`benchmarks/bank.py`). A replay is a search of three generations of four; a training draws
one of its reward's seeds from the bank: who leads, who is trained on another seed, and who is confirmed is
decided by the package itself. What is measured, and what counts as better, was written down before
(`benchmarks/data/bank/preregistered.md`).
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from bank import RECORDINGS, held
from bank_stops import shares_trained

import eureka_agent
from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, Evaluation, Status
from eureka_agent.archive.posterior import beliefs
from eureka_agent.archive.ranking import judge
from eureka_agent.archive.second_seeds import second_seeds
from eureka_agent.evolution.confirmation import finalists_of
from eureka_agent.seeds import generator_for

GENERATIONS, SAMPLES = 3, 4
FINALISTS, CONFIRM_SEEDS = 2, 5
SECOND_SEEDS, CHOSEN_FROM = 1, 5
"""Set on `half_cheetah_backflip` and `mountain_car`, as were the rules by which finalists leave."""
MOST_PAID = SAMPLES // 2
"""Second seeds after a generation where early stops pay for some; a quarter of four, as in a run, is one."""
RESAMPLED = 500


class Trained(NamedTuple):
    """A training of the bank."""

    score: float
    curve: Sequence[float]
    """Scores at its checkpoints."""


Bank = Mapping[str, Sequence[Trained]]
"""Trainings of each reward by seed."""


@dataclass
class Replay:
    """A search under way: what was trained, and on which of the bank's seeds."""

    bank: Bank
    sign: float
    generator: np.random.Generator
    scores: dict[str, list[float]] = field(default_factory=dict)
    """Of trainings that went to the end."""
    trainings: float = 0
    """In steps of whole ones."""
    _left: dict[str, list[int]] = field(default_factory=dict)

    def train(self, name: str) -> float:
        """Train a reward on a seed that it was not trained on, as long as there is one."""
        score = self._drawn(name).score
        self.scores.setdefault(name, []).append(score)
        self.trainings += 1
        return score

    def race(self, names: Sequence[str]) -> int:
        """Train rewards as one generation with early stops; return how many whole trainings those saved."""
        drawn = {name: self._drawn(name) for name in names}
        shares = shares_trained({name: one.curve for name, one in drawn.items()}, self.sign)
        for name, share in shares.items():
            if share == 1:
                self.scores.setdefault(name, []).append(drawn[name].score)
        used = round(sum(shares.values()), 6)
        self.trainings += used
        return int(len(names) - used)

    def _drawn(self, name: str) -> Trained:
        if not self._left.get(name):
            self._left[name] = list(self.generator.permutation(len(self.bank[name])))
        return self.bank[name][self._left[name].pop()]

    def archive(self, *, leader: str | None = None, by_posterior: bool = False) -> Archive:
        """Return what was trained so far, as the package knows it."""
        names = list(self.scores)
        made = [
            Candidate(
                index // SAMPLES, index % SAMPLES, "given", status=Status.TRAINED,
                evaluations=tuple(
                    Evaluation("search", n, n, score, (score,), 1, 0.0, 0)
                    for n, score in enumerate(self.scores[name])
                ),
            )
            for index, name in enumerate(names)
        ]  # fmt: skip
        return Archive.of(made, sign=self.sign, incumbent_id=leader, by_posterior=by_posterior)

    def name_of(self, candidate_id: str) -> str:
        generation, index = map(int, candidate_id.split("-"))
        return list(self.scores)[generation * SAMPLES + index]


@dataclass(frozen=True)
class Outcome:
    """What a rule made of a replay."""

    winner: str
    believed: float
    """The score by which the search knew it before any confirmation."""
    trainings: float


Rule = Callable[[Replay, Sequence[Sequence[str]], float], Outcome]
"""Plays a search with rewards in generations and at most so many trainings; 0: as many as it takes."""


def duels(replay: Replay, generations: Sequence[Sequence[str]], _most: float) -> Outcome:
    """As before: a leader stays until it is beaten on shared seeds; the best two are confirmed on five."""
    archive = _after_duels(replay, generations)
    finalists = [replay.name_of(one.id) for one in finalists_of([archive], FINALISTS)]
    return _confirmed(replay, finalists)


def _after_duels(
    replay: Replay, generations: Sequence[Sequence[str]], *, early_stops: bool = False
) -> Archive:
    leader, duel = None, ()
    for names in generations:
        if early_stops:
            replay.race(names)
        for name in duel if early_stops else (*names, *duel):
            replay.train(name)
        verdict = judge(replay.archive(leader=leader))
        leader = verdict.incumbent
        rivals = (verdict.incumbent, verdict.challenger)
        duel = () if None in rivals else tuple(replay.name_of(one) for one in rivals if one is not None)
    return replay.archive(leader=leader)


def best_two(replay: Replay, generations: Sequence[Sequence[str]], most: float) -> Outcome:
    """A second seed for the best two of each generation; mean scores decide."""
    for names in generations:
        scored = {name: replay.train(name) for name in names}
        for name in sorted(names, key=lambda one: -replay.sign * scored[one])[:2]:
            replay.train(name)
    means = {name: replay.sign * statistics.fmean(scores) for name, scores in replay.scores.items()}
    finalists = sorted(means, key=lambda name: -means[name])[:FINALISTS]
    return _confirmed(replay, finalists, most)


def posterior(replay: Replay, generations: Sequence[Sequence[str]], most: float) -> Outcome:
    """Beliefs of a fresh seed decide; one second seed a generation, then finalists leave one by one."""
    again: tuple[str, ...] = ()
    for names in generations:
        for name in (*names, *again):
            replay.train(name)
        known = beliefs(replay.scores, sign=replay.sign)
        again = second_seeds(known, count=SECOND_SEEDS, generator=replay.generator)
    for name in again:
        replay.train(name)
    return _chosen(replay, _best(replay, list(replay.scores), CHOSEN_FROM), most)


def stopping(replay: Replay, generations: Sequence[Sequence[str]], most: float) -> Outcome:
    """By posterior with early stops: what they save goes into the seeds that choose."""
    return _stopping(replay, generations, most, most_again=SECOND_SEEDS)


def paying(replay: Replay, generations: Sequence[Sequence[str]], most: float) -> Outcome:
    """By posterior with early stops that pay for second seeds, as far as whole trainings are saved."""
    return _stopping(replay, generations, most, most_again=MOST_PAID)


def _stopping(
    replay: Replay, generations: Sequence[Sequence[str]], most: float, *, most_again: int
) -> Outcome:
    again: tuple[str, ...] = ()
    for names in generations:
        saved = replay.race(names)
        for name in again:
            replay.train(name)
        known = beliefs(replay.scores, sign=replay.sign)
        count = min(SECOND_SEEDS + saved, most_again)
        again = second_seeds(known, count=count, generator=replay.generator)
    for name in again:
        replay.train(name)
    return _chosen(replay, _best(replay, list(replay.scores), CHOSEN_FROM), most)


def duels_chosen(replay: Replay, generations: Sequence[Sequence[str]], most: float) -> Outcome:
    """Duels, and finalists that leave one by one."""
    return _duels_chosen(replay, generations, most, early_stops=False)


def duels_stopping(replay: Replay, generations: Sequence[Sequence[str]], most: float) -> Outcome:
    """The same with early stops: what they save goes into the seeds that choose."""
    return _duels_chosen(replay, generations, most, early_stops=True)


def _duels_chosen(
    replay: Replay, generations: Sequence[Sequence[str]], most: float, *, early_stops: bool
) -> Outcome:
    archive = _after_duels(replay, generations, early_stops=early_stops)
    finalists = [replay.name_of(one.id) for one in finalists_of([archive], CHOSEN_FROM)]
    return _chosen(replay, finalists, most)


def _chosen(replay: Replay, finalists: Sequence[str], most: float) -> Outcome:
    """Train finalists on further seeds; after each the last leaves, until two are left."""
    searched = {name: statistics.fmean(replay.scores[name]) for name in finalists}
    still, seeds = list(finalists), 0
    while (left := int(most - replay.trainings)) > 0:
        for name in still[:left]:
            replay.train(name)
        seeds += 1
        still = _best(replay, still, max(2, len(finalists) - seeds))
    winner = _best(replay, finalists, 1)[0]
    return Outcome(winner, searched[winner], replay.trainings)


def _best(replay: Replay, names: Sequence[str], count: int) -> list[str]:
    """Return those of whom most is believed, best first."""
    known = beliefs(replay.scores, sign=replay.sign)
    return sorted(names, key=lambda name: -known[name].mean)[:count]


def _confirmed(replay: Replay, finalists: Sequence[str], most: float = 0) -> Outcome:
    """Train finalists on fresh seeds, five each or as many as `most` trainings allow; the best mean wins."""
    searched = {name: statistics.fmean(replay.scores[name]) for name in finalists}
    seeds = CONFIRM_SEEDS if not most else max(int(most - replay.trainings) // len(finalists), 1)
    fresh = {name: statistics.fmean([replay.train(name) for _ in range(seeds)]) for name in finalists}
    winner = max(fresh, key=lambda name: replay.sign * fresh[name])
    return Outcome(winner, searched[winner], replay.trainings)


RULES: dict[str, Rule] = {
    "duels, two confirmed": duels,
    "best two": best_two,
    "duels, five chosen from": duels_chosen,
    "duels, early stops": duels_stopping,
    "posterior, five chosen from": posterior,
    "posterior, early stops": stopping,
    "posterior, early stops pay for second seeds": paying,
}
"""The first is what searches did when the rules were written down."""


@dataclass(frozen=True)
class Measured:
    """Means over replays."""

    regret: float
    gap: float
    trainings: float


def measure(bank: Bank, sign: float, *, replays: int, seed: int) -> dict[str, Measured]:
    """Return what each rule makes of the same searches; worth is 0 for the median reward, 1 for the best."""
    truths = {name: sign * statistics.fmean(one.score for one in trained) for name, trained in bank.items()}
    zero, one = statistics.median(truths.values()), max(truths.values())
    unit = one - zero or 1.0
    found: dict[str, list[tuple[float, float, float]]] = {rule: [] for rule in RULES}
    for number in range(replays):
        order = list(generator_for(seed, "order", number).permutation(list(bank)))
        generations = [order[i * SAMPLES : (i + 1) * SAMPLES] for i in range(GENERATIONS)]
        most = 0.0
        for name, rule in RULES.items():
            replay = Replay(bank, sign, generator_for(seed, "seeds", number))
            outcome = rule(replay, generations, most)
            most = most or outcome.trainings  # all may use what the first one used
            truth = truths[outcome.winner]
            found[name].append(
                ((one - truth) / unit, (sign * outcome.believed - truth) / unit, outcome.trainings)
            )
    return {name: Measured(*map(statistics.fmean, zip(*rows, strict=True))) for name, rows in found.items()}


def resampled(bank: Bank, generator: np.random.Generator) -> Bank:
    """Return a bank of as many rewards drawn with replacement, and of their seeds likewise."""
    names = list(bank)
    drawn = generator.choice(names, len(names))
    return {
        f"{name} {place}": [bank[name][seed] for seed in generator.choice(len(bank[name]), len(bank[name]))]
        for place, name in enumerate(drawn)
    }


def bank_of(name: str) -> Bank:
    """Return the trainings of a task's rewards; a training that failed has the lowest score of the task."""
    sign = eureka_agent.find_task(name).fitness.sign
    rows = held(name)
    lowest = min((row["fitness"] for row in rows if row["fitness"] is not None), key=lambda s: sign * s)
    bank: dict[str, list[Trained]] = {}
    for row in rows:
        score = lowest if row["fitness"] is None else row["fitness"]
        bank.setdefault(row["reward"], []).append(Trained(score, row["curve"]))
    return bank


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tasks", nargs="*")
    parser.add_argument("--replays", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    print("| task | rule | regret | less than the first's by | gap | trainings |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in arguments.tasks or RECORDINGS:
        bank, sign = bank_of(name), eureka_agent.find_task(name).fitness.sign
        whole = measure(bank, sign, replays=arguments.replays, seed=arguments.seed)
        generator = generator_for(arguments.seed, "bank", name)
        again = [measure(resampled(bank, generator), sign, replays=20, seed=k) for k in range(RESAMPLED)]
        first = next(iter(RULES))
        for rule, told in whole.items():
            gained = whole[first].regret - told.regret
            cells = (
                _cell(told.regret, [one[rule].regret for one in again]),
                ""
                if rule == first
                else _cell(gained, [one[first].regret - one[rule].regret for one in again]),
                _cell(told.gap, [one[rule].gap for one in again]),
            )
            print(f"| {name} | {rule} | {' | '.join(cells)} | {told.trainings:.1f} |", flush=True)


def _cell(value: float, resampled_values: Sequence[float]) -> str:
    low, high = np.percentile(resampled_values, (2.5, 97.5))
    return f"{value:.3f} [{low:.2f}, {high:.2f}]"


if __name__ == "__main__":
    main()
