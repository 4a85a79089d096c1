from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from design_fakes import make_task, trained
from trajectory_fakes import running

from eureka_agent.analysis.queries import Episodes
from eureka_agent.design.analyst import MOST_QUERIES, ModelAnalyst
from eureka_agent.design.analyst_reply import AnalystAnswer, read_reply
from eureka_agent.design.review import Unreadable
from eureka_agent.errors import ModelError
from eureka_agent.llm.scripted import ScriptedModel
from eureka_agent.store.records import AnalystReport, Cause, Evidence, PolicyStats

CANDIDATE = trained(0, 1, 5.0)
STATS = PolicyStats(observations=("It idles (episode 1).",))


def episode(steps: int, fitness: float):
    made = running({"position": np.linspace(0, 1, steps), "velocity": np.ones(steps)})
    return replace(made, fitness=fitness, reward=np.ones(steps, np.float32), components={})


EPISODES: Episodes = {"0-01": (episode(90, 7.0), episode(12, 1.0)), "0-00": (episode(5, 0.0),)}
SEEN = {"candidate": "0-01", "episode": 1, "step": 11}
CAUSE = {"claim": "It stops at the line.", "evidence": [SEEN], "suggestion": "Pay beyond it."}
QUERY = {"query": "window", "candidate": "0-01", "episode": 1, "first": 10, "last": 11, "names": ["position"]}
KEPT = Cause("It stops at the line.", (Evidence("0-01", 1, 11),), "Pay beyond it.")


def fenced(data: Any) -> str:
    return f"Hm.\n```json\n{json.dumps(data)}\n```"


def analysed(*replies: str, queries: int = MOST_QUERIES) -> tuple[AnalystReport, ScriptedModel]:
    model = ScriptedModel(list(replies))
    analyst = ModelAnalyst(make_task(), model, queries=queries)
    report = analyst(CANDIDATE, STATS, EPISODES, threading.Event())
    return report, model


def test_a_report_is_taken_with_its_evidence() -> None:
    report, model = analysed(fenced({"causes": [CAUSE]}))
    assert report == AnalystReport((KEPT,))
    ((key, (system, request)),) = model.requests
    assert key == "analyzer/0-01/turn0"
    assert "at most 8 questions" in system.content
    assert "SECRET" not in request.content.upper()
    told = ("It idles (episode 1).", "| 1 | 12 |", "`position`", "Episode 1, key moments", "0-00")
    assert [words for words in told if words not in request.content] == []


@pytest.mark.parametrize(
    "invented",
    [
        SEEN | {"step": 12},
        SEEN | {"episode": 2},
        SEEN | {"candidate": "9-99"},
        SEEN | {"candidate": "../.."},
    ],
)  # fmt: skip
def test_steps_that_nobody_recorded_are_dropped_and_counted(invented: dict[str, Any]) -> None:
    invention = {"claim": "It flies.", "evidence": [invented]}
    both = CAUSE | {"evidence": [SEEN, invented]}
    report, _ = analysed(fenced({"causes": [invention, both, {"claim": "It is so."}]}))
    assert report == AnalystReport((KEPT,), dropped_evidence=2, dropped_causes=2)


def test_questions_are_answered_until_it_reports() -> None:
    report, model = analysed(fenced(QUERY), fenced(QUERY | {"names": ["spin"]}), fenced({"causes": [CAUSE]}))
    assert report == AnalystReport((KEPT,), queries=2)
    assert [key for key, _ in model.requests] == [f"analyzer/0-01/turn{turn}" for turn in range(3)]
    first, second = (model.requests[turn][1][-1].content for turn in (1, 2))
    assert "| 10 | 0.909 |" in first
    assert "7 more questions" in first
    assert "There is no 'spin'" in second


def test_who_asks_more_than_allowed_gives_no_report() -> None:
    report, model = analysed(*[fenced(QUERY)] * 9)
    assert report == AnalystReport(queries=8, unreadable="it asked more questions than there are")
    assert len(model.requests) == 9
    assert "No questions are left" in model.requests[-1][1][-1].content


def test_without_questions_it_is_told_that_it_has_none() -> None:
    report, model = analysed(fenced(QUERY), queries=0)
    assert report.unreadable
    assert "cannot ask" in model.requests[0][1][0].content


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("It just fails.", "no fenced json block"),
        (fenced([]), "valid dictionary"),
        (fenced({"causes": "many"}), "causes"),
        (fenced({"causes": [CAUSE] * 6}), "causes"),
        (fenced({"causes": [CAUSE | {"sure": 1}]}), "sure"),
        (fenced({"causes": [CAUSE | {"evidence": [SEEN | {"step": -1}]}]}), "step"),
        (fenced({"causes": [CAUSE | {"evidence": [SEEN | {"step": "11"}]}]}), "step"),
        (fenced({"query": "run", "code": "1"}), "query"),
    ],
)
def test_what_is_no_report_says_why_and_is_no_error(reply: str, why: str) -> None:
    report, _ = analysed(reply)
    assert why in report.unreadable
    assert isinstance(read_reply(reply), Unreadable)


def test_the_worst_and_the_best_episode_are_shown_with_what_happened() -> None:
    task = make_task(events=lambda signals: {"it was halfway": signals["position"] > 0.5})
    _, request = ModelAnalyst(task, ScriptedModel([])).messages(CANDIDATE, STATS, EPISODES)
    worst, best = request.content.index("Episode 1, key"), request.content.index("Episode 0, key")
    assert worst < best
    assert "| 45 | 0.506 | 1 | 1 | 'it was halfway' |" in request.content[best:]
    assert "| step | position | velocity | reward | what happened |" in request.content


def test_no_causes_is_an_answer() -> None:
    assert isinstance(read_reply(fenced({"causes": []})), AnalystAnswer)
    assert analysed(fenced({"causes": []}))[0] == AnalystReport()


def test_a_model_that_cannot_answer_is_an_error() -> None:
    with pytest.raises(ModelError):
        analysed()
