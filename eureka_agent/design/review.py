"""From a reviewer's reply to its review: structured and checked, never found by searching for words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from eureka_agent.design.blocks import fenced_blocks, normalised
from eureka_agent.escaping import one_line
from eureka_agent.llm.thinking import without_thinking
from eureka_agent.rewards.findings import Finding

Category = Literal["consistency", "semantics", "scale", "conflict", "farming", "memory", "missing"]
CATEGORIES: tuple[str, ...] = get_args(Category)
MOST_REMARKS = 8
_LONGEST = 600
"""Characters of a remark's sentence; longer ones are cut."""

Sentence = Annotated[str, Field(min_length=1)]


class Remark(BaseModel):
    """One thing that a reviewer says of a reward."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    category: Category
    severity: Literal["error", "warning"]
    line: Annotated[int, Field(ge=1, strict=True)] | None = None
    what: Sentence
    why: str = ""
    fix: str = ""

    def finding(self, lines: int) -> Finding:
        """Return it as a finding about a source of so many lines; a line beyond them is left out."""
        line = self.line if self.line is not None and self.line <= lines else None
        what, why, fix = (one_line(text)[:_LONGEST] for text in (self.what, self.why, self.fix))
        return Finding(f"review-{self.category}", self.severity, line, what, why, fix)


class Review(BaseModel):
    """What a reviewer decided: `revise` says with at least one error why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verdict: Literal["accept", "revise"]
    remarks: Annotated[tuple[Remark, ...], Field(max_length=MOST_REMARKS)] = ()

    @model_validator(mode="after")
    def _agrees_with_its_remarks(self) -> Review:
        errors = any(remark.severity == "error" for remark in self.remarks)
        if errors != (self.verdict == "revise"):
            raise ValueError(f"{self.verdict} {'beside' if errors else 'without'} an error")
        return self


@dataclass(frozen=True)
class Unreadable:
    """A reply that holds no verdict, with the reason."""

    why: str


def read_review(text: str) -> Review | Unreadable:
    """Return the verdict in the reply's last fenced block; never raises."""
    blocks = fenced_blocks(without_thinking(normalised(text)))
    if not blocks:
        return Unreadable("it holds no fenced json block")
    try:
        return Review.model_validate(json.loads(blocks[-1].text))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "verdict"
        return Unreadable(one_line(f"{place}: {first['msg']}")[:_LONGEST])
    except (ValueError, RecursionError) as error:
        return Unreadable(one_line(f"its json block cannot be read: {error}")[:_LONGEST])
