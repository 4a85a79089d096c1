"""A learned reward beside another one, where rollouts are paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.captioning.captions import Captions
from eureka_agent.intrinsic.learned import LearnedReward
from eureka_agent.intrinsic.mixing import Coefficients, Schedule
from eureka_agent.intrinsic.models.kinds import make_model
from eureka_agent.training.intrinsic_provider import IntrinsicProvider, base_of
from eureka_agent.training.reward_provider import RewardBatch, RewardProvider, RolloutSteps

Array = np.ndarray


class Steps:
    """A rollout of one world that is high, and then is not."""

    def __init__(self, progress: float = 0.0) -> None:
        self.progress = progress
        self.first = self.done = np.zeros((2, 1), bool)
        self.native_reward = np.zeros((2, 1), np.float32)

    @property
    def signals(self) -> dict[str, Array]:
        return {"height": np.array([[2.0], [0.0]], np.float32), "speed": np.ones((2, 1), np.float32)}


class PaysSpeed:
    signals: tuple[str, ...] = ("speed",)

    def __call__(self, rollout: RolloutSteps) -> RewardBatch:
        speed = rollout.signals["speed"]
        return RewardBatch(speed, {"speed": speed})


class PaysNonsense:
    signals: tuple[str, ...] = ()

    def __call__(self, rollout: RolloutSteps) -> RewardBatch:
        nothing = np.full((2, 1), np.nan, np.float32)
        return RewardBatch(nothing, {"intrinsic": nothing})


class SaysHigh:
    signals: tuple[str, ...] = ("height",)

    def __call__(self, signals: Mapping[str, Array], first: Array) -> Captions:
        return Captions.of([["high" if h > 1 else None for h in row] for row in signals["height"]])


class LikesHigh:
    def submit(self, questions: Sequence[Question]) -> None:
        pass

    def collect(self) -> Sequence[Label]:
        return [Label(Question(("high",)), 1.0)]


def provider(
    *, coded: bool, base: RewardProvider | None = None, **coefficients: Schedule
) -> IntrinsicProvider:
    learned = LearnedReward(make_model("retrieval", seed=0), LikesHigh(), num_envs=1, beta=0.0)
    return IntrinsicProvider(
        base or PaysSpeed(), learned, SaysHigh(), Coefficients(**coefficients), coded=coded
    )


def test_both_are_paid_each_times_its_coefficient() -> None:
    paid = provider(coded=True, intrinsic=Schedule.constant(0.5))(Steps())
    assert paid.reward.ravel().tolist() == [1.5, 1.0]
    assert paid.components["speed"].ravel().tolist() == [1.0, 1.0], "the base's own, as it pays them"
    assert paid.components["intrinsic"].ravel().tolist() == [0.5, 0.0], "as it is paid"


def test_the_tasks_own_reward_has_another_coefficient_than_a_reward_function() -> None:
    extrinsic = provider(coded=False, extrinsic=Schedule.constant(3.0))(Steps())
    assert extrinsic.reward.ravel().tolist() == [4.0, 3.0]
    assert extrinsic.components["speed"].ravel().tolist() == [3.0, 3.0], "as it is paid"
    free = provider(coded=False)(Steps())
    assert set(free.components) == {"intrinsic"}, "what is not paid is no component"
    assert free.reward.ravel().tolist() == [1.0, 0.0], "reward-free unless it is told otherwise"


def test_a_coefficient_may_fade_with_the_training() -> None:
    fading = provider(coded=True, intrinsic=Schedule.linear(1.0, 0.0))
    assert fading(Steps(progress=0.0)).reward.ravel().tolist() == [2.0, 1.0]
    assert fading(Steps(progress=0.75)).reward.ravel().tolist() == [1.25, 1.0]
    assert fading(Steps(progress=1.0)).reward.ravel().tolist() == [1.0, 1.0]


def test_signals_of_both_are_measured() -> None:
    assert provider(coded=True).signals == ("speed", "height")


class Nobody:
    def submit(self, questions: Sequence[Question]) -> None:
        assert not questions

    def collect(self) -> Sequence[Label]:
        return ()


def test_features_are_signals_that_are_measured_and_paid_by() -> None:
    def paid(*features: str) -> Array:
        learned = LearnedReward(make_model("rnd", seed=0), Nobody(), num_envs=1, beta=0.0)
        made = IntrinsicProvider(
            PaysNonsense(), learned, SaysHigh(), Coefficients(), coded=False, features=features
        )
        assert made.signals == ("height", *(name for name in features if name != "height"))
        return made(Steps()).reward

    by_both = paid("speed", "height")
    assert np.isfinite(by_both).all()
    assert by_both.any()
    assert not paid("speed").any(), "speed is always the same"


def test_what_pays_beside_it_can_be_asked_alone() -> None:
    both = provider(coded=True)
    assert isinstance(base_of(both), PaysSpeed)
    assert base_of(PaysSpeed()).signals == ("speed",)


def test_a_reward_that_is_not_paid_cannot_spoil_what_is() -> None:
    assert provider(coded=False, base=PaysNonsense())(Steps()).reward.ravel().tolist() == [1.0, 0.0]


def test_a_components_name_is_not_taken_from_it() -> None:
    paid = provider(coded=True, base=PaysNonsense())(Steps())
    assert set(paid.components) == {"own_intrinsic", "intrinsic"}
