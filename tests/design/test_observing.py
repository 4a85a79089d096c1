from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from design_fakes import SOURCE, archive_of, make_task, trained
from trajectory_fakes import running

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate
from eureka_agent.design.designer import Designer
from eureka_agent.design.observing import MOST_LINES, PolicyObserver, lines_of
from eureka_agent.design.proposer import Slot
from eureka_agent.errors import RewardError, StoreError
from eureka_agent.llm.scripted import ScriptedModel
from eureka_agent.rewards.reward import Coded
from eureka_agent.store.records import PolicyStats
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


def bumping(highest: float) -> Trajectory:
    """Return an episode with three peaks, at which much moves that has a long name."""
    made, steps = episode(np.linspace(2, 9, 40)), np.arange(40)
    impact = np.where(steps % 12 == 1, highest - steps / 100, 1.0)
    moving = {f"velocity_of_the_left_foot_{n}": np.where(steps % 12 == 1, 0.123, -4.56) for n in range(6)}
    return replace(made, signals={**made.signals, "impact": impact, **moving})


def watching(*names: str) -> PolicyObserver:
    return PolicyObserver(make_task(safety_signals=names), [bumping(3.0)])


def test_peaks_of_safety_signals_are_told_of_the_worst_episode_and_one_more() -> None:
    episodes = [bumping(highest) for highest in (20.0, 40.0, 30.0)]
    told = [line for line in watching("impact")(FALLING, episodes) if "peaks" in line]
    assert [line.split(",")[0] for line in told] == [
        "impact peaks at 39.99 (step 1)", "impact peaks at 29.99 (step 1)",
    ]  # fmt: skip
    assert told[0].endswith("[candidate 0-01, episode 1, steps 1 to 25]")
    assert not any("peaks" in line for line in watching()(FALLING, episodes))


def test_peaks_take_no_room_from_what_else_there_is_to_say() -> None:
    kinds = ("never fires", "floods", "saturates", "course", "still")
    wordy = [Observation(ObservationKind(kind), f"It {kind}.", checkpoint=1) for kind in kinds for _ in "ab"]
    peaks = [Observation(ObservationKind.PEAK, f"impact peaks {n}", episode=n) for n in range(3)]
    sibling = Observation(ObservationKind.SIBLING, "Another did.", reason="its code")
    lines = lines_of([*wordy, *peaks, sibling])
    assert len(lines) == MOST_LINES + 2
    assert lines[-4:] == [
        "It still. [checkpoint 1]", "impact peaks 0 [episode 0]", "impact peaks 1 [episode 1]",
        "Another did. [its code]",
    ]  # fmt: skip


def test_the_designers_prompt_has_the_sentence_and_grows_by_no_more_than_600_characters() -> None:
    def prompt(observe: PolicyObserver) -> str:
        stats = PolicyStats(observations=tuple(observe(FALLING, [bumping(20.0), bumping(40.0)])))
        model = ScriptedModel(lambda key, messages: f"```python\n{SOURCE}```\n")
        briefing = Briefing(archive_of(FALLING), {"0-01": stats})
        Designer(make_task(), model).propose(Slot(1, 0, "rewrite", ("0-01",)), briefing)
        ((_, messages),) = model.requests
        return messages[1].content

    told, silent = prompt(watching("impact")), prompt(watching())
    assert "- impact peaks at 39.99 (step 1), 39.87 (step 13) and 39.75 (step 25), up to 40 times its" in told
    assert "; 3 steps before and then: velocity_of_the_left_foot_0 -4.56→0.123, -4.56→0.123, " in told
    assert "peaks" not in silent
    assert 0 < len(told) - len(silent) <= 600
