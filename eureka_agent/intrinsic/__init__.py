"""Rewards learned from an annotator's labels of captions while a policy trains (arXiv 2410.23022).

Public names for your own training code; docs/intrinsic.md has them at work.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eureka_agent.intrinsic.annotator_options import AnnotatorOptions
    from eureka_agent.intrinsic.asking import AsynchronousAnnotation, SynchronousAnnotation
    from eureka_agent.intrinsic.backlog import Backlog
    from eureka_agent.intrinsic.by_variant import ByVariant
    from eureka_agent.intrinsic.cached import Cached
    from eureka_agent.intrinsic.captions import Captions
    from eureka_agent.intrinsic.consistency import consistency_of
    from eureka_agent.intrinsic.judgement_file import with_judgement
    from eureka_agent.intrinsic.kinds import make_model
    from eureka_agent.intrinsic.label_cache import LabelCache
    from eureka_agent.intrinsic.learned import LearnedReward
    from eureka_agent.intrinsic.model_annotator import ModelAnnotator
    from eureka_agent.intrinsic.questions import Label, Question
    from eureka_agent.intrinsic.replayed import Replayed
    from eureka_agent.intrinsic.rules import Factor, Lexicographic, Oracle, Predicate
    from eureka_agent.intrinsic.sb3 import CaptionedVecEnv as CaptionedVecEnv
    from eureka_agent.intrinsic.sb3 import IntrinsicRewards as IntrinsicRewards
    from eureka_agent.intrinsic.settings import ModelSettings
    from eureka_agent.intrinsic.softening import Softened, Softening
    from eureka_agent.intrinsic.voting import Voting

_HOMES = {
    "AnnotatorOptions": "annotator_options",
    "AsynchronousAnnotation": "asking",
    "Backlog": "backlog",
    "ByVariant": "by_variant",
    "Cached": "cached",
    "CaptionedVecEnv": "sb3",
    "Captions": "captions",
    "Factor": "rules",
    "IntrinsicRewards": "sb3",
    "Label": "questions",
    "LabelCache": "label_cache",
    "LearnedReward": "learned",
    "Lexicographic": "rules",
    "ModelAnnotator": "model_annotator",
    "ModelSettings": "settings",
    "Oracle": "rules",
    "Predicate": "rules",
    "Question": "questions",
    "Replayed": "replayed",
    "Softened": "softening",
    "Softening": "softening",
    "SynchronousAnnotation": "asking",
    "Voting": "voting",
    "consistency_of": "consistency",
    "make_model": "kinds",
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
