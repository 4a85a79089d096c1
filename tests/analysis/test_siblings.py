"""Children of one parent side by side."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
from analysis_fakes import candidate, episode, trained

from eureka_agent.analysis.siblings import families, observe_siblings, siblings_of
from eureka_agent.analysis.whole import Known, Played, analyze_candidate

SOURCE = """def compute_reward(position):
    near = -position
    high = position
    return near + high, {'near': near, 'high': high}
"""


def one(generation: int, index: int, score: float | None, source: str = SOURCE, at: float = 0.0, **changes):
    evaluations = () if score is None else (trained([score]),)
    made = candidate(*evaluations, source=source, index=index)
    made = replace(made, generation=generation, parents=("0-00",) if generation else (), **changes)
    return Played(made, [episode(40, position=at + np.arange(40.0) / 40)])


PARENT = one(0, 0, 10.0)
NEARER = one(1, 0, 15.0, SOURCE.replace("near = -position", "near = -2 * position"), at=0.0)
FARTHER = one(1, 1, 4.0, SOURCE.replace("high = position", "high = -position"), at=3.0)
SAME = one(1, 2, 10.5)
ELSEWHERE = one(2, 0, 20.0)
REFUSED = one(1, 3, None, SOURCE.replace("    high", "    low"))
EVERYBODY = [PARENT, NEARER, FARTHER, SAME, REFUSED, ELSEWHERE]
CANDIDATES = [played.candidate for played in EVERYBODY]


def test_children_of_one_parent_and_generation_are_a_family() -> None:
    (family,) = families(CANDIDATES, of)
    assert (family.parent, family.generation, family.fitness) == ("0-00", 1, 10.0)
    assert [child.id for child in family.children] == ["1-00", "1-01", "1-02", "1-03"]
    nearer, farther, same, refused = family.children
    assert (nearer.changed, nearer.fitness, nearer.gained, nearer.moved) == ("changed 'near'", 15.0, 5.0, "")
    assert farther.changed == "changed 'high'"
    assert farther.moved == "signal 'position' median 0.4875 → 3.487"
    assert (same.changed, refused.gained) == ("changed nothing", None)
    assert json.loads(json.dumps(family.to_json()))["children"][1]["gained"] == -6.0


def of(wanted):
    return next(played for played in EVERYBODY if played.candidate is wanted)


def test_siblings_are_told_with_what_they_changed_and_what_came_of_it() -> None:
    assert [c.id for c in siblings_of(NEARER.candidate, CANDIDATES)] == ["1-01", "1-02", "1-03"]
    assert siblings_of(PARENT.candidate, CANDIDATES) == []
    first, second = observe_siblings(NEARER, [FARTHER, SAME, REFUSED], PARENT)
    assert first.text == (
        "1-01, also of 0-00, changed 'high' and scored 4; this one changed 'near' and scored 15. "
        "From here to there: signal 'position' median 0.4875 → 3.487."
    )
    assert second.text.startswith("1-02, also of 0-00, changed nothing and scored 10.5")
    assert list(observe_siblings(REFUSED, [NEARER], PARENT)) == []


def test_the_whole_analysis_tells_of_siblings_last_but_what_is_unknown() -> None:
    found = analyze_candidate(NEARER, Known(1.0), PARENT, [FARTHER]).findings
    kinds = [str(seen.kind) for seen in found]
    assert "sibling" in kinds
    assert set(kinds[kinds.index("sibling") + 1 :]) <= {"unknown"}
