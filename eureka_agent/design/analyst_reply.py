"""From an analyst's reply to a question or a report: structured, and held against what was recorded."""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from eureka_agent.analysis.queries import Episodes, Query
from eureka_agent.design.blocks import fenced_blocks, normalised
from eureka_agent.design.review import Unreadable
from eureka_agent.escaping import one_line
from eureka_agent.llm.thinking import without_thinking
from eureka_agent.store.records import AnalystReport, Cause, Evidence

MOST_CAUSES = 5
MOST_EVIDENCE = 6
_LONGEST = 500

_Sentence = Annotated[str, Field(min_length=1)]
_Index = Annotated[int, Field(ge=0, strict=True)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CitedStep(_Part):
    """A step that a cause was seen in."""

    candidate: str
    episode: _Index
    step: _Index


class NamedCause(_Part):
    """Why a policy does what it does."""

    claim: _Sentence
    evidence: Annotated[tuple[CitedStep, ...], Field(max_length=MOST_EVIDENCE)] = ()
    suggestion: str = ""


class AnalystAnswer(_Part):
    """A whole report, as the model writes it."""

    causes: Annotated[tuple[NamedCause, ...], Field(max_length=MOST_CAUSES)]

    def checked(self, episodes: Episodes, *, queries: int) -> AnalystReport:
        """Return what stands on steps that exist: other evidence is dropped and counted, causes without any
        left with it."""
        causes = [_existing(cause, episodes) for cause in self.causes]
        given = sum(len(cause.evidence) for cause in self.causes)
        kept = tuple(cause for cause in causes if cause.evidence)
        dropped = given - sum(len(cause.evidence) for cause in causes)
        return AnalystReport(kept, dropped, len(causes) - len(kept), queries)


def read_reply(text: str) -> Query | AnalystAnswer | Unreadable:
    """Return what the reply's last fenced block asks or reports; never raises."""
    blocks = fenced_blocks(without_thinking(normalised(text)))
    if not blocks:
        return Unreadable("it holds no fenced json block")
    try:
        data = json.loads(blocks[-1].text)
        kind = (
            TypeAdapter(Query) if isinstance(data, dict) and "query" in data else TypeAdapter(AnalystAnswer)
        )
        return kind.validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "reply"
        return Unreadable(one_line(f"{place}: {first['msg']}")[:_LONGEST])
    except (ValueError, RecursionError) as error:
        return Unreadable(one_line(f"its json block cannot be read: {error}")[:_LONGEST])


def _existing(cause: NamedCause, episodes: Episodes) -> Cause:
    kept = tuple(
        Evidence(cited.candidate, cited.episode, cited.step)
        for cited in cause.evidence
        if cited.episode < len(played := episodes.get(cited.candidate, ()))
        and cited.step < played[cited.episode].length
    )
    return Cause(one_line(cause.claim)[:_LONGEST], kept, one_line(cause.suggestion)[:_LONGEST])
