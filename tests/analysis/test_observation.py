"""An observation says where it was seen, or it is not said."""

from __future__ import annotations

import json

import pytest

from eureka_agent.analysis.observation import Observation, ObservationKind, most_telling

STILL = ObservationKind.STILL


def test_what_cannot_be_looked_up_is_not_said() -> None:
    with pytest.raises(ValueError, match="where it was seen"):
        Observation(STILL, "It stands.")
    with pytest.raises(ValueError, match="cites steps"):
        Observation(STILL, "It stands.", steps=(0, 3), reason="seen")
    with pytest.raises(ValueError, match="cites steps"):
        Observation(STILL, "It stands.", episode=0, steps=(3, 1))


def test_a_citation_names_candidate_episode_and_steps() -> None:
    seen = Observation(STILL, "It stands.", candidate="0-01", episode=2, steps=(3, 40))
    assert seen.citation == "candidate 0-01, episode 2, steps 3 to 40"
    assert Observation(STILL, "It stands.", episode=0, steps=(3, 3)).citation == "episode 0, step 3"
    assert Observation(STILL, "It fell.", checkpoint=4).citation == "checkpoint 4"


def test_json_holds_what_is_known() -> None:
    seen = Observation(STILL, "It stands.", episode=0, steps=(1, 2), values={"share": 0.5})
    assert json.loads(json.dumps(seen.to_json())) == {
        "kind": "still", "text": "It stands.", "episode": 0, "steps": [1, 2], "values": {"share": 0.5},
    }  # fmt: skip


def test_the_most_telling_come_first() -> None:
    hacked = Observation(ObservationKind.REWARD_HACKING, "It hacks.", checkpoint=1)
    first, second = (Observation(STILL, text, reason="seen") for text in ("one", "two"))
    assert most_telling([first, hacked, second]) == [hacked, first, second]
