"""What a person may choose of annotators."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.annotation.model_annotator import WORDINGS
from eureka_agent.intrinsic.annotation.voting import check_votes


@dataclass(frozen=True, kw_only=True)
class AnnotatorOptions:
    """How captions are labelled, whoever does it."""

    wordings: tuple[str, ...] = WORDINGS[:1]
    """Ways in which a language model is asked, `plain` and `reworded`: each is an annotator of its own."""
    votes: int = 1
    """How often each question is asked; more than once tells how often answers are wrong by chance."""
    check: int = 0
    """Captions of random play that annotators are examined with before a training, which begins only if they
    do not contradict themselves; and of those that were met after it. 0 examines nobody."""
    labels: Path | str | None = None
    """File of known labels, which is added to; None is `labels.jsonl` beside the trainings."""
    budget_usd: float | None = None
    """The most that all language models may cost together; None is no limit."""
    most_requests: int | None = 3_000
    """The most requests to all of them; None is no limit."""

    def __post_init__(self) -> None:
        check_votes(self.votes)
        if not self.wordings or len(set(self.wordings)) < len(self.wordings):
            raise ConfigError(
                f"A model cannot be asked in the wordings '{', '.join(self.wordings)}'.",
                allowed=f"one or more of {', '.join(WORDINGS)}, each once",
                fix="Name others.",
            )
        if self.check < 0:
            raise ConfigError(
                f"Annotators cannot be examined with {self.check} captions.",
                allowed="0, which examines nobody, or more",
                fix="Choose another number, e.g. 24.",
            )
