"""A run in which everything that others wrote is hostile: the page shows letters, and nothing happens."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hostile import EVIL, LETTERS
from page_reading import Page
from synthetic_run import synthetic_run

from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.analysis.outcomes import EpisodeOutcome
from eureka_agent.analysis.whole import CandidateAnalysis
from eureka_agent.archive.candidate import Candidate, Evaluation, Status
from eureka_agent.report.conclusion import conclude
from eureka_agent.report.html.page import render_report
from eureka_agent.report.views.run import Source, run_report
from eureka_agent.rewards.findings import Finding
from eureka_agent.store.facts import TaskFacts
from eureka_agent.store.records import AnalystReport, Cause, Evidence, Reply, RequestKey, Usage
from eureka_agent.store.state import RunState


def hostile(root: Path, words: str) -> tuple[RunState, dict[str, CandidateAnalysis]]:
    """Return a run in which `words` stand wherever somebody else chooses them."""
    state = synthetic_run(root, generations=2, samples=9)
    for name, one in list(state.candidates.items()):
        state.candidates[name] = _spoilt(one, words)
        usage = Usage(1, 1, None)
        state.replies[RequestKey("designer", name, 0)] = Reply(f"{words}\n{words}", usage, words, 1.0)
        state.reports[name] = AnalystReport((Cause(words, (Evidence(name, 0, 0),), words),), unreadable=words)
    state.facts = TaskFacts(words, words, words, words, "maximize", 10)
    state.config |= {"model": words, "seed_reward": words, "task": {"kind": "folder", "value": words}}
    state.notices, state.stopped = [words] * 50, words
    state.baseline_failures["sparse", 0] = words
    state.platform = words
    seen = Observation(ObservationKind.IDLING, words or "x", reason=words or "x")
    outcome = EpisodeOutcome(0, words, 1, None, None, ended=True)
    analyses = {name: CandidateAnalysis(name, (outcome,), (seen,)) for name in state.candidates}
    return state, analyses


def _spoilt(one: Candidate, words: str) -> Candidate:
    finding = Finding(words, "error", 1, words, words, words)
    return replace(
        one, proposer=words, source=words, reason=words,
        findings=(finding,) if one.status is Status.REFUSED else (),
        evaluations=tuple(_renamed(evaluation, words) for evaluation in one.evaluations),
    )  # fmt: skip


def _renamed(evaluation: Evaluation, words: str) -> Evaluation:
    curves = {name: values for name, values in evaluation.curves.items() if not name.startswith("component/")}
    return replace(evaluation, curves={**curves, f"component/{words}": (1.0, 2.0)}, warnings=(words,))


def page_of(root: Path, words: str) -> str:
    state, analyses = hostile(root, words)
    found = conclude(state)
    source = Source("evil", state, found, versions={words: words}, analyses=analyses, unread=(words,))
    return render_report(run_report(source))


@pytest.fixture(scope="module")
def shape(tmp_path_factory: pytest.TempPathFactory) -> Counter[str]:
    """How often each tag stands in the page of the same run with harmless words."""
    return tags_of(Page(page_of(tmp_path_factory.mktemp("calm") / "run", "calm")))


def tags_of(page: Page) -> Counter[str]:
    """Count what words could add; lines of code are as many as they are."""
    return Counter(tag for tag, _ in page.tags if tag not in ("span", "text"))


@pytest.mark.parametrize("words", EVIL, ids=range(len(EVIL)))
def test_words_stay_words(tmp_path: Path, shape: Counter[str], words: str) -> None:
    text = page_of(tmp_path / "run", words)
    page = Page(text)
    found = tags_of(page)
    assert set(found) <= set(shape)
    for tag in ("script", "iframe", "img", "base", "link", "style", "svg", "a", "section"):
        assert found[tag] == shape[tag], tag
    names = {name for _, attrs in page.tags for name in attrs}
    assert not {name for name in names if name.startswith("on")}
    assert all((attrs["href"] or "#").startswith("#") for tag, attrs in page.tags if tag == "a")
    assert not set(LETTERS) & set(text)


@pytest.mark.parametrize("letter", ["x", "<", "\u202e", "<think>", "a\n", "(", "`"])
def test_a_megabyte_of_words_is_cut(tmp_path: Path, letter: str) -> None:
    text = page_of(tmp_path / "run", letter * (1_000_000 // len(letter)))
    assert len(text.encode()) < 2_000_000
    assert "characters in all)" in text
    Page(text)
