"""What a person may choose of a learned reward, and the plan that comes of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast, get_args

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.captioning.described import DescribedSignals
from eureka_agent.intrinsic.captioning.features import features_of
from eureka_agent.intrinsic.mixing import Coefficients, Schedule
from eureka_agent.intrinsic.models.ensemble import Blend
from eureka_agent.intrinsic.models.kinds import Kind, make_model
from eureka_agent.intrinsic.models.settings import ModelSettings, one_of
from eureka_agent.intrinsic.plan import Captioning, CaptionSource, IntrinsicPlan
from eureka_agent.tasks.task import Task
from eureka_agent.trajectories.inspection import inspect_environment
from eureka_agent.trajectories.trajectory import Trajectory


@dataclass(frozen=True, kw_only=True)
class IntrinsicOptions:
    """A learned reward beside another one (arXiv 2410.23022)."""

    kind: str = "retrieval"
    """`retrieval` pays what was labelled helpful, `classification` the probability that a caption is helpful,
    `ranking` how far a caption is above the usual ones, `count` every caption alike, and `rnd` what is
    new by its features (random network distillation); the last two ask nobody."""
    coefficient: float = 1.0
    """What the learned reward is multiplied by."""
    coefficient_end: float | None = None
    """What it is multiplied by at the end of the training; None is the same throughout."""
    reward_coefficient: float = 1.0
    """What the reward beside it is multiplied by."""
    beta: float | None = None
    """The learned reward is divided by this power of how often its caption was seen in the episode; None is
    1, and 0 of `rnd`, which pays no captions."""
    ensemble: int = 1
    """Models whose rewards are blended; 1 is one for each annotator and wording that there is."""
    blend: str = "mean"
    """How: `mean`, `worst`, `uncertainty` or `nominal_to_minimum`."""
    captions: str = "signals"
    """`signals`: words for their ranges, the task's own or made from random play; `events`: the task's events
    that begin; `message`: a signal that is a text."""
    message: str = ""
    """That signal."""
    window: int = 1
    """Steps whose captions are joined."""
    features: tuple[str, ...] = ()
    """Signals that `rnd` tells steps apart by; none are all numbers that the task measures, actions aside."""
    settings: ModelSettings = field(default_factory=ModelSettings)
    """Everything else of the model."""

    def plan(
        self,
        task: Task,
        goal: str,
        *,
        coded: bool,
        paid: bool,
        variants: Sequence[str] = (),
        played: Sequence[Trajectory] | None = None,
    ) -> IntrinsicPlan:
        """Return the plan of trainings; ConfigError for what there is not.

        `coded` tells that the reward beside it is a reward function, `paid` that there is one at all.
        `variants` are those of the questions: annotators, or wordings, of which each member has one. Words
        for signals of a task that has none are made from `played`, or from random play here and now.
        """
        one_of("source of captions", self.captions, get_args(CaptionSource))
        beta = self.beta if self.beta is not None else float(self.kind != "rnd")
        if not (math.isfinite(beta) and beta >= 0.0):
            raise ConfigError(
                f"A learned reward cannot be divided by the power {beta} of a count.",
                allowed="a number from 0 on",
                fix="Choose 0, which divides by nothing, or more.",
            )
        members = max(1, len(variants)) if self.ensemble == 1 else self.ensemble
        make_model(
            self.kind, seed=0, ensemble=members, blend=self.blend, settings=self.settings, variants=variants
        )
        beside = Schedule.constant(self.reward_coefficient if paid else 0.0)
        end = self.coefficient if self.coefficient_end is None else self.coefficient_end
        return IntrinsicPlan(
            kind=cast("Kind", self.kind),
            captioning=self._captioning(task, played),
            settings=self.settings,
            ensemble=members,
            variants=tuple(variants),
            blend=cast("Blend", self.blend),
            coefficients=Coefficients(
                intrinsic=Schedule.linear(self.coefficient, end),
                **{"coded" if coded else "extrinsic": beside},
            ),
            goal=goal,
            beta=beta,
        )

    def _captioning(self, task: Task, played: Sequence[Trajectory] | None) -> Captioning:
        source = cast("CaptionSource", self.captions)
        if source == "message":
            _check_message(task, self.message)
        described = self._described(task, played) if source == "signals" else None
        captioning = Captioning(
            source=source,
            parts=described.parts if described else (),
            legend=described.legend if described else (),
            message=self.message,
            window=self.window,
            features=self._features(task),
        )
        captioning.captioner(task)  # what cannot be made is told now, and not by every training
        return captioning

    def _features(self, task: Task) -> tuple[str, ...]:
        if self.kind == "rnd":
            return features_of(task, self.features)
        if self.features:
            raise ConfigError(
                f"A learned reward of the kind '{self.kind}' reads captions, and no features.",
                allowed="features of the kind 'rnd'",
                fix="Leave the features out, or choose the kind 'rnd'.",
            )
        return ()

    @staticmethod
    def _described(task: Task, played: Sequence[Trajectory] | None) -> DescribedSignals:
        if played is None:
            played = () if task.captions else inspect_environment(task).trajectories
        return DescribedSignals.of_task(task, played)


def _check_message(task: Task, name: str) -> None:
    signal, texts = task.signal(name), [one.name for one in task.signals if len(one.shape) == 1]
    if signal is None or len(signal.shape) != 1:
        raise ConfigError(
            f"'{name}' is no signal of '{task.name}' that could be a caption.",
            allowed=f"a signal of the codes of letters, shape (length,): {', '.join(texts) or 'none here'}",
            fix="Name the signal that holds the environment's text.",
        )
