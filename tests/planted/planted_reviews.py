"""Reviews of planted rewards: the requests as a run would send them, and replies recorded as JSON lines.

Both go through `ModelReviewer` itself, with a model that keeps what it is asked and says what was recorded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from planted_corpus import Planted
from pydantic import BaseModel, ConfigDict

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.design.review import Unreadable, read_review
from eureka_agent.design.reviewer import ModelReviewer
from eureka_agent.design.untrained import Untrained
from eureka_agent.llm.model import Message
from eureka_agent.llm.scripted import ScriptedModel
from eureka_agent.rewards.findings import Finding
from eureka_agent.tasks.task import Task

READINGS = ("with", "without")
"""With the reward's comments, and without them."""

_ACCEPTED = '```json\n{"verdict": "accept", "remarks": []}\n```'


class Recorded(BaseModel):
    """One line of the file of replies."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reward: str
    reading: str
    reply: str


Replies = Mapping[tuple[str, str], str]
"""By reward and reading."""


class Opinion(NamedTuple):
    """What the recorded replies say of one reward."""

    with_comments: bool | None
    """Whether the reward is sent back; None without a readable verdict."""
    without_comments: bool | None
    taken: bool
    """Whether a run would send it back: both readings say so."""


def requests_of(
    reward: Planted, task: Task, untrained: Untrained, findings: Sequence[Finding]
) -> dict[str, tuple[Message, ...]]:
    """Return what a run asks about a reward, by reading; a reward without comments is read once."""
    model = ScriptedModel(lambda key, messages: _ACCEPTED)
    reviewer = ModelReviewer(task, model, untrained=untrained)
    reviewer(reward.name, 0, reward.source, findings, Briefing())
    return dict(zip(READINGS, (messages for _, messages in model.requests), strict=False))


def opinion(reward: Planted, task: Task, replies: Replies) -> Opinion | None:
    """Return what recorded replies say of a reward; None where a reading has no reply."""
    asked: list[str] = []

    def recorded(key: str, messages: Sequence[Message]) -> str:
        asked.append(READINGS[len(asked)])
        return replies[reward.name, asked[-1]]

    reviewer = ModelReviewer(task, ScriptedModel(recorded))
    try:
        findings = reviewer(reward.name, 0, reward.source, (), Briefing())
    except KeyError:
        return None
    sent_back = {reading: _sent_back(replies[reward.name, reading]) for reading in asked}
    taken = any(finding.severity == "error" for finding in findings)
    return Opinion(sent_back["with"], sent_back.get("without", sent_back["with"]), taken)


def _sent_back(reply: str) -> bool | None:
    review = read_review(reply)
    return None if isinstance(review, Unreadable) else review.verdict == "revise"


def write_request(folder: Path, name: str, reading: str, messages: Sequence[Message]) -> None:
    """Write one request as Markdown; the reply is looked for beside it, as `<name>.<reading>.reply.md`."""
    text = "\n\n".join(f"# {message.role.capitalize()}\n\n{message.content.strip()}" for message in messages)
    (folder / f"{name}.{reading}.md").write_text(text + "\n", encoding="utf-8")


def answered(folder: Path) -> Iterator[Recorded]:
    """Return the replies that lie in a folder, by name."""
    for path in sorted(folder.glob("*.reply.md")):
        name, reading = path.name.removesuffix(".reply.md").split(".")
        yield Recorded(reward=name, reading=reading, reply=path.read_text(encoding="utf-8"))


def write_replies(path: Path, replies: Sequence[Recorded]) -> None:
    """Write a file of replies, one a line."""
    path.write_text("".join(reply.model_dump_json() + "\n" for reply in replies), encoding="utf-8")


def read_replies(path: Path) -> dict[tuple[str, str], str]:
    """Read a file of replies; none where there is no file."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    recorded = [Recorded.model_validate(json.loads(line)) for line in lines]
    return {(one.reward, one.reading): one.reply for one in recorded}
