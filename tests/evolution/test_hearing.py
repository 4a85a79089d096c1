"""What people say while a run goes on: journalled once, answered, and effective from the next plan on."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from fakes import CountingProposer, FakeTrainer, make_evolution

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.archive.archive import Archive
from eureka_agent.design.proposer import Draft, Slot
from eureka_agent.evolution.hearing import Hearing, Turn
from eureka_agent.report.conclusion import best_of
from eureka_agent.store import inbox
from eureka_agent.store.event_types import (
    Event,
    FeedbackGiven,
    FinalistsNamed,
    GenerationPlanned,
    RunFinished,
)
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.said import Balance, Comment, Episode, Pin, Preference, Rating, Veto, Withdrawal
from eureka_agent.store.state import RunState
from eureka_agent.training.job import TrainingJob


class Reading(CountingProposer):
    """Notes what each generation was told of the person."""

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[int, list[Any]] = {}

    def propose(self, slot: Slot, briefing: Briefing) -> Draft:
        self.told[slot.generation] = [one.said for one in briefing.feedback]
        return super().propose(slot, briefing)


def saying(*said: Any, after: int = 0) -> Any:
    """Return a person who says this after a generation, and nothing otherwise."""

    def ask(turn: Turn) -> None:
        for one in said if turn.generation == after else ():
            turn.hear(one, "terminal")

    return ask


def test_a_sentence_stands_from_the_next_generation_on(tmp_path: Path) -> None:
    proposer = Reading()
    evolution = make_evolution(tmp_path, proposer=proposer)
    evolution.ask = saying(Comment("land softly"))

    evolution.run()

    assert proposer.told == {0: [], 1: [Comment("land softly")], 2: [Comment("land softly")]}


def test_what_is_taken_back_stands_no_longer(tmp_path: Path) -> None:
    proposer = Reading()
    evolution = make_evolution(tmp_path, proposer=proposer)

    def ask(turn: Turn) -> None:
        turn.hear(Comment("higher") if turn.generation == 0 else Withdrawal(1), "terminal")

    evolution.ask = ask
    evolution.run()

    assert proposer.told == {0: [], 1: [Comment("higher")], 2: []}


def test_of_two_that_contradict_each_other_both_are_told_in_order(tmp_path: Path) -> None:
    proposer = Reading()
    evolution = make_evolution(tmp_path, proposer=proposer)
    evolution.ask = saying(Comment("faster"), Comment("slower"))

    evolution.run()

    assert proposer.told[1] == [Comment("faster"), Comment("slower")]


def test_a_message_that_was_left_is_heard_and_answered_once(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    names: list[str] = []

    def leave(job: TrainingJob) -> None:
        if not names:
            names.append(inbox.leave(folder, Comment("no hopping"), "command"))

    proposer = Reading()
    make_evolution(tmp_path, proposer=proposer, trainer=FakeTrainer(fail=leave)).run()

    given = inbox.answer_to(folder, names[0])
    assert given is not None
    assert given.taken
    assert given.number == 1
    assert proposer.told[1] == [Comment("no hopping")]
    heard = [event for event in read_events(folder.events) if isinstance(event, FeedbackGiven)]
    assert [(event.said, event.through) for event in heard] == [(Comment("no hopping"), "command")]


def test_a_run_that_nobody_works_on_hears_it_when_it_goes_on(tmp_path: Path) -> None:
    inbox.leave(RunFolder(tmp_path), Comment("slowly"), "command")
    proposer = Reading()

    make_evolution(tmp_path, proposer=proposer).run()

    assert proposer.told[0] == [Comment("slowly")]


def test_what_is_said_after_the_end_is_answered_too(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    evolution = make_evolution(tmp_path)
    names: list[str] = []

    def last_words(event: Event) -> None:
        if isinstance(event, RunFinished):
            names.append(inbox.leave(folder, Comment("one more thing"), "dashboard"))

    evolution.log.listen(last_words)
    evolution.run()

    given = inbox.answer_to(folder, names[0])
    assert given is not None
    assert not given.taken
    assert "decided" in given.text


def test_what_is_said_while_a_generation_is_planned_is_of_the_next(tmp_path: Path) -> None:
    """A plan and its prompts know the same: a veto that came too late for the parents is told later, too."""
    evolution = make_evolution(tmp_path, generations=3)
    hearing = Hearing(evolution.folder, evolution.log, evolution.state, 3)

    class Overheard(Reading):
        def plan(self, generation: int, samples: int, archive: Archive) -> list[Slot]:
            if generation == 1:
                inbox.leave(evolution.folder, Comment("too late"), "command")
                speaking.start()
                speaking.join(0.5)
            return super().plan(generation, samples, archive)

    evolution.hearing = hearing
    speaking = threading.Thread(target=hearing.take_up)
    proposer = Overheard()
    evolution.make_proposer = lambda _restart: proposer
    evolution.run()

    assert proposer.told == {0: [], 1: [], 2: [Comment("too late")]}


def test_a_veto_makes_nobody_a_parent_a_leader_or_a_finalist(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path)
    first = {}

    def ask(turn: Turn) -> None:
        if turn.generation == 0:
            first["leader"] = turn.state.leaders[0]
            turn.hear(Veto(str(turn.state.leaders[0]), "it hops"), "terminal")

    evolution.ask = ask
    evolution.run()

    vetoed, events = first["leader"], read_events(tmp_path / "events.jsonl")
    plans = [event for event in events if isinstance(event, GenerationPlanned) and event.generation > 0]
    assert plans
    assert all(vetoed not in slot.parents for plan in plans for slot in plan.slots)
    assert vetoed not in list(evolution.state.leaders.values())[1:]
    assert vetoed not in next(event.names for event in events if isinstance(event, FinalistsNamed))


def test_a_search_whose_candidates_are_all_vetoed_begins_again(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path, generations=2)

    def ask(turn: Turn) -> None:
        for name in turn.state.candidates if turn.generation == 0 else ():
            turn.hear(Veto(name), "terminal")

    evolution.ask = ask
    evolution.run()

    assert all(slot.operator == "seed" for slot in evolution.state.slots[1])
    assert evolution.state.finalists is not None
    assert all(name.startswith("1-") for name in evolution.state.finalists)


def test_a_pin_makes_a_finalist_that_does_not_lead_by_it(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path, confirm_top=1)

    def ask(turn: Turn) -> None:
        if turn.generation == 0:
            turn.hear(Pin(turn.archive.ranked()[-1].id), "terminal")

    evolution.ask = ask
    evolution.run()

    pinned = evolution.state.feedback.pinned[0]
    assert evolution.state.finalists is not None
    assert evolution.state.finalists[-1] == pinned
    assert len(evolution.state.finalists) == 2
    assert pinned not in evolution.state.leaders.values()


def test_the_person_is_not_asked_again_of_generations_that_are_over(tmp_path: Path) -> None:
    asked: list[int] = []
    first = make_evolution(tmp_path)
    first.ask = lambda turn: asked.append(turn.generation)
    first.run()

    assert asked == [0, 1, 2]
    again = make_evolution(tmp_path)
    again.ask = lambda turn: asked.append(turn.generation)
    again.run()
    assert asked == [0, 1, 2]


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_run_that_was_killed_knows_what_was_said(tmp_path: Path, cut: int) -> None:
    """Whatever came after the feedback is done again, and comes out alike."""
    whole = make_evolution(tmp_path / "whole")
    whole.ask = saying(Comment("softly"), Veto("0-01"))
    whole.run()
    lines = (tmp_path / "whole" / "events.jsonl").read_text().splitlines(keepends=True)
    last = max(n for n, line in enumerate(lines) if '"feedback_given"' in line)
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / "events.jsonl").write_text("".join(lines[: last + cut]))
    proposer = Reading()

    again = make_evolution(tmp_path / "cut", proposer=proposer)
    again.run()

    assert proposer.told[2] == [Comment("softly"), Veto("0-01")]
    assert again.state.slots == whole.state.slots
    assert again.state.finalists == whole.state.finalists


def hearing_of(root: Path, **options: Any) -> Hearing:
    """Return what hears in a run whose first generation is over."""
    evolution = make_evolution(root, generations=2, samples=2, **options)
    evolution.propose(0, CountingProposer())
    evolution.train(0)
    evolution.judge(0)
    return Hearing(evolution.folder, evolution.log, evolution.state, 2)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (Comment("lower", about="0-07"), "There is no candidate 0-07 in this run."),
        (Veto("5-00"), "There are 0-00, 0-01."),
        (Withdrawal(4), "Nothing stands under the number 4; there are none yet."),
        (Preference(Episode("0-00", 3), Episode("0-01"), "first"), "0-00 has no training 3"),
        (Balance("0-00", "forward", "effort"), "has no component forward"),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_what_does_not_fit_the_run_is_refused_with_what_would(tmp_path: Path, said: Any, told: str) -> None:
    hearing = hearing_of(tmp_path)
    before = len(read_events(tmp_path / "events.jsonl"))

    given = hearing.hear(said, "command")

    assert not given.taken
    assert told in given.text
    assert len(read_events(tmp_path / "events.jsonl")) == before


def test_the_answer_says_from_when_on_a_sentence_is_read(tmp_path: Path) -> None:
    hearing = hearing_of(tmp_path)

    assert "every prompt from generation 1 on" in hearing.hear(Comment("lower"), "command").text
    assert "every prompt from generation 1 on" in hearing.hear(Rating("0-00", 4), "command").text


def test_where_no_language_model_reads_it_the_answer_says_so(tmp_path: Path) -> None:
    known = hearing_of(tmp_path)
    hearing = Hearing(known.folder, known.log, known.state, 2, reads=False)

    assert "no language model" in hearing.hear(Comment("lower"), "command").text


def test_after_the_last_plan_the_answer_says_that_nobody_reads_it(tmp_path: Path) -> None:
    known = hearing_of(tmp_path)
    hearing = Hearing(known.folder, known.log, known.state, 1)

    assert "no generation follows" in hearing.hear(Comment("lower"), "command").text


def test_once_the_finalists_are_named_a_veto_is_too_late(tmp_path: Path) -> None:
    hearing = hearing_of(tmp_path)
    hearing.log.append(FinalistsNamed(names=("0-00",)))

    given = hearing.hear(Veto("0-00"), "command")

    assert not given.taken
    assert "finalists are named already" in given.text


def test_a_file_that_is_no_message_is_answered_and_gone(tmp_path: Path) -> None:
    hearing = hearing_of(tmp_path)
    name = f"{1:020d}-00000000"
    hearing.folder.feedback.mkdir()
    (hearing.folder.feedback / f"{name}.json").write_text('{"said": {"kind": "shout"}}')

    hearing.take_up()

    given = inbox.answer_to(hearing.folder, name)
    assert given is not None
    assert not given.taken
    assert list(inbox.waiting(hearing.folder)) == []


def test_a_log_with_feedback_folds_as_it_was_lived(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path)
    evolution.ask = saying(Comment("softly"), Rating("0-01", 2, why="it rests"), Pin("0-02"))
    evolution.run()

    assert RunState.of(read_events(tmp_path / "events.jsonl")).feedback == evolution.state.feedback


def test_where_people_judge_an_answer_says_when_it_counts(tmp_path: Path) -> None:
    told: list[str] = []

    def ask(turn: Turn) -> None:
        told.append(turn.hear(Rating(turn.archive.candidates[0].id, 4), "terminal").text)

    evolution = make_evolution(tmp_path, generations=2, target=None, fitness="human")
    evolution.ask = ask
    evolution.run()

    assert told[0] == "It counts in every score once generation 1 is trained, until it is taken back."
    assert "no generation follows" in told[1]


def test_a_message_whose_answer_was_lost_is_journalled_once(tmp_path: Path) -> None:
    """The process was killed after it had journalled it, and before it could answer."""
    hearing = hearing_of(tmp_path)
    name = inbox.leave(hearing.folder, Rating("0-00", 4), "command")
    hearing.log.append(FeedbackGiven(said=Rating("0-00", 4), through="command", message=name))

    hearing.take_up()

    assert [one.said for one in hearing.state.feedback.heard] == [Rating("0-00", 4)]
    given = inbox.answer_to(hearing.folder, name)
    assert given is not None
    assert given.number == 1


def test_what_cannot_be_taken_out_of_the_inbox_is_answered_once(tmp_path: Path) -> None:
    hearing = hearing_of(tmp_path)
    name = f"{1:020d}-00000000"
    (hearing.folder.feedback / f"{name}.json").mkdir(parents=True)
    hearing.take_up()
    answered = hearing.folder.feedback / "answers" / f"{name}.json"
    answered.write_text(answered.read_text() + "\n")
    noted = answered.read_bytes()

    hearing.take_up()

    assert answered.read_bytes() == noted


def test_an_episode_that_was_never_recorded_is_not_compared(tmp_path: Path) -> None:
    given = hearing_of(tmp_path).hear(Preference(Episode("0-00", 0, 99), Episode("0-01"), "first"), "command")

    assert not given.taken
    assert "3 episodes are recorded" in given.text


def test_who_was_refused_cannot_be_pinned(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path, generations=2, samples=2, repair_turns=0)
    evolution.propose(0, CountingProposer(broken=frozenset({"0-01"})))
    hearing = Hearing(evolution.folder, evolution.log, evolution.state, 2)

    given = hearing.hear(Pin("0-01"), "command")

    assert not given.taken
    assert "0-01 was refused" in given.text


def test_a_run_with_a_limit_on_its_steps_has_no_further_finalists(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path, generations=2, budget_steps=10_000)
    answers = []
    evolution.ask = lambda turn: answers.append(turn.hear(Pin("0-00"), "terminal"))
    evolution.run()

    assert answers
    assert not any(given.taken for given in answers)
    assert "--budget-steps" in answers[0].text


def test_a_veto_after_the_plan_changes_nothing_of_the_generation_when_it_is_resumed(tmp_path: Path) -> None:
    class Ranking(CountingProposer):
        def __init__(self) -> None:
            super().__init__()
            self.ranked: dict[str, list[str]] = {}

        def propose(self, slot: Slot, briefing: Briefing) -> Draft:
            self.ranked[slot.id] = [one.id for one in briefing.archive.ranked()]
            return super().propose(slot, briefing)

    whole = make_evolution(tmp_path, generations=2)
    live = Ranking()
    whole.propose(0, live)
    whole.train(0)
    whole.judge(0)
    whole.propose(1, live)
    lines = (tmp_path / "events.jsonl").read_text().splitlines(keepends=True)
    planned = max(n for n, line in enumerate(lines) if '"generation_planned"' in line)
    (tmp_path / "events.jsonl").write_text("".join(lines[: planned + 1]))
    cut = make_evolution(tmp_path, generations=2)
    leader = str(cut.state.leaders[0])
    cut.hearing.hear(Veto(leader), "command")

    resumed = Ranking()
    make_evolution(tmp_path, generations=2).propose(1, resumed)

    assert resumed.ranked == {name: ranked for name, ranked in live.ranked.items() if name.startswith("1-")}
    assert leader in resumed.ranked["1-00"]
    assert best_of(cut.state)[0] != leader
