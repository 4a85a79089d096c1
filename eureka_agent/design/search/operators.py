"""How search varies what it has: mutate, cross, and retune after looking at a training's curves."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from statistics import fmean

import numpy as np

from eureka_agent.analysis.curves import component_shares
from eureka_agent.design.search.features import Feature
from eureka_agent.design.search.genome import ALIVE, EFFORT, MOST_TERMS, NEAR, PLATEAU, Genome, Term
from eureka_agent.design.search.render import component_names
from eureka_agent.design.search.sampling import log_uniform, random_term, term_over, tidy

_WEAK = 0.08
"""A component with a smaller share of the reward's size is brought to `_WISHED`."""
_WISHED = 0.3
_LARGEST_RESCALE = 10.0
_SATURATED, _OUT_OF_REACH = 0.8, 0.05
"""Mean height of a bell or plateau above which it is sharpened, below which it is widened."""
_JITTER = 0.15

Change = Callable[[list[Term], Sequence[Feature], np.random.Generator], list[Term]]


def mutate(genome: Genome, features: Sequence[Feature], rng: np.random.Generator) -> Genome:
    """Return `genome` after one or two random changes; it keeps at least one term."""
    terms = list(genome.terms)
    changes, weights = zip(*_CHANGES, strict=True)
    for _ in range(1 + int(rng.random() < 0.4)):
        change = changes[int(rng.choice(len(changes), p=np.array(weights) / sum(weights)))]
        terms = change(terms, features, rng)
    return tidy(terms)


def cross(first: Genome, second: Genome, rng: np.random.Generator) -> Genome:
    """Return a mix with at least one term of each parent, and at most as many as a genome may have."""
    mine, theirs = _shuffled(first.terms, rng), _shuffled(second.terms, rng)
    chosen = [mine[0], theirs[0]]
    for term in _shuffled((*mine[1:], *theirs[1:]), rng):
        if len(chosen) < MOST_TERMS and rng.random() < 0.5:
            chosen.append(term)
    return tidy(chosen)


def retune(genome: Genome, curves: Mapping[str, Sequence[float]], rng: np.random.Generator) -> Genome:
    """Return `genome` rescaled by what training showed of it; `curves` maps component name to means a step.

    Terms that never varied are dropped (all but a constant bonus, and never the last one), weak ones made
    heavier, bells and plateaus narrowed where the policy sits on top of them and widened where it never
    reached them. Weights get a small random change besides, so that several retunings differ.
    """
    shares = component_shares(curves)
    varied = []
    for name, term in zip(component_names(genome), genome.terms, strict=True):
        values = curves.get(name, ())
        if _dead(term, values):
            continue
        term = _reshaped(term, values, rng)
        term = replace(term, weight=term.weight * _strengthening(shares.get(name)) * _jitter(rng, _JITTER))
        varied.append(term.rounded())
    return tidy(varied or [_reweighted(term, rng) for term in genome.terms])


def _dead(term: Term, values: Sequence[float]) -> bool:
    if term.shape == ALIVE or len(values) < 2:
        return False
    size = max(abs(value) for value in values)
    return max(values) - min(values) <= 1e-6 * max(size, abs(term.weight) * 1e-3)


def _strengthening(share: float | None) -> float:
    if share is None or share >= _WEAK:
        return 1.0
    return min(_WISHED / max(share, 1e-9), _LARGEST_RESCALE)


def _reshaped(term: Term, values: Sequence[float], rng: np.random.Generator) -> Term:
    """Narrow or widen a bell or plateau by its mean height at the end of training."""
    if term.shape not in (NEAR, PLATEAU) or not values or term.weight == 0:
        return term
    late = values[-max(1, len(values) // 3) :]
    height = fmean(late) / term.weight
    if height > _SATURATED:
        return replace(term, temperature=term.temperature * rng.uniform(0.2, 0.6))
    if height < _OUT_OF_REACH:
        return replace(term, temperature=term.temperature * rng.uniform(2.0, 5.0))
    return term


# The changes of a mutation


def _change_weight(terms: list[Term], features: Sequence[Feature], rng: np.random.Generator) -> list[Term]:
    return _with_one(terms, rng, lambda term: _reweighted(term, rng))


def _move(terms: list[Term], features: Sequence[Feature], rng: np.random.Generator) -> list[Term]:
    """Shift a centre, or change what counts as one unit."""

    def moved(term: Term) -> Term:
        if term.shape in (ALIVE, EFFORT):
            return _reweighted(term, rng)
        if rng.random() < 0.5:
            return replace(term, centre=term.centre + term.scale * float(rng.normal(0.0, 0.5))).rounded()
        widths = {
            "scale": term.scale * _jitter(rng, 0.5),
            "temperature": term.temperature * _jitter(rng, 0.5),
        }
        return replace(term, **widths).rounded()

    return _with_one(terms, rng, moved)


def _reshape(terms: list[Term], features: Sequence[Feature], rng: np.random.Generator) -> list[Term]:
    """Look at the same feature in another way."""

    def reshaped(term: Term) -> Term:
        same = next((f for f in features if (f.signal, f.index) == term.feature), None)
        if same is None or term.shape in (ALIVE, EFFORT):
            return random_term(features, rng)
        return term_over(same, rng)

    return _with_one(terms, rng, reshaped)


def _add(terms: list[Term], features: Sequence[Feature], rng: np.random.Generator) -> list[Term]:
    if len(terms) >= MOST_TERMS:
        return _change_weight(terms, features, rng)
    return [*terms, random_term(features, rng)]


def _drop(terms: list[Term], features: Sequence[Feature], rng: np.random.Generator) -> list[Term]:
    if len(terms) == 1:
        return _move(terms, features, rng)
    gone = int(rng.integers(len(terms)))
    return terms[:gone] + terms[gone + 1 :]


def _replace(terms: list[Term], features: Sequence[Feature], rng: np.random.Generator) -> list[Term]:
    return _with_one(terms, rng, lambda _: random_term(features, rng))


_CHANGES: tuple[tuple[Change, float], ...] = (
    (_change_weight, 0.28),
    (_move, 0.25),
    (_add, 0.17),
    (_drop, 0.1),
    (_replace, 0.1),
    (_reshape, 0.1),
)


def _with_one(terms: list[Term], rng: np.random.Generator, change: Callable[[Term], Term]) -> list[Term]:
    chosen = int(rng.integers(len(terms)))
    return [change(term) if i == chosen else term for i, term in enumerate(terms)]


def _reweighted(term: Term, rng: np.random.Generator) -> Term:
    """Scale a weight by up to about three, and rarely turn its sign."""
    sign = -1.0 if rng.random() < 0.05 else 1.0
    return replace(term, weight=sign * term.weight * log_uniform(1 / 3, 3.0, rng)).rounded()


def _jitter(rng: np.random.Generator, deviation: float) -> float:
    return math.exp(float(rng.normal(0.0, deviation)))


def _shuffled(terms: Sequence[Term], rng: np.random.Generator) -> list[Term]:
    return [terms[int(i)] for i in rng.permutation(len(terms))]
