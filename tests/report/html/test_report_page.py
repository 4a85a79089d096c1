"""The report of a run as a page: one file that answers, shows and explains, whatever the run came to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from page_reading import Page
from synthetic_run import synthetic_run

from eureka_agent.archive.candidate import Candidate, Status
from eureka_agent.report.conclusion import conclude
from eureka_agent.report.html.page import render_report
from eureka_agent.report.views.run import Source, run_report
from eureka_agent.store.records import Confirmation
from eureka_agent.store.state import RunState

IN_ORDER = (
    "Is it better?", "Why?", "What did it cost?", "The best reward", "The search: fitness by generation",
    "Lineage", "What each component", "What went wrong", "What it took", "To do it again",
)  # fmt: skip


@pytest.fixture(scope="module")
def long_run(tmp_path_factory: pytest.TempPathFactory) -> RunState:
    return synthetic_run(tmp_path_factory.mktemp("long") / "run")


@pytest.fixture
def state(tmp_path: Path) -> RunState:
    return synthetic_run(tmp_path / "run", generations=2, samples=9)


def rendered(state: RunState, running: str | None = None) -> str:
    source = Source("a-run", state, conclude(state), running=running, versions={"numpy": "2.1"})
    return render_report(run_report(source))


def test_a_long_run_is_one_small_file_that_asks_for_nothing(long_run: RunState) -> None:
    text = rendered(long_run)
    page = Page(text)
    assert len(text.encode()) < 2_000_000
    assert page.count("script") == 0
    assert page.count("link") == 0
    addresses = [value for _, attrs in page.tags for name, value in attrs.items() if name in ("src", "href")]
    assert addresses
    assert all((value or "").startswith("#") for value in addresses)
    policy = next(attrs for tag, attrs in page.tags if tag == "meta" and attrs.get("http-equiv"))
    assert (policy["content"] or "").startswith("default-src 'none'")


def test_sections_stand_in_the_order_in_which_people_ask(long_run: RunState) -> None:
    text = Page(rendered(long_run)).text
    body = text.partition("Run:")[2]
    places = [body.find(title) for title in IN_ORDER]
    assert -1 not in places
    navigation = body.find("The best reward The search")
    assert places[:3] == sorted(places[:3])
    assert places[2] < navigation
    after = body[navigation + 100 :]
    later = [after.find(title) for title in IN_ORDER[3:]]
    assert later == sorted(later)


def test_every_candidate_is_drawn_and_listed(long_run: RunState) -> None:
    text = rendered(long_run)
    for name in long_run.candidates:
        assert f'id="c-{name}"' in text
        marks = re.findall(rf"<title>{name}: [a-z ]+, [^<]*</title>", text)
        assert len(marks) == 2, "one for a desk, one for a telephone"


def test_links_lead_somewhere_and_ids_are_unique(long_run: RunState) -> None:
    page = Page(rendered(long_run))
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    targets = {(attrs["href"] or "")[1:] for tag, attrs in page.tags if tag == "a"}
    assert targets <= set(ids)
    for _, attrs in page.tags:
        assert set((attrs.get("aria-labelledby") or "").split()) <= set(ids)


def test_drawings_say_what_they_show_to_those_who_do_not_see_them(long_run: RunState) -> None:
    drawings = re.findall(r"<svg [^>]*>.*?</svg>", rendered(long_run), re.DOTALL)
    told = [one for one in drawings if 'aria-hidden="true"' not in one]
    assert len(told) >= 10
    assert all("<title " in one and "<desc " in one and 'role="img"' in one for one in told)


def unfinished(state: RunState) -> None:
    state.confirmation, state.finished = None, False


def without_winner(state: RunState) -> None:
    state.confirmation = Confirmation(None, (), ())
    state.candidates = {
        name: replace(one, status=Status.FAILED, reason="It fell over.", evaluations=())
        for name, one in state.candidates.items()
    }
    state.judgements.clear()


def without_model(state: RunState) -> None:
    state.replies.clear()
    state.tokens, state.cost_usd = 0, 0.0


def of_the_first_days(state: RunState) -> None:
    state.facts = None
    state.core_s = None
    for name in list(state.config):
        if name not in ("task", "model"):
            del state.config[name]


def minimised(state: RunState) -> None:
    assert state.facts is not None
    state.facts = replace(state.facts, direction="minimize")


def on_one_seed(state: RunState) -> None:
    assert state.confirmation is not None
    table = tuple(replace(row, low=None, high=None, seeds=row.seeds[:1]) for row in state.confirmation.table)
    state.confirmation = replace(state.confirmation, table=table, paired_difference=None)


def restarted(state: RunState) -> None:
    state.config |= {"restarts": 2, "generations": 1}


CASES: list[tuple[Callable[[RunState], None], tuple[str, ...]]] = [
    (unfinished, ("Not known yet", "no process works on it now", "not trained on fresh seeds yet")),
    (without_winner, ("No reward was found", "There is no best reward to explain", "It fell over.")),
    (without_model, ("nobody gave reasons", "$0.00: no language model was asked")),
    (of_the_first_days, ("A task that this log does not describe", "It differs")),
    (minimised, ("lower is better",)),
    (on_one_seed, ("Not shown to be better", "one fresh seed, which cannot tell luck", "(one seed)")),
    (restarted, ("The search: fitness by generation",)),
]  # fmt: skip


@pytest.mark.parametrize(("change", "says"), CASES, ids=lambda value: getattr(value, "__name__", None))
def test_whatever_a_run_came_to_is_said(
    state: RunState, change: Callable[[RunState], None], says: tuple[str, ...]
) -> None:
    change(state)
    text = Page(rendered(state)).text
    for words in says:
        assert words in text


def test_a_run_that_goes_on_says_so(state: RunState) -> None:
    unfinished(state)
    assert "Still running (process 4711)" in Page(rendered(state, running="4711")).text


def test_searches_that_are_independent_stand_apart(state: RunState) -> None:
    before = rendered(state).count('stroke-dasharray="3 3"')
    restarted(state)
    assert rendered(state).count('stroke-dasharray="3 3"') == before + 2


def test_a_run_that_has_only_begun_is_shown() -> None:
    text = Page(
        rendered(RunState(config={"task": {"kind": "gym", "value": "Ant-v5"}, "model": "search"}))
    ).text
    for words in ("Nothing was proposed yet.", "eureka-agent evolve gym:Ant-v5 --model search"):
        assert words in text


def test_a_candidate_whose_words_are_missing_is_shown(state: RunState) -> None:
    bare = Candidate(3, 0, "seed", source=None, status=Status.REFUSED)
    state.candidates[bare.id] = bare
    assert "no rule is named" in Page(rendered(state)).text
