"""The options of `oni`: who labels captions, and what is learned from the labels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from eureka_agent.config.option import Option

if TYPE_CHECKING:
    from eureka_agent.intrinsic.annotation.annotator_options import AnnotatorOptions
    from eureka_agent.intrinsic.options import IntrinsicOptions


@dataclass(frozen=True)
class Labelling:
    """Who labels captions, and how."""

    annotator: Annotated[
        list[str] | None,
        Option(
            "Who labels captions: rules:<file.toml>, labels:<file.jsonl>, manual, or a language model by its "
            "name. May be repeated: each has its own members of the ensemble. Needed but with --model-kind "
            "count or rnd."
        ),
    ] = None
    wordings: Annotated[
        str, Option("How a language model is asked: plain, reworded, or both with a comma between them.")
    ] = "plain"
    votes: Annotated[
        int, Option("How often each question is asked; more than once tells how often answers are wrong.")
    ] = 1
    check_annotator: Annotated[
        int,
        Option(
            "Captions that annotators are examined with before the training, which does not begin if they "
            "contradict themselves, and after it: up to 6 requests each time. 0 examines nobody."
        ),
    ] = 0
    labels: Annotated[
        Path | None, Option("File of known labels, added to; default: labels.jsonl in --output.")
    ] = None
    budget_usd: Annotated[float | None, Option("The most that all annotators may cost.", gt=0)] = None
    most_requests: Annotated[int, Option("The most requests to language models.")] = 3_000

    @property
    def annotators(self) -> list[str]:
        """Everybody who was named."""
        from eureka_agent.api.oni import NOBODY

        return list(self.annotator or ()) or [NOBODY]

    @property
    def options(self) -> AnnotatorOptions:
        """How they label."""
        from eureka_agent.intrinsic.annotation.annotator_options import AnnotatorOptions

        return AnnotatorOptions(
            wordings=tuple(name.strip() for name in self.wordings.split(",") if name.strip()),
            votes=self.votes,
            check=self.check_annotator,
            labels=self.labels,
            budget_usd=self.budget_usd,
            most_requests=self.most_requests,
        )


@dataclass(frozen=True)
class Learning:
    """What is learned, and how it is paid."""

    model_kind: Annotated[str, Option("retrieval, classification, ranking, count or rnd.")] = "retrieval"
    reward_coefficient: Annotated[float, Option("What the reward beside it is multiplied by.")] = 1.0
    coefficient: Annotated[float, Option("What the learned reward is multiplied by.")] = 1.0
    coefficient_end: Annotated[
        float | None, Option("What it is multiplied by at the end; default: the same throughout.")
    ] = None
    beta: Annotated[
        float | None,
        Option(
            "It is divided by this power of how often its caption was seen in the episode; default: 1, and 0 "
            "with --model-kind rnd."
        ),
    ] = None
    ensemble: Annotated[
        int, Option("Models whose rewards are blended; 1 is one for each annotator and wording.", ge=1)
    ] = 1
    blend: Annotated[str, Option("mean, worst, uncertainty or nominal_to_minimum.")] = "mean"
    captions: Annotated[str, Option("What is captioned: signals, events, or message with --message.")] = (
        "signals"
    )
    message: Annotated[str, Option("The signal that holds the environment's text.")] = ""
    window: Annotated[int, Option("Steps whose captions are joined.", ge=1)] = 1
    features: Annotated[
        str, Option("Signals that --model-kind rnd tells steps apart by: a,b; default: all numbers.")
    ] = ""

    @property
    def options(self) -> IntrinsicOptions:
        """The same for Python."""
        from eureka_agent.intrinsic.options import IntrinsicOptions

        return IntrinsicOptions(
            kind=self.model_kind,
            coefficient=self.coefficient,
            coefficient_end=self.coefficient_end,
            reward_coefficient=self.reward_coefficient,
            beta=self.beta,
            ensemble=self.ensemble,
            blend=self.blend,
            captions=self.captions,
            message=self.message,
            window=self.window,
            features=tuple(name.strip() for name in self.features.split(",") if name.strip()),
        )
