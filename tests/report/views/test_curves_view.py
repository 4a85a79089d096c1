"""What components paid over a training, and how rewards learned on fresh seeds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from synthetic_run import COMPONENTS, synthetic_run

from eureka_agent.archive.candidate import Candidate, Evaluation
from eureka_agent.report.views.curves import RESIDUAL, components_view, learning_curves
from eureka_agent.store.state import RunState


def trained(**curves: tuple[float, ...]) -> RunState:
    named = {name.replace("__", "/"): values for name, values in curves.items()}
    one = Evaluation("search", 0, 1, 1.0, (1.0,), 100, 1.0, 1, named)
    return RunState(candidates={"0-00": Candidate(0, 0, "seed", evaluations=(one,))})


def test_shares_are_of_the_summed_sizes_at_each_checkpoint() -> None:
    state = trained(component__good=(3.0, 0.0), component__cost=(-1.0, 0.0), reward=(2.0, 0.0))
    view = components_view(state, "0-00")
    assert view is not None
    assert [(c.name, c.raw, c.share) for c in view.components] == [
        ("good", (3.0, 0.0), (0.75, 0.0)), ("cost", (-1.0, 0.0), (0.25, 0.0)),
    ]  # fmt: skip
    assert (view.stage, view.kept, view.left_out) == ("search", 1, 0)


def test_what_is_paid_beside_the_components_is_one_more() -> None:
    view = components_view(trained(component__a=(1.0, 1.0), reward=(1.5, 3.0)), "0-00")
    assert view is not None
    assert [(c.name, c.raw) for c in view.components] == [(RESIDUAL, (0.5, 2.0)), ("a", (1.0, 1.0))]


@pytest.mark.parametrize("name", [None, "0-00", "9-99"])
def test_without_curves_there_is_nothing_to_show(name: str | None) -> None:
    assert components_view(trained(fitness=(1.0, 2.0)), name) is None


def test_the_training_of_median_score_is_shown(tmp_path: Path) -> None:
    state = synthetic_run(tmp_path / "run", generations=2, samples=4)
    assert state.confirmation is not None
    winner = state.confirmation.winner
    view = components_view(state, winner)
    assert view is not None
    scores = sorted(state.confirmation.table[0].seeds)
    assert (view.stage, view.fitness[-1]) == ("confirm", scores[3])
    assert {c.name for c in view.components} >= set(COMPONENTS)


def test_all_rewards_learn_on_all_fresh_seeds(tmp_path: Path) -> None:
    state = synthetic_run(tmp_path / "run", generations=2, samples=4)
    curves = learning_curves(state)
    assert [one.name for one in curves][1:] == ["reference", "sparse"]
    assert all(len(one.seeds) == 8 for one in curves)
    assert curves[1].mean[0] == 0.0
    assert curves[1].mean[-1] == pytest.approx(307.0)


def test_a_curve_that_lacks_checkpoints_is_left_out(tmp_path: Path) -> None:
    state = synthetic_run(tmp_path / "run", generations=1, samples=2)
    first = state.baselines["sparse"][0]
    state.baselines["sparse"][0] = replace(first, curves={"fitness": (1.0, 2.0)})
    assert len(learning_curves(state)[2].seeds) == 7
