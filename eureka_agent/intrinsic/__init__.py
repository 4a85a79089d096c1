"""Rewards learned from an annotator's labels of captions while a policy trains (arXiv 2410.23022).

Public names for your own training code; docs/intrinsic.md has them at work.

There are three rooms, and each imports only those before it: `captioning`, `annotation`, `models`. All may
use `saving` and `shares`; the other modules of this folder put the rooms together.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eureka_agent.intrinsic.annotation.annotator_options import AnnotatorOptions
    from eureka_agent.intrinsic.annotation.asking import AsynchronousAnnotation, SynchronousAnnotation
    from eureka_agent.intrinsic.annotation.backlog import Backlog
    from eureka_agent.intrinsic.annotation.by_variant import ByVariant
    from eureka_agent.intrinsic.annotation.cached import Cached
    from eureka_agent.intrinsic.annotation.consistency import consistency_of
    from eureka_agent.intrinsic.annotation.label_cache import LabelCache
    from eureka_agent.intrinsic.annotation.model_annotator import ModelAnnotator
    from eureka_agent.intrinsic.annotation.questions import Label, Question
    from eureka_agent.intrinsic.annotation.replayed import Replayed
    from eureka_agent.intrinsic.annotation.rules import Factor, Lexicographic, Oracle, Predicate
    from eureka_agent.intrinsic.annotation.softening import Softened, Softening
    from eureka_agent.intrinsic.annotation.voting import Voting
    from eureka_agent.intrinsic.captioning.captions import Captions
    from eureka_agent.intrinsic.judgement_file import with_judgement
    from eureka_agent.intrinsic.learned import LearnedReward
    from eureka_agent.intrinsic.models.kinds import make_model
    from eureka_agent.intrinsic.models.settings import ModelSettings
    from eureka_agent.intrinsic.sb3 import CaptionedVecEnv as CaptionedVecEnv
    from eureka_agent.intrinsic.sb3 import IntrinsicRewards as IntrinsicRewards

_HOMES = {
    "AnnotatorOptions": "annotation.annotator_options",
    "AsynchronousAnnotation": "annotation.asking",
    "Backlog": "annotation.backlog",
    "ByVariant": "annotation.by_variant",
    "Cached": "annotation.cached",
    "CaptionedVecEnv": "sb3",
    "Captions": "captioning.captions",
    "Factor": "annotation.rules",
    "IntrinsicRewards": "sb3",
    "Label": "annotation.questions",
    "LabelCache": "annotation.label_cache",
    "LearnedReward": "learned",
    "Lexicographic": "annotation.rules",
    "ModelAnnotator": "annotation.model_annotator",
    "ModelSettings": "models.settings",
    "Oracle": "annotation.rules",
    "Predicate": "annotation.rules",
    "Question": "annotation.questions",
    "Replayed": "annotation.replayed",
    "Softened": "annotation.softening",
    "Softening": "annotation.softening",
    "SynchronousAnnotation": "annotation.asking",
    "Voting": "annotation.voting",
    "consistency_of": "annotation.consistency",
    "make_model": "models.kinds",
    "with_judgement": "judgement_file",
}

__all__ = [  # all but CaptionedVecEnv and IntrinsicRewards, which need the extra sb3
    "AnnotatorOptions",
    "AsynchronousAnnotation",
    "Backlog",
    "ByVariant",
    "Cached",
    "Captions",
    "Factor",
    "Label",
    "LabelCache",
    "LearnedReward",
    "Lexicographic",
    "ModelAnnotator",
    "ModelSettings",
    "Oracle",
    "Predicate",
    "Question",
    "Replayed",
    "Softened",
    "Softening",
    "SynchronousAnnotation",
    "Voting",
    "consistency_of",
    "make_model",
    "with_judgement",
]


def __getattr__(name: str) -> Any:
    """Import public names where they are used."""
    if name not in _HOMES:
        raise AttributeError(f"module 'eureka_agent.intrinsic' has no attribute {name!r}")
    return getattr(importlib.import_module(f"eureka_agent.intrinsic.{_HOMES[name]}"), name)
