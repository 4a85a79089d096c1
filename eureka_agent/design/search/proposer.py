"""`Search`: the built-in search (no LLM), the baseline for language models."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate
from eureka_agent.archive.parents import drawn_parents
from eureka_agent.design.proposer import Draft, Slot, not_planned
from eureka_agent.design.search.features import ACTION, Ranges, features_of
from eureka_agent.design.search.genome import Genome
from eureka_agent.design.search.operators import cross, mutate, retune
from eureka_agent.design.search.render import render
from eureka_agent.design.search.sampling import ARCHETYPES, alive, probe, random_genome, tidy
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.source import normalised_digest
from eureka_agent.seeds import generator_for
from eureka_agent.tasks.task import Task

_TRIES = 60
"""Draws for one slot before a reward that was tried already is accepted."""
_MOST_REQUIRED = 6
"""Signals that one genome of generation 0 may have to use, where there are many more signals than slots."""
_FEWEST_PARENTS = 4


class Search:
    """Composes rewards from terms over the task's signals, and evolves them by their fitness.

    It reads the signals' names, shapes and ranges, and nothing else of the task. `ranges` maps a signal's
    name to (low, high, standard deviation) as observed under random actions; declared ranges come first.
    """

    name = "search"
    max_parallel = 1

    def __init__(self, task: Task, seed: int, *, ranges: Ranges | None = None) -> None:
        self._features = features_of(task.signals, ranges)
        self._seed = seed
        self._signals = _in_order_of_interest(task)

    def plan(self, generation: int, samples: int, archive: Archive) -> list[Slot]:
        """Return the slots of a generation with their genomes: no two rewards of a run are the same.

        Of 16 slots after generation 0: 7 mutate, 4 retune, 3 cross, 2 start afresh. Parents are drawn by
        rank from the best third (at least four), by posterior from what is believed of each. While nothing
        has been trained all start afresh.
        """
        parents = _parents(archive)
        operators = ["seed"] * samples if generation == 0 or not parents else operator_shares(samples)
        slots = [
            self._slot(generation, i, operator, parents, archive) for i, operator in enumerate(operators)
        ]
        known = {normalised_digest(c.source) for c in archive.candidates if c.source}
        planned = []
        for slot in slots:
            genome = self._new(slot, archive, known, samples)
            known.add(normalised_digest(render(genome)))
            planned.append(replace(slot, genome=genome.to_json()))
        return planned

    def propose(self, slot: Slot, briefing: Briefing) -> Draft:
        """Return the reward that was drawn for the slot when it was planned."""
        try:
            source = render(Genome.from_json(slot.genome or {}))
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
            raise not_planned(slot, "its genome is none that search draws") from error
        return Draft(source=source, genome=slot.genome)

    def repair(
        self, slot: Slot, draft: Draft, findings: Sequence[Finding], turn: int, briefing: Briefing
    ) -> Draft | None:
        """Return None: there is nobody to tell."""
        return None

    def _slot(
        self, generation: int, index: int, operator: str, parents: Sequence[Candidate], archive: Archive
    ) -> Slot:
        rng = generator_for(self._seed, "search", "parents", generation, index)
        wanted = {"seed": 0, "cross": 2}.get(operator, 1)
        chosen = self._drawn(archive, parents, min(wanted, len(parents)), rng)
        if operator == "cross" and len(chosen) < 2:
            operator = "mutate"
        return Slot(generation, index, operator, chosen)

    def _drawn(
        self, archive: Archive, parents: Sequence[Candidate], count: int, rng: np.random.Generator
    ) -> tuple[str, ...]:
        if archive.by_posterior:
            varied = replace(archive, candidates=tuple(c for c in archive.candidates if c.genome is not None))
            if drawn := drawn_parents(varied, count, rng):
                return drawn
        return tuple(parent.id for parent in draw_parents(parents, count, rng))

    def _new(self, slot: Slot, archive: Archive, known: set[str], samples: int) -> Genome:
        """Draw the slot's genome, again and again until its reward is new."""
        rng = generator_for(self._seed, "search", slot.generation, slot.index)
        genome = self._draw(slot, archive, rng, samples)
        for _ in range(_TRIES):
            if normalised_digest(render(genome)) not in known:
                break
            genome = self._draw(slot, archive, rng, samples)
        return genome

    def _draw(self, slot: Slot, archive: Archive, rng: np.random.Generator, samples: int) -> Genome:
        parents = [archive.get(parent) for parent in slot.parents]
        genomes = [Genome.from_json(parent.genome) for parent in parents if parent.genome is not None]
        if slot.operator == "mutate":
            return mutate(genomes[0], self._features, rng)
        if slot.operator == "cross":
            return cross(genomes[0], genomes[1], rng)
        if slot.operator == "retune":
            return retune(genomes[0], _component_curves(parents[0]), rng)
        if slot.generation == 0:
            return self._first(slot.index, samples, rng)
        return random_genome(self._features, rng)

    def _first(self, index: int, samples: int, rng: np.random.Generator) -> Genome:
        """Draw for generation 0: the constant bonus, single-term probes and mixtures, every signal used.

        Slot 0 has the bonus alone; the others share out the signals, and then those other than the action
        again and again while slots are left.
        Odd slots are probes of one term (of more where there are more signals than slots).
        """
        if index == 0 and samples > 2:
            return tidy([alive(self._features, rng)])
        place, places = (index - 1, samples - 1) if samples > 2 else (index, samples)
        required, visit = self._required(place, places)
        probes = [probe(name, visit, self._features, self._archetype_order(name), rng) for name in required]
        return tidy(probes) if index % 2 else random_genome(self._features, rng, given=probes)

    def _required(self, place: int, places: int) -> tuple[list[str], int]:
        """Return the signals that a genome of generation 0 must use, and how often they came before."""
        own = self._signals[place::places][:_MOST_REQUIRED]
        if own:
            return own, 0
        again = [name for name in self._signals if name != ACTION] or self._signals
        visit, turn = divmod(place - len(self._signals), len(again))
        return [again[turn]], visit + 1

    def _archetype_order(self, signal: str) -> list[int]:
        order = generator_for(self._seed, "search", "archetypes", signal).permutation(len(ARCHETYPES))
        return [int(position) for position in order]


def operator_shares(samples: int) -> list[str]:
    """Return the operators of a generation: of 16, 7 mutate, 4 retune, 3 cross, 2 seed."""
    fresh = samples // 8
    crosses = round(3 * samples / 16)
    retunes = samples // 4
    counts = {
        "mutate": samples - fresh - crosses - retunes,
        "retune": retunes,
        "cross": crosses,
        "seed": fresh,
    }
    return [operator for operator, count in counts.items() for _ in range(count)]


def draw_parents(ranked: Sequence[Candidate], count: int, rng: np.random.Generator) -> list[Candidate]:
    """Draw `count` different candidates, the better ones more likely: weights n, n-1, …, 1 by rank."""
    if count == 0:
        return []
    weights = np.arange(len(ranked), 0, -1, dtype=np.float64)
    chosen = rng.choice(len(ranked), size=count, replace=False, p=weights / weights.sum())
    return [ranked[int(i)] for i in chosen]


def _parents(archive: Archive) -> list[Candidate]:
    """Return the best third of what was trained, at least four, that search can vary."""
    usable = [c for c in archive.ranked() if c.genome is not None]
    return usable[: max(_FEWEST_PARENTS, math.ceil(len(usable) / 3))]


def _component_curves(candidate: Candidate) -> dict[str, tuple[float, ...]]:
    """Return the component curves of the first search training; empty if there was none."""
    trainings = sorted((e for e in candidate.evaluations if e.stage == "search"), key=lambda e: e.replicate)
    if not trainings:
        return {}
    return {name: trainings[0].curves[f"component/{name}"] for name in trainings[0].components}


def _in_order_of_interest(task: Task) -> list[str]:
    """Return the signals' names, the action last: what happens counts more than what was done."""
    names = [signal.name for signal in task.signals]
    return sorted(names, key=lambda name: name == ACTION)
