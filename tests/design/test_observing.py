from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from design_fakes import make_task, trained
from trajectory_fakes import running

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate
from eureka_agent.design.observing import MOST_LINES, PolicyObserver
from eureka_agent.errors import RewardError, StoreError
from eureka_agent.rewards.reward import Coded
from eureka_agent.trajectories.trajectory import Trajectory

RANDOM = np.random.default_rng(0)


def episode(position: np.ndarray) -> Trajectory:
    made = running({"position": position, "action": np.zeros((len(position), 2))})
    return replace(made, terminated=True, ending="terminated", fitness=1.0)


AT_RANDOM = [episode(RANDOM.normal(size=40).cumsum() / 9) for _ in range(4)]
FALLING = trained(0, 1, 5.0)


def test_lines_carry_their_citation_and_are_few() -> None:
    observe = PolicyObserver(make_task(), AT_RANDOM)
    lines = observe(FALLING, [episode(np.linspace(0, 9, 40)) for _ in range(30)])
    assert 0 < len(lines) <= MOST_LINES
    assert all("[candidate 0-01" in line for line in lines)


def test_a_score_that_falls_while_a_component_rises_comes_first() -> None:
    evaluation = FALLING.evaluations[0]
    curves = {**evaluation.curves, "fitness": (9.0, 5.0, 1.0), "fitness_error": (0.1, 0.1, 0.1)}
    hacked = replace(FALLING, evaluations=(replace(evaluation, curves=curves),))
    line = PolicyObserver(make_task(), AT_RANDOM)(hacked, [])[0]
    assert "near" in line
    assert "checkpoint" in line


def test_events_that_cannot_be_read_from_a_recording_are_left_out() -> None:
    task = make_task(events=lambda signals: {"it stopped": signals["gone"] > 0})
    lines = PolicyObserver(task, AT_RANDOM)(FALLING, [episode(np.zeros(40))])
    assert not any("it stopped" in line for line in lines)


def test_what_siblings_changed_and_what_came_of_it_stands_last() -> None:
    assert FALLING.source is not None
    parent = replace(trained(0, 0, 3.0), parents=())
    own = replace(trained(1, 0, 5.0), parents=("0-00",), source=FALLING.source.replace("-0.01", "-0.02"))
    others = [
        replace(trained(1, 1 + n, 1.0 + n), parents=("0-00",), source=FALLING.source.replace("0.5", f"{n}.0"))
        for n in range(4)
    ]
    archive = Archive.of([parent, own, *others], sign=1.0)
    recorded = {one.id: (episode(np.linspace(0, 9, 40)),) for one in archive.candidates}
    briefing = Briefing(archive, trajectories=recorded)
    lines = PolicyObserver(make_task(), AT_RANDOM)(own, [episode(np.zeros(40))] * 9, briefing)
    assert len(lines) <= MOST_LINES
    first, second = lines[-2:]
    assert first.startswith("1-01, also of 0-00, changed 'near' (0.5 → 0.0) and scored 1; this one")
    assert "changed 'effort' (0.01 → 0.02) and scored 5" in first
    assert second.startswith("1-02, also of 0-00")
    assert not any("also of" in line for line in lines[:-2])
    assert any("moved against 0-00" in line for line in lines)


class Unreadable(dict):
    def get(self, name, default=None):  # type: ignore[override]
        raise StoreError("the file is cut off")


def test_kin_whose_episodes_cannot_be_read_are_told_without_them() -> None:
    parent, own, other = (
        replace(trained(min(n, 1), n, 3.0 + n), parents=("0-00",) * min(n, 1)) for n in range(3)
    )
    briefing = Briefing(Archive.of([parent, own, other], sign=1.0), trajectories=Unreadable())
    lines = PolicyObserver(make_task(), AT_RANDOM)(own, [episode(np.zeros(40))], briefing)
    assert lines[-1].startswith("1-02, also of 0-00, changed nothing and scored 5")


def test_a_reward_that_pays_more_for_what_scores_less_is_told_beside_the_best_of_the_others() -> None:
    def scoring(index: int, *scores: float) -> Candidate:
        made = trained(0, index, scores[0])
        return replace(made, evaluations=(replace(made.evaluations[0], episode_fitness=scores),))

    def paying(reward: Coded, episodes: Sequence[Trajectory]) -> list[Trajectory]:
        """Pay for standing far left, where the better one is not."""
        return [replace(one, reward=-one.signals["position"].ravel()) for one in episodes]

    own, better = scoring(0, 0.1, 0.11), scoring(1, 300.0, 301.0)
    left = tuple(replace(episode(np.full(40, -5.0 - n / 99)), fitness=0.1) for n in range(2))
    right = tuple(replace(episode(np.full(40, 5.0 + n / 99)), fitness=300.0) for n in range(2))
    briefing = Briefing(Archive.of([own, better], sign=1.0), trajectories={"0-00": left, "0-01": right})
    paid = paying(Coded(own.source or ""), left)
    asked = PolicyObserver(make_task(), AT_RANDOM, paying)(own, paid, briefing)
    assert "candidate 0-01" in asked[0]
    assert "pays more for what was learned than for what scores better" in asked[0]
    assert not any(
        "scores better" in line for line in PolicyObserver(make_task(), AT_RANDOM)(own, paid, briefing)
    )


def test_a_reward_that_cannot_be_asked_is_compared_with_nobody() -> None:
    def paying(reward: Coded, episodes: Sequence[Trajectory]) -> Sequence[Trajectory]:
        raise RewardError("It needs a signal that was not recorded.")

    observe = PolicyObserver(make_task(), AT_RANDOM, paying)
    assert observe(FALLING, [episode(np.zeros(40))]) == PolicyObserver(make_task(), AT_RANDOM)(
        FALLING, [episode(np.zeros(40))]
    )
