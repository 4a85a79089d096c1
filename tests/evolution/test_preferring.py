"""A run whose fitness is what people prefer."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import FakeTrainer, make_evolution
from preferring_fakes import EPISODES, Person, RecordingTrainer
from trajectory_fakes import running

from eureka_agent.archive.candidate import Status
from eureka_agent.errors import Interrupted
from eureka_agent.evolution.loop import UNREAD, Evolution
from eureka_agent.evolution.preferring import Preferring, Question
from eureka_agent.store import inbox
from eureka_agent.store.event_types import PreferencesFitted
from eureka_agent.store.said import Comment, Episode, Preference, Rating, Veto, Withdrawal
from eureka_agent.store.state import RunState
from eureka_agent.trajectories import read_trajectories, write_trajectories
from eureka_agent.trajectories.files import FILE

ASKED = 6


def judged(root: Path, *, person: Person | None = None, **options: Any) -> Evolution:
    """Open (or continue) a run that a person judges."""
    evolution = make_evolution(
        root, trainer=RecordingTrainer(), target=None, fitness="human", questions=ASKED, **options
    )
    evolution.answers = person
    return evolution


def archive_of(state: RunState) -> Any:
    return {
        c.id: (c.source, c.status, sorted((e.stage, e.replicate, e.fitness) for e in c.evaluations))
        for c in state.candidates.values()
    }


def fits(evolution: Evolution) -> list[PreferencesFitted]:
    return [event for event in evolution.log.events if isinstance(event, PreferencesFitted)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Evolution:
    root = tmp_path_factory.mktemp("judged")
    evolution = judged(root, person=Person(root))
    evolution.run()
    return evolution


def test_after_each_generation_the_person_is_asked_and_the_model_fitted(whole: Evolution) -> None:
    assert [(fit.generation, fit.answers) for fit in fits(whole)] == [
        (0, ASKED),
        (1, 2 * ASKED),
        (2, 3 * ASKED),
    ]
    assert isinstance(whole.answers, Person)
    assert len({frozenset(question) for question in whole.answers.asked}) == 3 * ASKED
    assert [one.said for one in whole.state.feedback.heard if isinstance(one.said, Preference)]


def test_a_question_says_whether_its_episodes_begin_alike(whole: Evolution) -> None:
    """As the seeds in recordings do: episodes of equal number in trainings of equal replicate share them."""
    asked = looked_at(whole).questions(60, generation=3)
    assert {question.alike for question in asked} == {True, False}
    for question in asked:
        first, second = ((one.replicate, one.number) for one in question)
        assert question.alike == (first == second)


def test_where_recordings_do_not_say_nothing_is_said_of_beginnings(whole: Evolution, tmp_path: Path) -> None:
    root = tmp_path / "copy"
    shutil.copytree(whole.folder.root, root)
    for path in root.rglob(FILE):
        write_trajectories(path, [replace(one, seed=None) for one in read_trajectories(path)])
    asked = looked_at(judged(root)).questions(20, generation=3)
    assert {question.alike for question in asked} == {False}


def test_who_is_preferred_leads_and_wins(whole: Evolution) -> None:
    state = whole.state
    person, (leader, *_) = Person(whole.folder.root), reversed(list(state.leaders.values()))
    heights = {
        c.id: np.mean([person.height(Episode(c.id, 0, number)) for number in range(EPISODES)])
        for c in state.candidates.values()
        if c.status in (Status.TRAINED, Status.CONFIRMED)
    }
    assert leader in sorted(heights, key=lambda name: heights[name])[-3:]
    assert state.confirmation is not None
    assert state.confirmation.winner in sorted(heights, key=lambda name: heights[name])[-3:]


def test_all_scores_of_the_search_are_by_the_newest_model(whole: Evolution) -> None:
    """Whatever a training scored in its time: its recorded episodes, by the last model, are what counts."""
    state = whole.state
    learned = state.learned
    assert learned is not None
    for (name, replicate), rows in state.measured.items():
        scores = np.array(rows) @ np.array(learned.fitness.weights)
        (evaluation,) = (
            e for e in state.candidates[name].evaluations if (e.stage, e.replicate) == ("search", replicate)
        )
        assert evaluation.fitness == pytest.approx(scores.mean(), abs=1e-3)
    assert state.measured


def test_the_confirmation_is_scored_by_one_model_and_has_no_sparse_baseline(whole: Evolution) -> None:
    confirmation, learned = whole.state.confirmation, whole.state.learned
    assert confirmation is not None
    assert learned is not None
    names = [row.name for row in confirmation.table]
    assert "reference" in names
    assert "sparse" not in names
    assert isinstance(whole.trainer, RecordingTrainer)
    assert not [job for job in whole.trainer.jobs if job.name == "sparse"]
    last = fits(whole)[-1].seq
    later = [e.type for e in whole.log.events if e.seq > last and e.type == "feedback_given"]
    assert not later


def test_before_any_answer_every_score_is_nought_and_nobody_waits(tmp_path: Path) -> None:
    evolution = judged(tmp_path)
    evolution.run()
    assert evolution.state.finished
    assert {fit.answers for fit in fits(evolution)} == {0}
    assert {c.fitness for c in evolution.state.candidates.values() if c.fitness is not None} == {0.0}


def test_who_stops_answering_stops_nothing(tmp_path: Path) -> None:
    person = Person(tmp_path, most=4)
    evolution = judged(tmp_path, person=person)
    evolution.run()
    assert evolution.state.finished
    assert [fit.answers for fit in fits(evolution)] == [4, 4, 4]


def test_any_prefix_of_the_log_resumes_to_the_same_scores(whole: Evolution, tmp_path: Path) -> None:
    """With the recordings that were there: a killed run's are."""
    lines = whole.folder.events.read_bytes().splitlines(keepends=True)
    for length in range(1, len(lines), 9):
        root = tmp_path / f"prefix-{length}"
        shutil.copytree(whole.folder.root / "candidates", root / "candidates")
        (root / "events.jsonl").write_bytes(b"".join(lines[:length]) + lines[length][:20])
        resumed = judged(root, person=Person(root))
        resumed.run()
        assert archive_of(resumed.state) == archive_of(whole.state), f"after {length} events"


def test_no_question_is_asked_again_by_a_run_that_was_killed_between_two_answers(
    whole: Evolution, tmp_path: Path
) -> None:
    lines = whole.folder.events.read_bytes().splitlines(keepends=True)
    answered = [n for n, line in enumerate(lines) if b'"feedback_given"' in line]
    shutil.copytree(whole.folder.root / "candidates", tmp_path / "candidates")
    (tmp_path / "events.jsonl").write_bytes(b"".join(lines[: answered[ASKED + 2]]))
    person = Person(tmp_path)
    resumed = judged(tmp_path, person=person)
    resumed.run()
    assert len(person.asked) == 3 * ASKED - (ASKED + 2)


def test_ratings_and_what_comes_through_the_inbox_count_too(tmp_path: Path) -> None:
    evolution = judged(tmp_path, generations=2)

    def rated(event: Any) -> None:
        if event.type == "training_finished" and event.stage == "search":
            level = 5 if Person(tmp_path).height(Episode(event.name)) > 0 else 1
            inbox.leave(evolution.folder, Rating(event.name, level), "dashboard")

    evolution.log.listen(rated)
    evolution.run()
    assert fits(evolution)[-1].answers == len(evolution.state.measured)
    learned, person = evolution.state.learned, Person(tmp_path)
    assert learned is not None
    names = [name for name, _ in evolution.state.measured]
    heights = [person.height(Episode(name)) for name in names]
    scores = [evolution.state.candidates[name].fitness or 0.0 for name in names]
    assert np.corrcoef(heights, scores)[0, 1] > 0.6


def looked_at(evolution: Evolution) -> Preferring:
    return Preferring(evolution.folder, evolution.state, evolution.config.seed)


def test_what_is_taken_back_does_not_count(whole: Evolution, tmp_path: Path) -> None:
    root = tmp_path / "copy"
    shutil.copytree(whole.folder.root, root)
    lines = (root / "events.jsonl").read_bytes().splitlines(keepends=True)
    named = next(n for n, line in enumerate(lines) if b'"finalists_named"' in line)
    (root / "events.jsonl").write_bytes(b"".join(lines[:named]))
    evolution = judged(root)
    assert looked_at(evolution).posterior().answers == 3 * ASKED
    evolution.hearing.hear(Withdrawal(1), "test")
    assert looked_at(evolution).posterior().answers == 3 * ASKED - 1
    evolution.hearing.hear(Comment("higher"), "test")
    assert looked_at(evolution).posterior().answers == 3 * ASKED - 1


def test_nothing_is_asked_about_who_was_vetoed(whole: Evolution, tmp_path: Path) -> None:
    root = tmp_path / "copy"
    shutil.copytree(whole.folder.root, root)
    lines = (root / "events.jsonl").read_bytes().splitlines(keepends=True)
    named = next(n for n, line in enumerate(lines) if b'"finalists_named"' in line)
    (root / "events.jsonl").write_bytes(b"".join(lines[:named]))
    evolution = judged(root)
    (first, *_) = looked_at(evolution).questions(1, generation=3)
    evolution.hearing.hear(Veto(first.first.name), "test")
    asked = looked_at(evolution).questions(40, generation=3)
    assert len(asked) == 40
    assert first.first.name not in {episode.name for question in asked for episode in question}


def test_trainings_without_recorded_episodes_are_named(tmp_path: Path) -> None:
    evolution = make_evolution(
        tmp_path, trainer=FakeTrainer(), target=None, fitness="human", generations=1, samples=2
    )
    evolution.run()
    assert evolution.state.finished
    assert f"{UNREAD}: 0-00, 0-01." in evolution.state.notices


def test_a_run_by_the_tasks_fitness_asks_nobody(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path)
    evolution.answers = Person(tmp_path)
    evolution.run()
    assert not fits(evolution)
    assert not evolution.answers.asked


def test_recordings_with_other_signals_are_left_out(whole: Evolution, tmp_path: Path) -> None:
    """A file that somebody exchanged stops no run and no front end."""
    root = tmp_path / "copy"
    shutil.copytree(whole.folder.root, root)
    lines = (root / "events.jsonl").read_bytes().splitlines(keepends=True)
    judged_at = [n for n, line in enumerate(lines) if b'"generation_judged"' in line]
    fitted_at = [n for n, line in enumerate(lines) if b'"preferences_fitted"' in line]
    (root / "events.jsonl").write_bytes(b"".join(lines[: fitted_at[1]]))
    assert judged_at[0] < fitted_at[1]
    evolution = judged(root)
    (name, *others) = sorted(c for c in evolution.state.candidates if c.startswith("1-"))
    path = evolution.folder.training(name, "search", 0) / FILE
    write_trajectories(path, [running({"depth": np.ones(3, np.float32)})])
    looked = looked_at(evolution)
    assert looked.unread == [name]
    assert {key[0] for key in looked.new_rows} >= set(others)
    assert looked.questions(5, generation=2)


def test_who_stops_while_questions_are_asked_is_asked_the_rest_again(tmp_path: Path) -> None:
    evolution = judged(tmp_path)

    class Leaves(Person):
        def __call__(self, questions: Sequence[Question]) -> Iterator[Preference]:
            for number, said in enumerate(super().__call__(questions), start=1):
                yield said
                if number == 2:
                    evolution.stop.set()
                    return

    evolution.answers = Leaves(tmp_path)
    with pytest.raises(Interrupted):
        evolution.run()
    assert fits(evolution) == []

    person = Person(tmp_path)
    again = judged(tmp_path, person=person)
    again.run()
    assert [fit.answers for fit in fits(again)] == [ASKED, 2 * ASKED, 3 * ASKED]
    assert len(person.asked) == 3 * ASKED - 2


def test_nothing_is_asked_about_what_is_recorded_no_longer(whole: Evolution, tmp_path: Path) -> None:
    root = tmp_path / "run"
    shutil.copytree(whole.folder.root, root)
    evolution = judged(root)
    gone = evolution.folder.training("0-00", "search", 0) / FILE
    asked = {e.name for q in looked_at(evolution).questions(50, generation=3) for e in q}
    assert "0-00" in asked
    gone.unlink()

    asked = {e.name for q in looked_at(evolution).questions(50, generation=3) for e in q}

    assert asked
    assert "0-00" not in asked


def test_questions_stay_when_something_is_taken_back_while_they_are_asked(
    whole: Evolution, tmp_path: Path
) -> None:
    root = tmp_path / "run"
    shutil.copytree(whole.folder.root, root)
    lines = (root / "events.jsonl").read_bytes().splitlines(keepends=True)
    fitted = [n for n, line in enumerate(lines) if b'"preferences_fitted"' in line]
    first_asked = next(
        n for n, line in enumerate(lines[fitted[0] + 1 :], fitted[0] + 1) if b'"feedback_given"' in line
    )
    (root / "events.jsonl").write_bytes(b"".join(lines[:first_asked]))
    evolution = judged(root)
    before = looked_at(evolution).questions(ASKED, generation=1)

    for number in (1, 2, 3):
        evolution.hearing.hear(Withdrawal(number), "test")

    assert looked_at(evolution).questions(ASKED, generation=1) == before
