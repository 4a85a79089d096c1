"""One candidate, asked everything at once."""

from __future__ import annotations

import json

import numpy as np
from analysis_fakes import candidate, episode, random_walk, trained

from eureka_agent.analysis.behaviours import Score
from eureka_agent.analysis.observation import ACCUSATIONS
from eureka_agent.analysis.whole import CandidateAnalysis, Known, Played, analyze_candidate
from eureka_agent.trajectories import Trajectory

RISING = [0.1 * k for k in range(10)]
KNOWN = Known(1.0, [random_walk(seed=k, fitness=0.1 * k) for k in range(4)])
FLAT = np.zeros(100)


def standing(fitness: float) -> Trajectory:
    return episode(100, position=FLAT, velocity=FLAT, action=np.zeros((100, 1)), fitness=fitness)


def kinds(analysis: CandidateAnalysis) -> list[str]:
    return [str(finding.kind) for finding in analysis.findings]


def test_who_stands_still_and_scores_nothing_idles() -> None:
    analysis = analyze_candidate(Played(candidate(trained([0.0] * 10, RISING)), [standing(0.0)]), KNOWN)
    assert kinds(analysis)[:2] == ["worse than random", "idling"]
    assert {finding.candidate for finding in analysis.findings} == {"0-00"}
    assert analysis.findings[1].steps == (0, 99)
    assert json.loads(json.dumps(analysis.to_json()))["outcomes"][0]["name"] == "never started"


def test_who_stands_still_and_scores_well_is_not_accused() -> None:
    good = candidate(trained(RISING, RISING))
    analysis = analyze_candidate(Played(good, [standing(0.9), random_walk(fitness=0.8)]), KNOWN)
    assert "still" in kinds(analysis)
    assert not {finding.kind for finding in analysis.findings} & ACCUSATIONS
    assert analysis.worst is not None
    assert analysis.best is not None
    assert (analysis.worst.episode, analysis.best.episode) == (1, 0)


def test_a_smaller_fitness_may_be_the_better() -> None:
    known = Known(-1.0)
    analysis = analyze_candidate(Played(candidate(), [standing(0.9), standing(0.8)]), known)
    assert analysis.worst is not None
    assert analysis.worst.episode == 0


def test_a_child_is_told_apart_from_its_parent() -> None:
    source = "def compute_reward(position):\n    near = -position\n    return near, {'near': near}\n"
    parent = Played(candidate(source=source), [random_walk()])
    child = Played(candidate(source=source.replace("-position", "position"), index=1), [standing(0.0)])
    analysis = analyze_candidate(child, KNOWN, parent)
    assert {"changed code", "moved"} <= set(kinds(analysis))
    assert "+    near = position" in analysis.code_diff
    assert analyze_candidate(child, KNOWN).code_diff == ""


def test_what_is_missing_is_said_and_breaks_nothing() -> None:
    nothing = analyze_candidate(Played(candidate()), Known())
    assert kinds(nothing) == ["unknown"]
    assert nothing.worst is None
    damaged = analyze_candidate(Played(candidate(), unreadable="the file is cut off"), KNOWN)
    assert damaged.findings[0].citation == "candidate 0-00, the file is cut off"
    undirected = analyze_candidate(Played(candidate(trained(RISING, RISING)), [random_walk()]), Known())
    assert [finding.reason for finding in undirected.findings if finding.kind == "unknown"] == [
        "a log of an earlier version", "no recording of random play to measure by",
    ]  # fmt: skip


def test_events_and_parts_of_a_task_are_told_with_their_episode() -> None:
    masks = {"it crouches": np.arange(100) > 50, "it walks": np.zeros(100, bool)}
    played = Played(candidate(), [standing(0.5), standing(0.0)], [masks, masks], [masks, masks])
    found = {(str(f.kind), f.episode): f.text for f in analyze_candidate(played, KNOWN).findings}
    assert "'it crouches' first at step 51" in found["event", 1]
    assert "'it walks' held on no step" in found["zero part", 1]
    assert ("zero part", 0) not in found


def test_an_episode_that_never_ended_is_called_so() -> None:
    running = episode(100, "running", position=np.arange(100), velocity=np.arange(100))
    analysis = analyze_candidate(Played(candidate(), [running]), KNOWN)
    assert any("still running when the recording ended" in finding.text for finding in analysis.findings)


def test_random_play_of_which_only_the_quick_ended_scores_nothing() -> None:
    whole, cut = random_walk(fitness=1.0), random_walk(ending="running")
    assert len(Known(1.0, [whole, whole]).ended) == 2
    assert Known(1.0, [whole, cut]).ended == []
    assert len(Known(1.0, [whole, random_walk(ending="running", earlier=1), whole]).ended) == 2
    by = Known(1.0, [whole, whole]).yardstick
    assert by is not None
    assert (by.random_length, by.at_random) == (200, Score(1.0, 0.0))
    assert Known(None, [whole, whole]).yardstick is None
