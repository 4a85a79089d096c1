"""The designer: a language model that proposes rewards, told what training showed of earlier ones."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate
from eureka_agent.archive.parents import drawn_parents
from eureka_agent.config import Earlier
from eureka_agent.design.history import NOTHING, history_of
from eureka_agent.design.prompts import PromptBook
from eureka_agent.design.proposer import Draft, Slot, not_planned
from eureka_agent.design.reflection import NOTHING_MET, reflect
from eureka_agent.design.reply import extract_reward
from eureka_agent.design.untrained import Untrained
from eureka_agent.escaping import fence, one_line, visible
from eureka_agent.llm.model import LanguageModel, Message, Reply
from eureka_agent.llm.thinking import without_thinking
from eureka_agent.rewards.findings import Finding
from eureka_agent.seeds import generator_for
from eureka_agent.store.records import RequestKey
from eureka_agent.tasks.task import Task

_PARENTS = {"seed": 0, "rewrite": 1, "cross": 2}
"""How many parents each operator has; its name is that of its template, too."""
DIRECTIONS = ("", "least", "other", "simpler")
"""What rewrites of one parent are asked for, in turn; the first is asked for nothing in particular."""
_SLOTS_PER_FRESH_SEED = 8
_CROSS_FROM_BEST = 4
"""The second parent of a cross is drawn from this many of the best."""


class Designer:
    """Proposes rewards with a language model by the operators seed, rewrite and cross, and repairs them.

    Rewrites of one parent differ in the direction that they are asked to take; see `DIRECTIONS`.
    `untrained` is what a random policy encounters, `before` are the rewards that trainings go on after.
    `reflection=False` reports only a parent's score, `history=False` nothing about other candidates; both
    exist for ablations.
    """

    def __init__(
        self,
        task: Task,
        model: LanguageModel,
        prompts: PromptBook | None = None,
        *,
        seed: int = 0,
        reflection: bool = True,
        history: bool = True,
        untrained: Untrained | None = None,
        before: Sequence[Earlier] = (),
    ) -> None:
        self.name = model.name
        self.max_parallel = model.max_parallel
        self._task = task
        self._model = model
        self._prompts = prompts or PromptBook()
        self._seed = seed
        self._reflection = reflection
        self._history = history
        self._untrained = untrained
        self._before = before

    def plan(self, generation: int, samples: int, archive: Archive) -> list[Slot]:
        """Return the slots of a generation.

        An eighth of the slots unites two of the best, and one in eight starts afresh; all do while nothing
        has been trained. The others rewrite the best, and a quarter of all the second best: half of them
        where it scored higher than the leader and is only not proved yet. By posterior every parent is a
        draw from what is believed of it.
        """
        ranked = [candidate.id for candidate in archive.ranked()]
        if generation == 0 or not ranked:
            return [Slot(generation, index, "seed") for index in range(samples)]
        fresh = samples // _SLOTS_PER_FRESH_SEED
        crosses = (samples + 4) // 8 if len(ranked) > 1 else 0
        rewritten = self._rewritten(generation, samples, samples - fresh - crosses, archive)
        slots = [
            Slot(generation, 0, "rewrite", (parent,), direction=direction)
            for parent, direction in zip(rewritten, _directions(rewritten), strict=True)
        ]
        couples = [self._couple(generation, number, archive) for number in range(crosses)]
        slots += [Slot(generation, 0, "cross", couple) for couple in couples]
        slots += [Slot(generation, 0, "seed")] * fresh
        return [replace(slot, index=index) for index, slot in enumerate(slots)]

    def propose(self, slot: Slot, briefing: Briefing) -> Draft:
        """Ask the model for the reward of one slot; raises ModelError when it cannot answer.

        Raises StoreError for a slot of another operator, or with other parents than it has.
        """
        if _PARENTS.get(slot.operator) != len(slot.parents):
            raise not_planned(slot, f"there is no {slot.operator} of {len(slot.parents)} parents")
        if slot.direction not in DIRECTIONS:
            raise not_planned(slot, f"there is no direction {one_line(slot.direction)[:40]}")
        request = self._prompts.request(
            slot.operator, self._task, self._untrained,
            before=self._before, feedback=briefing.feedback, judged=briefing.judged,
            **self._context(slot, briefing),
        )  # fmt: skip
        conversation = (Message("system", self._prompts.system()), Message("user", request))
        return self._ask(slot, 0, conversation, conversation, briefing.stop)

    def repair(
        self, slot: Slot, draft: Draft, findings: Sequence[Finding], turn: int, briefing: Briefing
    ) -> Draft | None:
        """Continue the slot's conversation with what was wrong; the draft's usage is this turn's alone."""
        complaint = Message("user", self._prompts.repair(findings, draft.source))
        conversation = (*draft.conversation, complaint)
        return self._ask(slot, turn, conversation, tuple(_forgetful(m) for m in conversation), briefing.stop)

    def _is_challenged(self, archive: Archive, leader: str, second: str) -> bool:
        rival = archive.get(second)
        scores = [archive.sign * (one.fitness or 0.0) for one in (rival, archive.get(leader))]
        return rival.stopped is None and scores[0] > scores[1]

    def _rewritten(self, generation: int, samples: int, count: int, archive: Archive) -> list[str]:
        """Return the parents of a generation's rewrites, `count` of them."""
        if archive.by_posterior and archive.beliefs:
            draws = (generator_for(self._seed, "designer", "parents", generation, n) for n in range(count))
            return sorted(parent for draw in draws for parent in drawn_parents(archive, 1, draw))
        ranked = [candidate.id for candidate in archive.ranked()]
        several = len(ranked) > 1
        seconds = samples // 4 if several else 0
        if several and self._is_challenged(archive, *ranked[:2]):
            seconds = count // 2
        return [ranked[0]] * (count - seconds) + ranked[1:2] * seconds

    def _couple(self, generation: int, number: int, archive: Archive) -> tuple[str, ...]:
        """Return the parents of a generation's `number`-th cross: the best two, then the best and another."""
        ranked = [candidate.id for candidate in archive.ranked()]
        if archive.by_posterior:
            drawn = drawn_parents(
                archive, 2, generator_for(self._seed, "designer", "cross", generation, number)
            )
            return drawn if len(drawn) > 1 else tuple(ranked[:2])
        if number == 0 or len(ranked) == 2:
            return tuple(ranked[:2])
        random = generator_for(self._seed, "designer", "cross", generation, number)
        return ranked[0], ranked[int(random.integers(1, min(_CROSS_FROM_BEST, len(ranked))))]

    def _context(self, slot: Slot, briefing: Briefing) -> dict[str, Any]:
        """Return what the slot's template needs beyond the task."""
        values = {**NOTHING, "direction": slot.direction}
        if self._history:
            values |= history_of(briefing.archive, briefing.trajectories, slot.parents)
        parents = [self._parent(briefing.archive.get(parent), briefing) for parent in slot.parents]
        if slot.operator == "rewrite":
            values["parent"] = parents[0]
        elif slot.operator == "cross":
            values["parents"] = parents
        return values

    def _parent(self, candidate: Candidate, briefing: Briefing) -> dict[str, str]:
        told = reflect(
            candidate,
            sign=briefing.archive.sign,
            detailed=self._reflection,
            met=briefing.policies.get(candidate.id, NOTHING_MET),
            report=briefing.reports.get(candidate.id),
            at_random={} if self._untrained is None else self._untrained.signals,
        )
        source = visible((candidate.source or "").strip())
        return {
            "id": candidate.id,
            "source": source,
            "fence": fence(source),
            "reflection": self._prompts.reflection(**told).strip(),
        }

    def _ask(
        self,
        slot: Slot,
        turn: int,
        conversation: tuple[Message, ...],
        sent: tuple[Message, ...],
        stop: threading.Event,
    ) -> Draft:
        reply = self._model.reply(str(RequestKey("designer", slot.id, turn)), sent, stop)
        extracted = extract_reward(reply.text)
        problems = () if extracted.source else _with_ending(extracted.problems, reply)
        answered = (*conversation, Message("assistant", reply.text))
        return Draft(extracted.source, problems, answered, reply.usage, proposer=self.name)


def _directions(parents: Sequence[str]) -> list[str]:
    """Return a direction for each rewrite, so that those of one parent take turns."""
    return [
        DIRECTIONS[parents[:place].count(parent) % len(DIRECTIONS)] for place, parent in enumerate(parents)
    ]


def _forgetful(message: Message) -> Message:
    """Return an earlier message as it is sent again: hidden thinking is no part of what was said."""
    if message.role != "assistant":
        return message
    return Message("assistant", without_thinking(message.content).strip() or "(no answer)")


def _with_ending(problems: tuple[Finding, ...], reply: Reply) -> tuple[Finding, ...]:
    """Put first what the model's own ending explains: cut at its length limit, or refused."""
    if reply.finish == "length" and all(problem.rule != "reply-truncated" for problem in problems):
        what, fix = "Your reply was cut at its length limit.", "Answer again, and more briefly."
        return (Finding("reply-truncated", "error", None, what, "", fix), *problems)
    if reply.finish == "refusal" and all(problem.rule != "reply-refusal" for problem in problems):
        what, fix = "The reply was ended as a refusal.", "Write the reward function for this simulated task."
        return (Finding("reply-refusal", "error", None, what, "", fix), *problems)
    if reply.warning and not reply.text.strip():
        what = "Your reply is empty: all its text stands in the hidden thinking (reasoning_content)."
        return (Finding("reply-thinking", "error", None, what, "", "Answer outside of it, and think less."),)
    return problems
