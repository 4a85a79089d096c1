"""A model that is learned at once from all labels there are: the same labels give the same model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.captioning.captions import Captions
from eureka_agent.intrinsic.models.model import CaptionedSteps, IntrinsicReward
from eureka_agent.intrinsic.plan import SETTLED_SEED, IntrinsicPlan

MOST_STEPS = 4_096
"""Steps that stand for all that was met; each caption has one at least."""
_SETTLING = 8
"""Rollouts beyond those whose updates the labels pay for: running statistics settle."""
_MOST_ROLLOUTS = 2_000


def settled(
    plan: IntrinsicPlan, labels: Sequence[Label], met: Mapping[str, int]
) -> tuple[IntrinsicReward, Sequence[Question]]:
    """Return a plan's model after learning from labels, and what it would still have answered.

    `met` says how many steps had each caption. The model is as after so many rollouts of such steps that
    every label has been learned from as often as in a training.
    """
    model, steps = plan.model(SETTLED_SEED), steps_of(met)
    model.ingest(labels)
    updates = len(labels) * plan.settings.updates_per_label
    rollouts = _SETTLING + math.ceil(updates / plan.settings.most_updates)
    questions: dict[Question, None] = {}
    for _ in range(min(rollouts, _MOST_ROLLOUTS)):
        questions |= dict.fromkeys(question.key for question in model.observe(steps))
    return model, tuple(questions)


def steps_of(met: Mapping[str, int]) -> CaptionedSteps:
    """Return steps of one world that have captions as often as they were met, at most about `MOST_STEPS`."""
    texts, counts = tuple(met), np.array(list(met.values()), np.float64)
    share = min(1.0, MOST_STEPS / max(1.0, counts.sum()))
    times = np.maximum(1, np.round(share * counts)).astype(int)
    index = np.repeat(np.arange(len(texts), dtype=np.int32), times)[:, None]
    return CaptionedSteps(Captions(index, texts), np.ones(index.shape, bool))


def paid_for(model: IntrinsicReward, texts: Sequence[str]) -> list[float]:
    """Return what a model pays for a step with each of these captions."""
    index = np.arange(len(texts), dtype=np.int32)[:, None]
    steps = CaptionedSteps(Captions(index, tuple(texts)), np.ones(index.shape, bool))
    return [float(paid) for paid in model.reward(steps)[:, 0]]
