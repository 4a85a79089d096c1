"""The language model as critic: it reads a reward beside its task before anything is trained.

Auto MC-Reward (arXiv 2312.09238) has a model review consistency, syntax and semantics. Syntax is the static
rules' business here, and what the model says is an opinion: it can send a reward back to the designer while
that may still answer, and never keeps one from being trained at last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.design.prompts import task_words
from eureka_agent.design.review import CATEGORIES, MOST_REMARKS, Review, Unreadable, read_review
from eureka_agent.design.said import said_words
from eureka_agent.design.untrained import Untrained
from eureka_agent.escaping import fence, item, visible
from eureka_agent.llm.model import LanguageModel, Message
from eureka_agent.llm.templates import Templates
from eureka_agent.resources import resource_folders
from eureka_agent.rewards.comments import without_comments
from eureka_agent.rewards.findings import Finding
from eureka_agent.store.records import RequestKey
from eureka_agent.store.said import Heard
from eureka_agent.tasks.task import Task

REVIEWS = 2
"""Requests about one answer: with its comments and without."""


Paid = Callable[[str], Sequence[str]]
"""Returns what a reward pays some behaviours, a line each; none where it fails on them."""


class Reviewer(Protocol):
    """Gives an opinion on a reward that passed all checks."""

    def __call__(
        self, slot: str, turn: int, source: str, findings: Sequence[Finding], briefing: Briefing
    ) -> list[Finding]:
        """Return remarks on the slot's answer number `turn`; errors ask the designer to revise it.

        `findings` are those of the checks. Raises ModelError when the model cannot answer, and
        BudgetExhaustedError when there is no money to ask it.
        """
        ...


class ModelReviewer:
    """Asks a language model for a verdict twice: on the reward as it is, and without its comments.

    A verdict that changes when comments go is one about prose: its errors become warnings, with a word on it.
    A reply that holds no verdict is a warning, too.
    """

    def __init__(
        self,
        task: Task,
        model: LanguageModel,
        templates: Templates | None = None,
        *,
        untrained: Untrained | None = None,
        paid: Paid | None = None,
    ) -> None:
        """`paid` says what a reward pays behaviours that were played before any training."""
        self._task, self._model, self._untrained, self._paid = task, model, untrained, paid
        self._templates = templates or Templates(resource_folders("templates"))

    def __call__(
        self, slot: str, turn: int, source: str, findings: Sequence[Finding], briefing: Briefing
    ) -> list[Finding]:
        """Return the model's remarks; see `Reviewer`."""
        verdict = self._ask(RequestKey("critic", slot, REVIEWS * turn), source, findings, briefing)
        if isinstance(verdict, Unreadable):
            return [_unreadable(verdict)]
        found = [remark.finding(source.count("\n") + 1) for remark in verdict.remarks]
        bare = without_comments(source)
        if bare is None:
            return found
        # Lines of the text with comments would mislead; all else is told again, so that only comments differ.
        bare_findings = [replace(finding, line=None) for finding in findings]
        again = self._ask(RequestKey("critic", slot, REVIEWS * turn + 1), bare, bare_findings, briefing)
        if isinstance(again, Unreadable) or again.verdict == verdict.verdict:
            return found
        return [*(replace(finding, severity="warning") for finding in found), _flipped(verdict)]

    def messages(
        self, source: str, findings: Sequence[Finding], said: Sequence[Heard] = ()
    ) -> tuple[Message, ...]:
        """Return what the model is asked about a reward."""
        lines = visible(source.strip("\n")).split("\n")
        system = self._templates.render(
            "critic/system.md.j2",
            categories=[f'`"{name}"`' for name in CATEGORIES],
            most_remarks=MOST_REMARKS,
        )
        request = self._templates.render(
            "critic/review.md.j2",
            task=task_words(self._task, self._untrained),
            said=said_words(said),
            numbered="\n".join(f"{number:>3} {line}" for number, line in enumerate(lines, start=1)),
            fence=fence(source),
            remarks=[item(str(finding)) for finding in findings],
            paid=[item(line) for line in self._paid(source)] if self._paid is not None else [],
        )
        return Message("system", system), Message("user", request)

    def _ask(
        self, key: RequestKey, source: str, findings: Sequence[Finding], briefing: Briefing
    ) -> Review | Unreadable:
        asked = self.messages(source, findings, briefing.feedback)
        return read_review(self._model.reply(str(key), asked, briefing.stop).text)


def _unreadable(verdict: Unreadable) -> Finding:
    what = f"The review of this reward could not be read: {verdict.why}."
    return Finding("review-unreadable", "warning", None, what, "It counts as no review.", "")


def _flipped(verdict: Review) -> Finding:
    other = "accepted" if verdict.verdict == "revise" else "sent back"
    what = f"Without its comments the same reward was {other} by the reviewer."
    return Finding("review-flipped", "warning", None, what, "The remarks may be about its prose.", "")
