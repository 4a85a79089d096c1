from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import numpy as np
import pytest
from caption_streams import SMALL, column

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.captioning.captions import Captions
from eureka_agent.intrinsic.learned import LearnedReward
from eureka_agent.intrinsic.models.classification import Classification
from eureka_agent.intrinsic.models.count_bonus import CountBonus
from eureka_agent.intrinsic.models.distillation import RandomNetworkDistillation
from eureka_agent.intrinsic.models.ensemble import Blend, Ensemble
from eureka_agent.intrinsic.models.kinds import ASKS_NOBODY, Kind, make_model
from eureka_agent.intrinsic.models.model import CaptionedSteps, Examined
from eureka_agent.intrinsic.models.ranking import Ranking
from eureka_agent.intrinsic.models.retrieval import Retrieval
from eureka_agent.intrinsic.models.settings import ModelSettings


def test_each_name_gives_its_kind() -> None:
    made = [type(make_model(kind, seed=0, settings=SMALL)) for kind in get_args(Kind)]
    assert made == [Retrieval, Classification, Ranking, CountBonus, RandomNetworkDistillation]


@pytest.mark.parametrize("kind", [kind for kind in get_args(Kind) if kind not in ASKS_NOBODY])
@pytest.mark.parametrize("blend", get_args(Blend))
def test_each_kind_can_be_an_ensemble(kind: str, blend: str) -> None:
    model = make_model(kind, seed=0, ensemble=2, blend=blend, variants=("mild", "stern"), settings=SMALL)
    assert isinstance(model, Ensemble)
    asked = model.observe(column(["a", "b", "c"]))
    assert {question.variant for question in asked} == {"mild", "stern"}
    assert model.reward(column(["a"])).tolist() == [[0.0]]


@pytest.mark.parametrize(
    ("kind", "ensemble"),
    [*((kind, 1) for kind in get_args(Kind) if kind != "rnd"), ("classification", 2), ("ranking", 2)],
)
def test_before_any_label_no_kind_errs_or_has_an_accuracy(kind: str, ensemble: int) -> None:
    model = make_model(kind, seed=0, ensemble=ensemble, settings=SMALL)
    assert isinstance(model, Examined)
    assert dict(model.errors()) == {}
    assert LearnedReward(model, AskedNothing(), num_envs=1).accuracy is None


class AskedNothing:
    """Answers nothing."""

    def submit(self, questions: Sequence[Question]) -> None: ...

    def collect(self) -> list[Label]:
        return []


def test_members_have_encoders_and_seeds_of_their_own() -> None:
    model = make_model("classification", seed=0, ensemble=3, settings=SMALL)
    assert isinstance(model, Ensemble)
    first, second, third = (member.estimate(["a key", "a door"]) for member in model.members)
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, third)


def test_an_ensemble_asks_as_many_pairs_as_one_model() -> None:
    steps = column([f"caption {i}" for i in range(60)])
    alone = make_model("ranking", seed=0).observe(steps)
    together = make_model("ranking", seed=0, ensemble=4).observe(steps)
    assert 48 <= len(together) <= len(alone) == 64


def test_the_goal_is_part_of_a_state() -> None:
    saved = make_model("ranking", seed=0, goal="win", settings=SMALL).state_dict()
    with pytest.raises(ConfigError, match="goal 'win'"):
        make_model("ranking", seed=0, goal="lose", settings=SMALL).load_state_dict(saved)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kind": "rankings"}, "Did you mean 'ranking'"),
        ({"blend": "means"}, "Did you mean 'mean'"),
        ({"ensemble": 0}, "cannot have 0 members"),
        ({"kind": "count", "ensemble": 2}, "which 'count' does not"),
        ({"kind": "rnd", "ensemble": 2}, "which 'rnd' does not"),
        ({"variants": ("mild", "stern")}, "2 variants"),
        ({"kind": "retrieval", "ensemble": 3}, "would in part be equal"),
        ({"kind": "retrieval", "ensemble": 2, "variants": ("mild", "mild")}, "would in part be equal"),
    ],
)
def test_what_cannot_be_made_is_refused(changed: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make_model(**({"kind": "ranking", "seed": 0} | changed))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"acquisition": "optimist"}, "Did you mean 'optimism'"),
        ({"encoder": "word"}, "Did you mean 'words'"),
        ({"batch": 0}, "batch of a learned reward is 0"),
        ({"learning_rate": 0.0}, "learning_rate"),
        ({"weight_decay": -1.0}, "weight_decay"),
        ({"quantile": 1.5}, "quantile"),
        ({"retrieval_threshold": float("nan")}, "retrieval_threshold"),
        ({"hold_out": 1}, "hold_out"),
        ({"hold_out": 2.5}, "hold_out"),
        ({"batch": 1.5}, "batch of a learned reward is 1.5"),
        ({"batch": None}, "batch of a learned reward is None"),
        ({"dimension": True}, "dimension"),
        ({"threshold": None}, "threshold of a learned reward is None"),
        ({"clip": "5"}, "clip"),
    ],
)
def test_impossible_settings_are_refused(changed: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        ModelSettings(**changed)


def test_a_count_bonus_pays_every_caption_and_asks_nobody() -> None:
    bonus = make_model("count", seed=0)
    captions = Captions.of([["a"], ["b"], [None]])
    steps = CaptionedSteps(captions, np.zeros((3, 1), bool))
    bonus.ingest([Label(Question(("a",)), 0.0)])
    assert not bonus.observe(steps)
    assert bonus.reward(steps).ravel().tolist() == [1.0, 1.0, 0.0]
