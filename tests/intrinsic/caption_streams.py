"""Captions and labels for tests of learned rewards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.captioning.captions import Captions
from eureka_agent.intrinsic.models.model import CaptionedSteps, IntrinsicReward
from eureka_agent.intrinsic.models.settings import ModelSettings

SMALL = ModelSettings(
    dimension=128, width=4, hidden=6, batch=8, cache=64, remembered=12, most_labels=24, most_held_out=9,
    enough=3, few=10, enough_of_each=1, gate_deviations=0.2, few_deviations=0.2, most_updates=2,
    updates_per_label=1.5, patience=2, pairs=6, rivals=4, most_asked=20, questions=5, capacity=10,
)  # fmt: skip
"""Everything is small, so that every bound is reached in a few rollouts and every gate opens and closes."""

NOTHING = CaptionedSteps(Captions(np.zeros((0, 3), np.int32), ()), np.zeros((0, 3), bool))
"""No steps of three worlds."""


def steps_of(*rows: Sequence[str | None], first: Sequence[Sequence[bool]] | None = None) -> CaptionedSteps:
    """Return T steps of N worlds; none is the first of its episode unless `first` says so."""
    captions = Captions.of(rows)
    begun = np.zeros(captions.index.shape, bool) if first is None else np.array(first, bool)
    return CaptionedSteps(captions, begun)


def column(texts: Sequence[str]) -> CaptionedSteps:
    """Return steps of one world."""
    return steps_of(*[[text] for text in texts])


def said(text: str, value: float, variant: str = "") -> Label:
    """Return the label of a caption."""
    return Label(Question((text,), variant), value)


def better(first: str, second: str, value: float = 1.0, variant: str = "") -> Label:
    """Return the label of a pair."""
    return Label(Question((first, second), variant), value)


def rollouts(
    model: IntrinsicReward, labels: Sequence[Label], texts: Sequence[str], *, count: int, each: int
) -> None:
    """Give a model `each` labels a rollout, for `count` rollouts of the same captions."""
    steps = column(texts)
    for number in range(count):
        model.ingest(labels[number * each : (number + 1) * each])
        model.observe(steps)


_LIGHT = ("torch lit", "lantern burning", "candle aflame")
_DARK = ("torch out", "lantern cold", "candle snuffed")
_DAY = ("at noon", "in daylight", "under the sun")
_NIGHT = ("at night", "in darkness", "after dusk")
_PLACES = ("hall", "cave", "yard", "tower", "crypt", "bridge", "well", "gate", "barn", "mill")
_ACTS = ("walk", "run", "wait", "rest", "search", "jump")


def lights(count: int, seed: int) -> dict[str, float]:
    """Return captions and whether they are helpful: a light at night, or none by day.

    Neither fact alone tells anything, and no sum of what words are worth does.
    """
    rng = np.random.default_rng(seed)
    found: dict[str, float] = {}
    while len(found) < count:
        lit, day = rng.random(2) < 0.5
        light, time = rng.choice(_LIGHT if lit else _DARK), rng.choice(_DAY if day else _NIGHT)
        act, place = rng.choice(_ACTS), rng.choice(_PLACES)
        found[f"{light} , you {act} near the {place} with {rng.integers(50)} coins {time}"] = float(
            lit != day
        )
    return found


def shuffled(labels: Mapping[str, float], seed: int) -> dict[str, float]:
    """Return the same captions with each other's values."""
    values = np.random.default_rng(seed).permutation(list(labels.values()))
    return dict(zip(labels, map(float, values), strict=True))


def goes_on_alike(make: Callable[[], IntrinsicReward], seed: int, *, pairs: bool) -> None:
    """Check that a model restored after 5 of 10 random rollouts is bit for bit what the other one is."""
    whole, before = make(), make()
    paid = [rollout(whole, np.random.default_rng([seed, number]), pairs=pairs) for number in range(10)]
    for number in range(5):
        rollout(before, np.random.default_rng([seed, number]), pairs=pairs)
    after = make()
    after.load_state_dict(dict(before.state_dict()))
    for number in range(5, 10):
        reward, questions = rollout(after, np.random.default_rng([seed, number]), pairs=pairs)
        np.testing.assert_array_equal(reward, paid[number][0])
        assert questions == paid[number][1]
    one, other = whole.state_dict(), after.state_dict()
    assert one.keys() == other.keys()
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name], err_msg=name)


def rollout(
    model: IntrinsicReward, rng: np.random.Generator, *, pairs: bool
) -> tuple[np.ndarray, Sequence[Question]]:
    """Run one rollout of random captions and labels; return what is paid and asked."""
    texts = [f"{a} meets {b}" for a in ("ant", "bee", "cat", "dog") for b in ("eel", "fox", "gnu", "hen")]
    chosen = [str(rng.choice(texts)) for _ in range(int(rng.integers(0, 9)))]
    labels = []
    for _ in range(int(rng.integers(0, 7))):
        one, other = map(str, rng.choice(texts, 2, replace=False))
        value = float(rng.choice([0.0, 0.3, 0.5, 1.0]))
        labels.append(better(one, other, value) if pairs else said(one, value))
    model.ingest(labels)
    steps = steps_of(*[[text, None] for text in chosen]) if chosen else NOTHING
    questions = model.observe(steps)
    return model.reward(steps), questions
