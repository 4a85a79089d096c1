"""The kinds of learned rewards by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, get_args

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.models.classification import Classification
from eureka_agent.intrinsic.models.count_bonus import CountBonus
from eureka_agent.intrinsic.models.distillation import RandomNetworkDistillation
from eureka_agent.intrinsic.models.encoding import EncoderKind
from eureka_agent.intrinsic.models.ensemble import Blend, Ensemble, Member
from eureka_agent.intrinsic.models.model import IntrinsicReward
from eureka_agent.intrinsic.models.ranking import Ranking
from eureka_agent.intrinsic.models.retrieval import Retrieval
from eureka_agent.intrinsic.models.settings import ModelSettings, one_of
from eureka_agent.seeds import seed_for

__all__ = ["ASKS_NOBODY", "Kind", "ModelSettings", "make_model"]

Kind = Literal["retrieval", "classification", "ranking", "count", "rnd"]
ASKS_NOBODY: tuple[Kind, ...] = ("count", "rnd")
"""The first pays every caption alike; the second, random network distillation, pays by features alone."""


def make_model(
    kind: str,
    *,
    seed: int,
    ensemble: int = 1,
    blend: str = "mean",
    variants: Sequence[str] = (),
    goal: str = "",
    settings: ModelSettings | None = None,
) -> IntrinsicReward:
    """Return the learned reward with a name.

    The members of an `ensemble` have different seeds and bootstrap weights; their encoders alternate, and so
    do the `variants` of their questions, if there are any. `goal` is what labels are about: a state that was
    saved under another one is refused.

    Raises:
        ConfigError: there is no such kind or blend, or the members would all be equal.
    """
    one_of("kind of learned reward", kind, get_args(Kind))
    one_of("blend", blend, get_args(Blend))
    settings = settings or ModelSettings()
    _check_members(kind, ensemble, variants)
    if kind == "rnd":
        return RandomNetworkDistillation(settings, seed=seed)
    wordings = [variants[i % len(variants)] if variants else "" for i in range(ensemble)]
    if ensemble == 1:
        return _member(kind, settings, seed=seed, variant=wordings[0], goal=goal, member=None)
    share = replace(settings, pairs=max(1, settings.pairs // ensemble))
    members = [
        _member(kind, _encoded(share, i), seed=seed_for(seed, i), variant=wording, goal=goal, member=i)
        for i, wording in enumerate(wordings)
    ]
    return Ensemble(members, blend=blend, settings=settings)  # pyright: ignore[reportArgumentType] - checked


def _check_members(kind: str, ensemble: int, variants: Sequence[str]) -> None:
    if ensemble < 1:
        raise ConfigError(f"An ensemble cannot have {ensemble} members.", allowed="1 or more")
    if len(variants) > ensemble:
        raise ConfigError(
            f"{len(variants)} variants of questions are more than the ensemble's {ensemble} members.",
            allowed="at most as many variants as members",
            fix="Make the ensemble larger, or leave variants out.",
        )
    if kind in ASKS_NOBODY and ensemble > 1:
        raise ConfigError(
            f"Ensembles are of models that learn from labels, which '{kind}' does not.",
            allowed="an ensemble of 1",
            fix="Leave the ensemble out, or choose another kind.",
        )
    if kind == "retrieval" and ensemble != max(1, len(set(variants))):
        raise ConfigError(
            f"{ensemble} retrievals with {len(set(variants))} variants of questions would in part be equal.",
            allowed="as many members as variants",
            fix="Give each member a variant of its own, or use a kind that learns.",
        )


def _encoded(settings: ModelSettings, number: int) -> ModelSettings:
    kinds: tuple[EncoderKind, ...] = get_args(EncoderKind)
    return replace(settings, encoder=kinds[(kinds.index(settings.encoder) + number) % len(kinds)])


def _member(
    kind: str, settings: ModelSettings, *, seed: int, variant: str, goal: str, member: int | None
) -> Member:
    if kind == "count":
        return CountBonus()
    if kind == "retrieval":
        return Retrieval(settings, variant=variant, goal=goal)
    learned = Classification if kind == "classification" else Ranking
    return learned(settings, seed=seed, variant=variant, goal=goal, member=member)
