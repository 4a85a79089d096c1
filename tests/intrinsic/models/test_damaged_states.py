"""Saved states of learned rewards that something has damaged."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from caption_streams import SMALL, better, column, said

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.models.kinds import make_model
from eureka_agent.intrinsic.models.model import IntrinsicReward
from eureka_agent.intrinsic.saving import packed

Array = np.ndarray
KINDS = ("retrieval", "classification", "ranking")
_EMBEDDING = "student/network/embedding"


def made(kind: str) -> IntrinsicReward:
    return make_model(kind, seed=0, settings=SMALL)


def state(kind: str) -> dict[str, Array]:
    model = made(kind)
    texts = [f"{word} {i}" for i in range(8) for word in ("key", "wall")]
    for number, text in enumerate(texts):
        model.ingest([better(text, texts[number - 1]) if kind == "ranking" else said(text, number % 2)])
        model.observe(column(texts))
    return dict(model.state_dict())


def nan(array: Array) -> Array:
    return np.full_like(array, np.nan, dtype=np.float64)


@pytest.mark.parametrize(
    ("kind", "name", "damage"),
    [
        ("classification", f"{_EMBEDDING}.values", nan),
        ("classification", f"{_EMBEDDING}.mean", nan),
        ("classification", f"{_EMBEDDING}.rows", lambda rows: rows + 10**6),
        ("classification", f"{_EMBEDDING}.rows", lambda rows: rows - 10**6),
        ("classification", f"{_EMBEDDING}.rows", lambda rows: rows.astype(np.float64)),
        ("classification", f"{_EMBEDDING}.values", lambda values: values[:, :-1]),
        ("classification", "student/minibatches", lambda _: packed({"a": 1})),
        ("classification", "student/minibatches", lambda _: packed([1])),
        ("classification", "student/lessons/keys", lambda _: packed(5)),
        ("classification", "student/lessons/keys", lambda keys: packed([["a"]] * 8)),
        ("classification", "student/lessons/keys", lambda keys: keys.astype(np.float32)),
        ("classification", "student/lessons/values", lambda values: values + 2),
        ("classification", "student/lessons/next", lambda _: np.array(10**6)),
        ("classification", "student/progress", nan),
        ("classification", "student/progress", lambda _: np.full(5, np.inf)),
        ("classification", "student/students", lambda _: np.array(1e9)),
        ("classification", "rotation/turns", lambda turns: turns[:-1]),
        ("classification", "temperature", lambda _: np.array(0.0)),
        ("classification", "verdict", lambda _: np.array([1, 0.5, 0.5, np.nan])),
        ("ranking", "asked/pairs", lambda _: packed([["a"]])),
        ("ranking", "asked/pairs", lambda _: packed([["a", 1]])),
        ("ranking", "asked/proposed", lambda _: packed([["a"]])),
        ("ranking", "asked/rollouts", lambda rollouts: rollouts[:-1]),
        ("ranking", "encountered/texts", lambda _: packed({"a": 1})),
        ("ranking", "encountered/weights", nan),
        ("ranking", "scale", nan),
        ("ranking", "pairing", lambda _: packed(None)),
        ("retrieval", "labels", nan),
        ("retrieval", "labels", lambda labels: labels.astype(object)),
        ("retrieval", "captions", lambda _: packed([1, 2])),
    ],
)
def test_damage_is_told(kind: str, name: str, damage: Callable[[Array], Array]) -> None:
    saved = state(kind)
    saved[name] = damage(saved[name])
    with pytest.raises(ConfigError, match="damaged"):
        made(kind).load_state_dict(saved)


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_missing_is_told_and_nothing_else_is(kind: str) -> None:
    saved = state(kind)
    made(kind).load_state_dict(saved)
    for name in saved:
        with pytest.raises(ConfigError):
            made(kind).load_state_dict({other: array for other, array in saved.items() if other != name})
