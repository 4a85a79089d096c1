"""Pruning a reward: components that it does as well without go one at a time, then digits of its numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from eureka_agent.analysis.noninferiority import Comparison, compared, margin_of
from eureka_agent.evolution.workbench import Scores, Trained
from eureka_agent.rewards.refining.removing import Removal, component_names, without_component
from eureka_agent.rewards.refining.rounding import with_rounded_numbers
from eureka_agent.rewards.refining.summands import NotASummandError
from eureka_agent.rewards.reward import Coded, Sparse

SEARCH, CONFIRM = "prune", "prune_confirm"
"""Stages: their seeds are disjoint, and from those of a run."""

Agree = Callable[[str, Removal], str]
"""Says what is wrong with a removal from a reward's text, in a sentence; an empty text where nothing is."""


@dataclass(frozen=True)
class Worth:
    """What one component is worth."""

    component: str
    without: Comparison | None = None
    """The reward without it against the full one; None where that was not trained, or failed."""
    left_alone: str = ""
    """Why it stays without being judged, in a sentence."""

    @property
    def may_go(self) -> bool:
        """Whether its removal is not inferior."""
        return self.without is not None and self.without.not_inferior


@dataclass(frozen=True)
class Confirmed:
    """The full and the pruned reward side by side on fresh seeds."""

    full: Scores
    pruned: Scores
    comparison: Comparison | None
    """None where a training failed."""


@dataclass(frozen=True)
class Pruning:
    """What was decided about a reward, before and after fresh seeds."""

    text: str
    """The reward that is left."""
    sign: float
    """-1 where less fitness is better."""
    full: Scores
    sparse: Scores
    margin: float | None = None
    """How much worse a reward may be; None where full or sparse could not be trained."""
    components: tuple[Worth, ...] = ()
    removed: tuple[str, ...] = ()
    rounded: tuple[tuple[str, str], ...] = ()
    """Numbers as they were and as they are in the pruned reward."""
    rounding: Comparison | None = None
    """The reward with all numbers rounded against the full one, if that was trained."""
    confirmed: Confirmed | None = None

    @property
    def changed(self) -> bool:
        """Whether anything went."""
        return bool(self.removed or self.rounded)


def pruned(
    text: str, sign: float, bench: Trained, agree: Agree, *, seeds: int, confirm_seeds: int
) -> Pruning:
    """Return the reward that is left of `text`, and how that came about; see `api/prune.py` for the rule."""
    removals, left_alone = _removals(text, component_names(text), agree)
    if not removals and not with_rounded_numbers(text).numbers:
        return Pruning(text, sign, Scores(()), Scores(()), components=tuple(_in_order(text, [], left_alone)))
    rewards = [Coded(text), Sparse(), *(Coded(removal.text) for removal in removals)]
    full, sparse, *others = bench.scores(rewards, stage=SEARCH, seeds=seeds)
    done = Pruning(text, sign, full, sparse)
    if not full.fitness or not sparse.fitness:
        return replace(done, components=tuple(_in_order(text, [], left_alone)))
    margin = margin_of(full.fitness, sparse.fitness)
    judge = _Judge(full, sign, margin)
    worth = [judge.worth(r.component, s) for r, s in zip(removals, others, strict=True)]
    done = replace(done, margin=margin, components=tuple(_in_order(text, worth, left_alone)))
    may_go = [(w, r) for w, r in zip(worth, removals, strict=True) if w.may_go]
    done = _greedily(done, may_go, judge, bench, agree, seeds)
    done = _rounded(done, judge, bench, seeds)
    return _confirmed(done, text, judge, bench, confirm_seeds) if done.changed else done


@dataclass(frozen=True)
class _Judge:
    """The rule: a reward against the full one on the same seeds."""

    full: Scores
    sign: float
    margin: float

    def worth(self, component: str, without: Scores) -> Worth:
        if not without.fitness:
            return Worth(component, None, f"The reward without it could not be trained: {without.failure}")
        return Worth(component, self.comparison(without))

    def comparison(self, one: Scores) -> Comparison:
        return compared(one.fitness, self.full.fitness, sign=self.sign, margin=self.margin)


def _removals(text: str, names: Sequence[str], agree: Agree) -> tuple[list[Removal], dict[str, str]]:
    """Return the components that can be taken out of a reward, and of the others why not."""
    found, left_alone = [], {}
    for name in names:
        try:
            removal = without_component(text, name)
        except NotASummandError as error:
            left_alone[name] = str(error)
            continue
        if problem := agree(text, removal):
            left_alone[name] = problem
        else:
            found.append(removal)
    return found, left_alone


def _in_order(text: str, judged: Sequence[Worth], left_alone: dict[str, str]) -> Iterator[Worth]:
    known = {worth.component: worth for worth in judged}
    for name in component_names(text):
        yield known.get(name) or Worth(name, None, left_alone.get(name, "Nothing could be compared."))


def _greedily(
    done: Pruning, may_go: Sequence[tuple[Worth, Removal]], judge: _Judge, bench: Trained, agree: Agree,
    seeds: int,
) -> Pruning:  # fmt: skip
    """Remove the component that is missed least, look at the others without it, and so on."""
    while may_go:
        best, removal = max(may_go, key=lambda pair: _mean(pair[0]))
        done = replace(done, text=removal.text, removed=(*done.removed, best.component))
        rest = [worth.component for worth, _ in may_go if worth is not best]
        removals, _ = _removals(done.text, rest, agree)
        if not removals:
            break
        scores = bench.scores([Coded(r.text) for r in removals], stage=SEARCH, seeds=seeds)
        again = [(judge.worth(r.component, s), r) for r, s in zip(removals, scores, strict=True)]
        may_go = [(worth, removal) for worth, removal in again if worth.may_go]
    return done


def _mean(worth: Worth) -> float:
    return worth.without.difference.mean if worth.without else float("-inf")


def _rounded(done: Pruning, judge: _Judge, bench: Trained, seeds: int) -> Pruning:
    """Take shorter numbers if the reward is not inferior with all of them."""
    short = with_rounded_numbers(done.text)
    if not short.numbers:
        return done
    (scores,) = bench.scores([Coded(short.text)], stage=SEARCH, seeds=seeds)
    if not scores.fitness:
        return done
    comparison = judge.comparison(scores)
    if comparison.not_inferior:
        done = replace(done, text=short.text, rounded=short.numbers)
    return replace(done, rounding=comparison)


def _confirmed(done: Pruning, text: str, judge: _Judge, bench: Trained, seeds: int) -> Pruning:
    full, left = bench.scores([Coded(text), Coded(done.text)], stage=CONFIRM, seeds=seeds)
    both = bool(full.fitness and left.fitness)
    comparison = _Judge(full, judge.sign, judge.margin).comparison(left) if both else None
    return replace(done, confirmed=Confirmed(full, left, comparison))
