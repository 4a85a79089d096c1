from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from design_fakes import archive_of, failed, make_task, trained

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.archive.candidate import Candidate, Evaluation, Status
from eureka_agent.design.proposer import Slot
from eureka_agent.design.search.features import features_of
from eureka_agent.design.search.genome import (
    ABOVE,
    ABSOLUTE,
    ALIVE,
    APPROACH,
    BELOW,
    CHANGE,
    EFFORT,
    LINEAR,
    NEAR,
    PLATEAU,
    SHAPES,
    SQUARED,
    Genome,
    Term,
)
from eureka_agent.design.search.operators import cross, mutate, retune
from eureka_agent.design.search.proposer import Search, draw_parents, operator_shares
from eureka_agent.design.search.render import component_names, render
from eureka_agent.design.search.sampling import PRIORS, draw_centre, random_genome
from eureka_agent.errors import StoreError
from eureka_agent.rewards.loader import load_reward
from eureka_agent.rewards.output import validated
from eureka_agent.rewards.rules import check_source
from eureka_agent.rewards.source import normalised_digest, parse_reward
from eureka_agent.store.event_types import GenerationPlanned, event_json, parse_event, plain
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Signal, Task

SIGNALS = (
    Signal("position", (), "m", "", -1.2, 0.6),
    Signal("velocity", (), "m/s", "", -0.07, 0.07),
    Signal("free", ()),
    Signal("vast", (), "", "", -3.4e38, 3.4e38),
    Signal("wind", (3,), "N", "", -5.0, 5.0),
    Signal("grid", (2, 2), "", "", 0.0, 1.0),
    Signal("kind", (), "", "", 0, 6, "int32"),
    Signal("action", (2,), "", "", -2.0, 2.0),
)
FEATURES = features_of(SIGNALS)
ROWS = 32


def search(task: Task | None = None, seed: int = 1, **options) -> Search:
    return Search(task or make_task(signals=SIGNALS), seed, **options)


def genomes(count: int, seed: int = 0) -> list[Genome]:
    rng = np.random.default_rng(seed)
    return [random_genome(FEATURES, rng) for _ in range(count)]


def data(kind: str) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(5)
    values = {}
    for signal in make_task(signals=SIGNALS).all_signals:
        shape = (ROWS, *signal.shape)
        if signal.dtype == "int32":
            values[signal.name] = rng.integers(0, 7, shape).astype(np.int32)
            continue
        drawn = rng.normal(size=shape) * {"small": 0.1, "large": 1e3, "extreme": 1.0, "zero": 0.0}[kind]
        if kind == "extreme":
            drawn = np.where(drawn > 0, 3.4e38, -3.4e38)
        values[signal.name] = drawn.astype(np.float32)
    return values


def as_candidate(
    genome: Genome, generation: int = 0, index: int = 0, fitness: float = 1.0, curves=None
) -> Candidate:
    named = {f"component/{name}": tuple(values) for name, values in (curves or {}).items()}
    evaluation = Evaluation("search", 0, 1, fitness, (fitness,), 1, 1.0, 0, named)
    return Candidate(
        generation, index, "seed", source=render(genome), genome=json.loads(json.dumps(genome.to_json())),
        status=Status.TRAINED, evaluations=(evaluation,),
    )  # fmt: skip


def archive_from(slots: list[Slot], proposer: Search, *, known=()) -> tuple[Candidate, ...]:
    made = []
    for slot in slots:
        draft = proposer.propose(slot, Briefing(archive_of(*known)))
        assert draft.genome is not None
        made.append(
            as_candidate(Genome.from_json(draft.genome), slot.generation, slot.index, float(slot.index))
        )
    return tuple(made)


def test_300_random_rewards_keep_the_contract_and_stay_finite() -> None:
    names = [signal.name for signal in make_task(signals=SIGNALS).all_signals]
    inputs = [data(kind) for kind in ("small", "large", "extreme", "zero")]
    shapes = set()
    with np.errstate(all="raise", under="ignore"):
        for genome in genomes(300):
            text = render(genome)
            assert check_source(text, names) == []
            reward = load_reward(text, signals=names)
            assert reward.source.components == component_names(genome)
            assert reward.source.docstring
            assert max(map(len, text.splitlines())) <= 200
            for signals in inputs:
                output = validated(reward(signals), ROWS)
                np.testing.assert_allclose(
                    output.reward, sum(output.components.values()), rtol=1e-4, atol=1e-4
                )
            shapes |= {term.shape for term in genome.terms}
    assert shapes == {*SHAPES, ALIVE, EFFORT}


def test_a_rendered_reward_reads_like_hand_written_code() -> None:
    genome = Genome(
        (
            Term(NEAR, "position", (), 0.8, 0.45, 0.2, 0.5, "m"),
            Term(LINEAR, "wind", (2,), -0.25, 0.0, 2.5, 1.0, "N"),
            Term(EFFORT, "action", (), -0.01, 0.0, 2.0),
        )
    )
    assert render(genome) == (
        "import numpy as np\n\n\n"
        "def compute_reward(position, wind, action):\n"
        '    """Reward position near 0.45 m; reward a low wind_2; penalise the effort of acting."""\n'
        "    # Reward position near 0.45 m; one unit is 0.2 m.\n"
        "    position_near_x = (np.clip(position, -1.55, 2.45) - 0.45) / 0.2\n"
        "    position_near = 0.8 * np.exp(-np.square(position_near_x) / 0.5)\n"
        "    # Reward a low wind_2; one unit is 2.5 N.\n"
        "    wind_2_low_x = np.clip(wind[:, 2], -25.0, 25.0) / 2.5\n"
        "    wind_2_low = -0.25 * wind_2_low_x\n"
        "    # Penalise the effort of acting; one unit is 2.0.\n"
        "    effort = -0.01 * np.sum(np.square(np.clip(action, -20.0, 20.0) / 2.0), axis=-1)\n"
        "    reward = position_near + wind_2_low + effort\n"
        '    return reward, {"position_near": position_near, "wind_2_low": wind_2_low, "effort": effort}\n'
    )


@pytest.mark.parametrize(
    ("term", "x", "before", "expected"),
    [
        (Term(LINEAR, "free", (), 2.0, scale=0.5), 1.0, 0.0, 4.0),
        (Term(ABSOLUTE, "free", (), 1.0, centre=3.0), 1.0, 0.0, 2.0),
        (Term(SQUARED, "free", (), -1.0), 3.0, 0.0, -9.0),
        (Term(SQUARED, "free", (), 1.0, scale=0.1), 1e30, 0.0, 100.0),
        (Term(NEAR, "free", (), 1.0, centre=1.0, temperature=2.0), 3.0, 0.0, np.exp(-2.0)),
        (Term(PLATEAU, "free", (), 1.0, temperature=0.5), 0.4, 0.0, 1.0),
        (Term(PLATEAU, "free", (), 1.0, temperature=0.5), 1.0, 0.0, 0.5),
        (Term(PLATEAU, "free", (), 1.0, temperature=0.5), 2.0, 0.0, 0.0),
        (Term(ABOVE, "free", (), 1.0, centre=0.5), 0.6, 0.0, 1.0),
        (Term(BELOW, "free", (), 1.0, centre=0.5), 0.6, 0.0, 0.0),
        (Term(CHANGE, "free", (), 1.0, scale=0.1), 0.3, 0.2, 1.0),
        (Term(APPROACH, "free", (), 1.0, centre=1.0, scale=0.5), 0.5, 0.0, 1.0),
        (Term(ALIVE, "free", (), 0.5), 9.0, 0.0, 0.5),
    ],
)
def test_every_shape_computes_what_it_says(term: Term, x: float, before: float, expected: float) -> None:
    row = {"free": np.full(2, x, np.float32), "prev_free": np.full(2, before, np.float32)}
    assert load_reward(render(Genome((term,))))(row).reward == pytest.approx([expected] * 2, rel=1e-5)


def test_the_norm_of_a_vector_is_its_length() -> None:
    reward = load_reward(render(Genome((Term(LINEAR, "wind", "norm", 1.0, 0.0, 2.0),))))
    assert reward({"wind": np.array([[3.0, 4.0, 0.0]], np.float32)}).reward == pytest.approx([2.5])


def test_equal_terms_get_names_of_their_own() -> None:
    term = Term(NEAR, "free")
    names = component_names(Genome((term, Term(NEAR, "free", centre=1.0), Term(ABSOLUTE, "free"))))
    assert len(set(names)) == 3
    clash = Genome((Term(NEAR, "free"), Term(LINEAR, "free_near")))
    assert "free_near" not in component_names(clash)


def test_genomes_survive_json() -> None:
    for genome in genomes(100):
        again = Genome.from_json(json.loads(json.dumps(genome.to_json())))
        assert again == genome
        assert render(again) == render(genome)


def test_proposals_are_deterministic_and_seeds_matter() -> None:
    def sources(seed: int) -> list[str | None]:
        proposer = search(seed=seed)
        return [proposer.propose(s, Briefing()).source for s in proposer.plan(0, 16, archive_of())]

    assert sources(1) == sources(1)
    assert sources(1) != sources(2)


def test_generation_0_probes_every_signal_and_the_constant_bonus() -> None:
    for samples in (4, 8, 16):
        proposer = search()
        made = archive_from(proposer.plan(0, samples, archive_of()), proposer)
        found = [Genome.from_json(c.genome) for c in made if c.genome is not None]
        assert {name for genome in found for name in genome.signals} == {s.name for s in SIGNALS}
        assert [term.shape for term in found[0].terms] == [ALIVE]
        assert len({normalised_digest(c.source or "") for c in made}) == samples
    assert sum(len(genome.terms) == 1 for genome in found) >= 5


def test_no_reward_is_proposed_twice_in_a_run() -> None:
    task = make_task(signals=(Signal("kind", (), "", "", 0.0, 1.0),))
    proposer = search(task)
    known: tuple[Candidate, ...] = ()
    for generation in range(4):
        slots = proposer.plan(generation, 16, archive_of(*known))
        known += archive_from(slots, proposer, known=known)
    digests = Counter(normalised_digest(candidate.source or "") for candidate in known)
    assert max(digests.values()) == 1


def test_a_slot_says_all_that_proposing_it_takes() -> None:
    """On pendulum, too, where slots that knew nothing of each other would draw the same reward."""
    for task in (make_task(signals=SIGNALS), find_task("pendulum")):
        first = search(task)
        known = archive_from(first.plan(0, 8, archive_of()), first)
        archive = archive_of(*known)
        slots = first.plan(1, 8, archive)
        planned = GenerationPlanned(generation=1, slots=tuple(slots))
        logged = parse_event(json.loads(json.dumps(event_json(planned), default=plain)))
        assert isinstance(logged, GenerationPlanned)
        assert list(logged.slots) == slots
        for slot, again in zip(slots, logged.slots, strict=True):
            assert search(task).propose(again, Briefing(archive)) == first.propose(slot, Briefing(archive))
        assert len({first.propose(slot, Briefing(archive)).source for slot in slots}) == 8


@pytest.mark.parametrize(
    "genome",
    [
        None,
        {},
        {"terms": 3},
        {"terms": [{"shape": "near"}]},
        {"terms": [{"shape": "none", "signal": "free", "index": []}]},
        {"terms": [{"shape": "near", "signal": "free", "index": [], "weight": "1"}]},
    ],
)
def test_a_genome_that_search_never_drew_is_a_sentence(genome: dict[str, object] | None) -> None:
    with pytest.raises(StoreError, match="Slot 0-00 cannot be filled: its genome is none that search draws"):
        search().propose(Slot(0, 0, "seed", genome=genome), Briefing())


def test_shares_of_the_operators() -> None:
    assert Counter(operator_shares(16)) == {"mutate": 7, "retune": 4, "cross": 3, "seed": 2}
    for samples in range(1, 40):
        assert len(operator_shares(samples)) == samples
    assert set(operator_shares(1)) == {"mutate"}


def test_parents_are_the_best_and_known_genomes_only() -> None:
    made = [as_candidate(genome, 0, i, float(i)) for i, genome in enumerate(genomes(15))]
    given = trained(0, 20, 99.0, operator="given")
    archive = archive_of(*made, given, failed(0, 21, "no"))
    slots = [slot for seed in range(20) for slot in search(seed=seed).plan(1, 16, archive)]
    chosen = Counter(parent for slot in slots for parent in slot.parents)
    assert set(chosen) <= {"0-14", "0-13", "0-12", "0-11", "0-10"}
    assert chosen["0-14"] > 2 * chosen["0-10"]
    for slot in slots:
        assert len(set(slot.parents)) == {"seed": 0, "cross": 2}.get(slot.operator, 1)


def test_by_posterior_parents_are_draws_of_known_genomes() -> None:
    made = [as_candidate(genome, 0, i, float(i)) for i, genome in enumerate(genomes(15))]
    archive = replace(archive_of(*made, trained(0, 20, 99.0, operator="given")), by_posterior=True)
    slots = [slot for seed in range(20) for slot in search(seed=seed).plan(1, 16, archive)]
    chosen = Counter(parent for slot in slots for parent in slot.parents)
    assert "0-20" not in chosen
    assert chosen["0-14"] > chosen["0-07"]
    for slot in slots:
        assert len(set(slot.parents)) == {"seed": 0, "cross": 2}.get(slot.operator, 1)


def test_without_anything_trained_all_slots_are_fresh() -> None:
    slots = search().plan(1, 8, archive_of(failed(0, 0, "no")))
    assert {slot.operator for slot in slots} == {"seed"}


def test_one_parent_alone_cannot_be_crossed() -> None:
    slots = search().plan(1, 16, archive_of(as_candidate(genomes(1)[0])))
    assert "cross" not in {slot.operator for slot in slots}
    assert draw_parents([], 0, np.random.default_rng(0)) == []


def test_a_mutation_changes_little_and_something() -> None:
    rng = np.random.default_rng(0)
    kept, unchanged = 0, 0
    for genome in genomes(200):
        child = mutate(genome, FEATURES, rng)
        assert 1 <= len(child.terms) <= 5
        kept += any(term.feature in {t.feature for t in genome.terms} for term in child.terms)
        unchanged += child == genome
    assert kept > 150
    assert unchanged < 10


def test_a_cross_takes_from_both_parents() -> None:
    rng = np.random.default_rng(0)
    ours = Genome((Term(NEAR, "position"), Term(LINEAR, "velocity")))
    theirs = Genome((Term(SQUARED, "free"), Term(ABSOLUTE, "wind", (0,)), Term(ABOVE, "wind", (1,))))
    for _ in range(50):
        child = cross(ours, theirs, rng)
        assert set(child.terms) <= set(ours.terms + theirs.terms)
        assert set(child.terms) & set(ours.terms)
        assert set(child.terms) & set(theirs.terms)
        assert len(child.terms) <= 4


def test_retune_strengthens_the_weak_and_drops_the_dead() -> None:
    big, small, dead, bonus = (
        Term(LINEAR, "position", weight=1.0),
        Term(LINEAR, "velocity", weight=0.1),
        Term(ABOVE, "free", weight=1.0, centre=50.0),
        Term(ALIVE, "free", weight=0.5),
    )
    curves = {
        "position_high": (1.0, 2.0),
        "velocity_high": (0.01, 0.02),
        "free_above": (0.0, 0.0),
        "alive": (0.5, 0.5),
    }
    genome = Genome((big, small, dead, bonus))
    assert set(component_names(genome)) == set(curves)
    child = {
        term.shape + term.signal: term for term in retune(genome, curves, np.random.default_rng(0)).terms
    }
    assert set(child) == {"linearposition", "linearvelocity", "alivefree"}
    assert child["linearvelocity"].weight > 0.5
    assert child["linearposition"].weight == pytest.approx(1.0, rel=0.6)


@pytest.mark.parametrize(("height", "narrower"), [(0.95, True), (0.01, False)])
def test_retune_narrows_reached_bells_and_widens_unreached_ones(height: float, narrower: bool) -> None:
    genome = Genome((Term(NEAR, "position", weight=2.0, temperature=0.5),))
    curves = {"position_near": (0.3, 2.0 * height, 2.0 * height)}
    (term,) = retune(genome, curves, np.random.default_rng(0)).terms
    assert (term.temperature < 0.5) == narrower


def test_retune_keeps_a_last_dead_term_and_needs_no_curves() -> None:
    genome = Genome((Term(LINEAR, "free", weight=1.0),))
    assert len(retune(genome, {"free_high": (0.0, 0.0)}, np.random.default_rng(0)).terms) == 1
    assert retune(genome, {}, np.random.default_rng(0)).terms[0].feature == ("free", ())


def test_retune_reads_the_parents_training() -> None:
    genome = Genome((Term(LINEAR, "position", weight=1.0), Term(ABOVE, "velocity", weight=1.0, centre=9.0)))
    parent = as_candidate(genome, curves={"position_high": (0.1, 0.5), "velocity_above": (0.0, 0.0)})
    proposer, archive = search(), archive_of(parent)
    slot = next(slot for slot in proposer.plan(1, 4, archive) if slot.operator == "retune")
    assert parse_reward(proposer.propose(slot, Briefing(archive)).source or "").arguments == ("position",)


def test_archetypes_are_likely_for_any_scalar_signal() -> None:
    """A lone signal is soon rewarded for its size, and for staying near zero or the middle of its range."""
    found = Counter()
    features = features_of((SIGNALS[0], SIGNALS[1], SIGNALS[-1]))
    rng = np.random.default_rng(3)
    for _ in range(1000):
        for term in random_genome(features, rng).terms:
            if term.signal == "velocity":
                sign = "+" if term.weight > 0 else "-"
                found[f"{sign}{term.shape}", abs(term.centre) < 0.01] += 1
    for archetype in ("+absolute", "+squared", "-absolute", "-squared", "+near", "+linear", "-linear"):
        assert found[archetype, True] > 30, archetype


def test_generation_0_looks_at_a_signal_in_several_ways() -> None:
    task = make_task(signals=(SIGNALS[0], SIGNALS[1], SIGNALS[-1]))
    for seed in range(5):
        proposer = search(task, seed=seed)
        found = [
            Genome.from_json(c.genome or {})
            for c in archive_from(proposer.plan(0, 16, archive_of()), proposer)
        ]
        ways = {
            (t.shape, t.weight > 0) for genome in found for t in genome.terms[:1] if t.signal == "velocity"
        }
        assert len(ways) >= 4


def test_scales_and_centres_follow_declared_ranges_then_observed_ones() -> None:
    by_name = {feature.name: feature for feature in FEATURES}
    assert (by_name["position"].low, by_name["position"].middle) == (-1.2, pytest.approx(-0.3))
    assert by_name["velocity"].scale == pytest.approx(0.035)
    assert by_name["free"].low is None
    assert by_name["vast"].high is None
    assert by_name["wind_norm"].scale == pytest.approx(2.5 * 3**0.5)
    assert {"grid_0_1", "grid_1_1"} <= set(by_name)
    assert "grid_norm" not in by_name
    observed = {"free": (-9.0, 1.0, 0.3), "wind": ([-1.0] * 3, [1.0] * 3, [0.1, 0.2, 0.0])}
    seen = {feature.name: feature for feature in features_of(SIGNALS, observed)}
    assert (seen["free"].low, seen["free"].high, seen["free"].scale) == (-9.0, 1.0, 0.3)
    assert (seen["wind_0"].low, seen["wind_1"].scale, seen["wind_2"].scale) == (-5.0, 0.2, 2.5)


def test_centres_stay_within_the_range() -> None:
    rng = np.random.default_rng(0)
    position = next(feature for feature in FEATURES if feature.name == "position")
    for shape in SHAPES:
        drawn = [draw_centre(position, shape, rng) for _ in range(200)]
        assert all(-1.2 <= centre <= 0.6 for centre in drawn)


def test_large_observations_are_thinned_out() -> None:
    features = features_of((Signal("pixels", (40, 40)),))
    assert len(features) == 64
    assert len({feature.index for feature in features}) == 64


def test_priors_are_probabilities() -> None:
    assert set(PRIORS) == set(SHAPES)
    assert sum(prior.probability for prior in PRIORS.values()) == pytest.approx(1.0)


def test_search_repairs_nothing() -> None:
    proposer = search()
    (slot,) = proposer.plan(0, 1, archive_of())
    assert proposer.repair(slot, proposer.propose(slot, Briefing()), [], 1, Briefing()) is None
