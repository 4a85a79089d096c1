"""The analyst: a language model that reads recorded episodes and says why a policy does what it does.

Auto MC-Reward (arXiv 2312.09238) gives failed trajectories to a model. Here it sees the key moments of the
best and the worst episode (at most 2 x 24 rows of 20 columns, some 10 kB beside task and reflection), may
ask a fixed set of read-only questions (`analysis/queries.py`), and every step that it cites is looked up.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from eureka_agent.analysis.columns import columns_of, is_paid
from eureka_agent.analysis.moments import first_steps, key_moments
from eureka_agent.analysis.outcomes import outcomes
from eureka_agent.analysis.queries import (
    MOST_CONDITIONS,
    MOST_NAMES,
    MOST_ROWS,
    Episodes,
    Query,
    QueryError,
    answer,
)
from eureka_agent.analysis.whole import worst_and_best
from eureka_agent.archive.candidate import Candidate
from eureka_agent.design.analyst_reply import MOST_CAUSES, AnalystAnswer, read_reply
from eureka_agent.design.prompts import PromptBook, task_words
from eureka_agent.design.reflection import number, reflect
from eureka_agent.design.review import Unreadable
from eureka_agent.design.said import said_words
from eureka_agent.design.untrained import Untrained
from eureka_agent.errors import TaskError
from eureka_agent.escaping import cell, code_cell, fence, visible
from eureka_agent.llm.model import LanguageModel, Message
from eureka_agent.llm.templates import Templates
from eureka_agent.resources import resource_folders
from eureka_agent.store.records import AnalystReport, PolicyStats, RequestKey
from eureka_agent.store.said import Heard
from eureka_agent.tasks.task import Task
from eureka_agent.trajectories.ending import events_of
from eureka_agent.trajectories.trajectory import Trajectory

MOST_QUERIES = 8
_SHOWN_COLUMNS = 20


class Analyst(Protocol):
    """Says why a candidate's kept policy scores as it does."""

    def __call__(
        self,
        candidate: Candidate,
        stats: PolicyStats,
        episodes: Episodes,
        stop: threading.Event,
        said: Sequence[Heard] = (),
    ) -> AnalystReport:
        """Return a report on `candidate`, of which `stats` are known; `episodes` are its own and others'.

        `said` is what people asked for.
        Raises ModelError when the model cannot answer, BudgetExhaustedError when it cannot be paid.
        """
        ...


class ModelAnalyst:
    """Asks a language model; with `queries=0` it gets to see what it is shown and nothing else (ablation)."""

    def __init__(
        self,
        task: Task,
        model: LanguageModel,
        templates: Templates | None = None,
        *,
        untrained: Untrained | None = None,
        queries: int = MOST_QUERIES,
    ) -> None:
        self._task, self._model, self._untrained, self._queries = task, model, untrained, queries
        self._templates = templates or Templates(resource_folders("templates"))
        self._prompts = PromptBook()

    def __call__(
        self,
        candidate: Candidate,
        stats: PolicyStats,
        episodes: Episodes,
        stop: threading.Event,
        said: Sequence[Heard] = (),
    ) -> AnalystReport:
        """Return the model's report; see `Analyst`."""
        conversation = self.messages(candidate, stats, episodes, said)
        for turn in range(self._queries + 1):
            key = str(RequestKey("analyzer", candidate.id, turn))
            reply = self._model.reply(key, conversation, stop).text
            match read_reply(reply):
                case Unreadable(why):
                    return AnalystReport(queries=turn, unreadable=why)
                case AnalystAnswer() as report:
                    return report.checked(episodes, queries=turn)
                case query:
                    told = self._answer(query, episodes, left=self._queries - turn - 1)
                    conversation = (*conversation, Message("assistant", reply), told)
        return AnalystReport(queries=self._queries, unreadable="it asked more questions than there are")

    def messages(
        self, candidate: Candidate, stats: PolicyStats, episodes: Episodes, said: Sequence[Heard] = ()
    ) -> tuple[Message, ...]:
        """Return what the model is asked at first."""
        system = self._templates.render(
            "analyzer/system.md.j2",
            queries=self._queries, names=MOST_NAMES, rows=MOST_ROWS, conditions=MOST_CONDITIONS,
            most_causes=MOST_CAUSES,
        )  # fmt: skip
        own = episodes[candidate.id]
        request = self._templates.render(
            "analyzer/request.md.j2",
            task=task_words(self._task, self._untrained),
            said=said_words(said),
            candidate=self._candidate(candidate, stats),
            episodes=[_episode_words(index, one) for index, one in enumerate(own)],
            columns=[f"`{code_cell(name)}`" for name in columns_of(own[0])],
            moments=_moments(self._task, own),
            others=[name for name in episodes if name != candidate.id and episodes[name]],
        )
        return Message("system", system), Message("user", request)

    def _candidate(self, candidate: Candidate, stats: PolicyStats) -> dict[str, str]:
        source = visible((candidate.source or "").strip())
        at_random = {} if self._untrained is None else self._untrained.signals
        told = reflect(candidate, sign=self._task.fitness.sign, met=stats, at_random=at_random)
        reflection = self._prompts.reflection(**told).strip()
        return {"id": candidate.id, "source": source, "fence": fence(source), "reflection": reflection}

    def _answer(self, query: Query, episodes: Episodes, *, left: int) -> Message:
        try:
            told = answer(query, episodes)
        except QueryError as error:
            told = str(error)
        return Message(
            "user", self._templates.render("analyzer/answer.md.j2", answer=told, left=max(0, left))
        )


def _episode_words(index: int, episode: Trajectory) -> Mapping[str, Any]:
    score = "" if episode.fitness is None else number(episode.fitness)
    return {"number": index, "steps": episode.length, "ending": cell(episode.ending), "score": score}


def _moments(task: Task, episodes: Sequence[Trajectory]) -> list[dict[str, Any]]:
    """Return the key moments of the worst and of the best episode, as tables."""
    order = worst_and_best(outcomes(episodes), task.fitness.sign)
    return [
        {"number": index, "table": _table(task, episodes[index], index)} for index in dict.fromkeys(order)
    ]


def _table(task: Task, episode: Trajectory, index: int) -> str:
    try:
        events = events_of(task, episode.signals)
    except (TaskError, LookupError):  # a recording of an earlier task may lack what events read
        events = {}
    begun = first_steps({name: mask for name, mask in events.items() if name not in episode.ending})
    paid = sum(is_paid(name) for name in columns_of(episode))
    most = max(1, _SHOWN_COLUMNS - paid)
    return key_moments(episode, begun, episode=index, most_signals=most).to_markdown()
