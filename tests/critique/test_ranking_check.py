"""A reward is asked whether it pays earlier candidates' policies in the order of their fitness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, Evaluation, Status
from eureka_agent.critique.duplicates import DuplicateCheck
from eureka_agent.critique.ranking import RankingCheck, tau_of
from eureka_agent.critique.recorded import MOST_POLICIES, RecordedPolicies
from eureka_agent.errors import RewardError, StoreError
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.reward import Coded
from eureka_agent.tasks.registry import find_task
from eureka_agent.trajectories.joined import JoinedEpisodes
from eureka_agent.trajectories.trajectory import Trajectory

SOURCE = "def compute_reward(pole_angle):\n    return pole_angle, {'angle': pole_angle}\n"


def episode(angle: float, fitness: float | None) -> Trajectory:
    signals = {"pole_angle": np.full(4, angle, np.float32)}
    return Trajectory(signals, terminated=True, truncated=False, ending="fell", fitness=fitness)


def candidate(name: str, score: float, status: Status = Status.TRAINED) -> Candidate:
    generation, index = map(int, name.split("-"))
    scores = (score - 0.1, score, score + 0.1)
    evaluations = (Evaluation("search", 0, 0, score, scores, 1, 0.0, 0),)
    return Candidate(generation, index, "seed", source=SOURCE, status=status, evaluations=evaluations)


def briefing(angles: Mapping[str, float], scores: Mapping[str, float]) -> Briefing:
    """Policies that hold an angle, each with its score."""
    archive = Archive.of((candidate(name, score) for name, score in scores.items()), sign=1.0)
    recorded = {name: (episode(angle, scores[name]),) * 3 for name, angle in angles.items()}
    return Briefing(archive, trajectories=recorded)


def pays_the_angle(reward: Coded, episodes: JoinedEpisodes) -> list[Trajectory]:
    angles = [one.signals["pole_angle"].astype(float) for one in episodes.episodes]
    return [
        replace(one, reward=angle, components={"lean": 2 * angle, "still": -angle})
        for one, angle in zip(episodes.episodes, angles, strict=True)
    ]


SCORES = {"0-00": 10.0, "0-01": 20.0, "0-02": 30.0}


def check() -> RankingCheck:
    return RankingCheck(find_task("cartpole"), pays_the_angle)


def test_an_order_that_is_kept_is_a_note() -> None:
    (finding,) = check()(SOURCE, briefing({"0-00": 0.1, "0-01": 0.2, "0-02": 0.3}, SCORES))
    assert (finding.rule, finding.severity, finding.value) == ("ranking", "note", 1.0)
    assert "3 earlier policies" in finding.what
    assert "tau of 1.00 over 27 pairs" in finding.what


def test_an_order_turned_round_is_a_warning_that_names_the_pair() -> None:
    (finding,) = check()(SOURCE, briefing({"0-00": 0.3, "0-01": 0.2, "0-02": 0.1}, SCORES))
    assert (finding.severity, finding.value) == ("warning", -1.0)
    assert "pays the policy of 0-00, which scores 10, 1.2 an episode, and the policy of 0-02" in finding.what
    assert "which scores 30, 0.4; of its terms 'lean' 2.4 and 0.8, 'still' -1.2 and -0.4." in finding.what


def test_nothing_is_said_of_a_first_generation_or_of_two_policies() -> None:
    assert check()(SOURCE) == []
    two = {name: SCORES[name] for name in ("0-00", "0-01")}
    assert check()(SOURCE, briefing({"0-00": 0.3, "0-01": 0.2}, two)) == []


def test_a_reward_that_fails_has_no_verdict() -> None:
    def fails(reward: Coded, episodes: JoinedEpisodes) -> list[Trajectory]:
        raise RewardError("It divides by zero.")

    failing = RankingCheck(find_task("cartpole"), fails)
    assert failing(SOURCE, briefing({"0-00": 0.1, "0-01": 0.2, "0-02": 0.3}, SCORES)) == []


class Damaged(dict[str, tuple[Trajectory, ...]]):
    def __getitem__(self, name: str) -> tuple[Trajectory, ...]:
        if name == "0-01":
            raise StoreError("It is no recording.")
        return super().__getitem__(name)


def test_a_recording_that_cannot_be_read_and_episodes_without_an_end_are_left_out() -> None:
    known = briefing({}, SCORES)
    episodes = Damaged({
        "0-00": (episode(0.1, 1.0), episode(0.1, None)), "0-01": (), "0-02": (episode(0.1, None),),
    })  # fmt: skip
    found = RecordedPolicies().of(Briefing(known.archive, trajectories=episodes))
    assert [(one.name, len(one.episodes)) for one in found] == [("the policy of 0-00", 1)]


def test_baselines_are_never_asked_about() -> None:
    known = briefing({"0-00": 0.1}, SCORES)
    episodes = {**known.trajectories, "reference": (episode(0.9, 500.0),) * 3}
    found = RecordedPolicies().of(Briefing(known.archive, trajectories=episodes))
    assert [one.name for one in found] == ["the policy of 0-00"]


def test_of_many_policies_the_best_the_worst_and_some_between_are_asked_and_read_once() -> None:
    scores = {f"0-{n:02d}": float(n) for n in range(40)}
    read: list[str] = []

    class Counted(dict[str, tuple[Trajectory, ...]]):
        def __getitem__(self, name: str) -> tuple[Trajectory, ...]:
            read.append(name)
            return super().__getitem__(name)

    known = briefing(dict.fromkeys(scores, 0.1), scores)
    counted = Briefing(known.archive, trajectories=Counted(known.trajectories))
    recorded = RecordedPolicies()
    found = [one.name for one in recorded.of(counted)]
    assert len(found) == MOST_POLICIES
    assert (found[0], found[-1]) == ("the policy of 0-39", "the policy of 0-00")
    assert [one.name for one in recorded.of(counted)] == found
    assert len(read) == MOST_POLICIES


def test_each_generation_reads_its_own_briefing() -> None:
    known, recorded = briefing({"0-00": 0.1}, {"0-00": 1.0}), RecordedPolicies()
    assert [one.name for one in recorded.of(known)] == ["the policy of 0-00"]
    assert recorded.of(Briefing(known.archive, trajectories={"0-00": ()})) == []


def test_a_tau_is_logged_and_read_back_and_other_findings_look_as_before() -> None:
    told = Finding("ranking", "note", None, "what", "why", "fix", value=0.5)
    plain = Finding("scale", "warning", None, "what", "why", "fix")
    assert tau_of([plain, Finding.from_json(told.to_json())]) == 0.5
    assert "value" not in plain.to_json()
    assert tau_of([plain]) is None


@pytest.mark.parametrize(("status", "refused"), [(Status.DRAFTED_OUT, False), (Status.TRAINED, True)])
def test_what_was_drafted_out_may_be_proposed_again(status: Status, refused: bool) -> None:
    archive = Archive.of([candidate("0-00", 1.0, status)], sign=1.0)
    assert bool(DuplicateCheck()(SOURCE, Briefing(archive))) == refused
