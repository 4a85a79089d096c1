"""A search beside which a reward is learned from labels: one snapshot of them for each generation."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import CountingProposer, FakeTrainer, make_evolution
from trajectory_fakes import running

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.archive.candidate import Candidate, Status
from eureka_agent.critique.critic import Check
from eureka_agent.design.proposer import Draft, Slot
from eureka_agent.errors import Interrupted, ModelError
from eureka_agent.evolution.journal import JournalledModel
from eureka_agent.evolution.judging import GenerationRequests, Judging
from eureka_agent.evolution.loop import Evolution
from eureka_agent.intrinsic.annotation.annotators import Source
from eureka_agent.intrinsic.annotation.cached import Cached
from eureka_agent.intrinsic.annotation.label_cache import LabelCache
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.judgement import Judgement
from eureka_agent.intrinsic.judgement import judged as judged_task
from eureka_agent.intrinsic.judgement_file import read_judgement
from eureka_agent.intrinsic.mixing import Coefficients, Schedule
from eureka_agent.intrinsic.plan import Captioning, IntrinsicPlan
from eureka_agent.llm.formed import Form, FormedReply, TokenOdds
from eureka_agent.llm.model import Message, Reply, Usage
from eureka_agent.llm.recording import Recorder
from eureka_agent.store.event_types import CandidateProposed, CaptionsJudged, TrainingStarted
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import CaptionPart
from eureka_agent.training.job import Outcome, TrainingJob
from eureka_agent.training.learned_rewards import CAPTIONS

PART = CaptionPart("pole_angle", (-0.1, 0.1), ("leans left", "stands", "leans right"))
PLAN = IntrinsicPlan(
    kind="retrieval", captioning=Captioning(parts=(PART,)), goal="stand", beta=0.0,
    coefficients=Coefficients(intrinsic=Schedule.constant(0.5)),
)  # fmt: skip
ANGLES = np.linspace(-0.2, 0.2, 20, dtype=np.float32)
EPISODE = running({"pole_angle": ANGLES, "prev_pole_angle": np.append(ANGLES[:1], ANGLES[:-1])})
READING = """
def compute_reward(pole_angle, intrinsic):
    term = pole_angle * 1.0 + intrinsic
    return term, {'term': term}
""".lstrip()


class Saying:
    """Labels captions by a function; notes what it is asked."""

    name = "saying"
    source = Source("saying", "", "stand")

    def __init__(self, value: Callable[[str], float] = lambda text: float(text == "stands")) -> None:
        self.value, self.asked = value, list[str]()
        self.error: ModelError | None = None
        self.then: Callable[[], object] = lambda: None

    def annotate(self, questions: Sequence[Question], stop: threading.Event) -> Sequence[Label | None]:
        if self.error is not None:
            raise self.error
        self.asked += [question.captions[0] for question in questions]
        self.then()
        return [Label(question, self.value(question.captions[0])) for question in questions]


class CaptioningTrainer(FakeTrainer):
    """Leaves beside each training the captions that its policy met: in each generation one that is new."""

    def _evaluation(self, job: TrainingJob) -> Outcome:  # pyright: ignore[reportIncompatibleMethodOverride]
        if job.intrinsic is not None:
            generation = job.name.split("-")[0]
            rows = [
                {"caption": text, "steps": steps, "paid": 0.0, "now": 0.0}
                for text, steps in (("stands", 90), (f"is new in {generation}", 10))
            ]
            job.folder.mkdir(parents=True, exist_ok=True)
            (job.folder / CAPTIONS).write_text(json.dumps({"tally": {"steps": 100}, "captions": rows}))
        return super()._evaluation(job)


class ReadingProposer(CountingProposer):
    """Proposes one reward that reads the learned reward, and notes what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[int, Briefing] = {}

    def propose(self, slot: Slot, briefing: Briefing) -> Draft:
        self.told[slot.generation] = briefing
        return Draft(READING) if slot.id == "0-01" else super().propose(slot, briefing)


def judging(root: Path, annotator: Saying, **options: Any) -> Evolution:
    """Open (or continue) a run beside which a reward is learned."""
    evolution = make_evolution(
        root, trainer=CaptioningTrainer(), proposer=ReadingProposer(), search_seeds=1, **options
    )
    task, folder = find_task("cartpole"), evolution.folder
    critic: Check = evolution.critic
    evolution.task = judged_task(task, Judgement(PLAN.captioning.captioner(task)))
    evolution.judging = Judging(
        PLAN, task, folder, evolution.log, evolution.state,
        Cached(annotator, LabelCache(folder.intrinsic / "labels.jsonl")),
        played=[EPISODE], critic_of=lambda _: critic, questions=8, stop=evolution.stop,
    )  # fmt: skip
    return evolution


def events(evolution: Evolution) -> list[CaptionsJudged]:
    return [event for event in evolution.log.events if isinstance(event, CaptionsJudged)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Evolution, Saying]:
    annotator = Saying()
    evolution = judging(tmp_path_factory.mktemp("judging") / "run", annotator)
    evolution.run()
    return evolution, annotator


def trainer_of(evolution: Evolution) -> CaptioningTrainer:
    assert isinstance(evolution.trainer, CaptioningTrainer)
    return evolution.trainer


def test_nothing_is_asked_twice_and_what_is_new_is_asked_before_the_next_generation(
    whole: tuple[Evolution, Saying],
) -> None:
    evolution, annotator = whole
    assert len(annotator.asked) == len(set(annotator.asked))
    told = [[label.captions[0] for label in event.labels] for event in events(evolution)]
    assert told[1:] == [["is new in 0"], ["is new in 1"]]
    assert [event.generation for event in events(evolution)] == [0, 1, 2]


def test_labels_are_complete_before_the_first_training_of_their_generation(
    whole: tuple[Evolution, Saying],
) -> None:
    evolution, _ = whole
    said = {event.generation: event.seq for event in events(evolution)}
    for event in evolution.log.events:
        if isinstance(event, TrainingStarted) and event.stage == "search" and event.name[0].isdigit():
            assert said[int(event.name.split("-")[0])] < event.seq


def test_siblings_are_paid_by_one_model_and_a_candidate_always_by_its_own(
    whole: tuple[Evolution, Saying],
) -> None:
    evolution, _ = whole
    used: dict[str, set[str]] = {}
    for job in trainer_of(evolution).jobs:
        if job.intrinsic is not None:
            used.setdefault(job.name, set()).add(job.intrinsic.snapshot)
    assert {job.stage for job in trainer_of(evolution).jobs if job.name in used} >= {"search", "confirm"}
    for name, snapshots in used.items():
        (snapshot,) = snapshots
        assert snapshot.endswith(f"generation-{int(name.split('-')[0]):03d}.npz")


def test_baselines_are_paid_nothing_learned(whole: tuple[Evolution, Saying]) -> None:
    evolution, _ = whole
    baselines = [job for job in trainer_of(evolution).jobs if job.name in ("reference", "sparse")]
    assert baselines
    assert all(job.intrinsic is None for job in baselines)


def test_a_reward_that_reads_the_learned_one_is_paid_as_it_is_written(
    whole: tuple[Evolution, Saying],
) -> None:
    evolution, _ = whole
    coefficients = {
        job.name: job.intrinsic.coefficients.intrinsic.start
        for job in trainer_of(evolution).jobs
        if job.intrinsic is not None
    }
    assert coefficients.pop("0-01") == 0.0
    assert set(coefficients.values()) == {0.5}


def test_the_snapshot_pays_what_was_labelled(whole: tuple[Evolution, Saying]) -> None:
    evolution, _ = whole
    judgement = read_judgement(evolution.folder.snapshot(2), find_task("cartpole"))
    angles = np.array([-0.2, 0.0, 0.2], np.float32)
    assert judgement({"pole_angle": angles}).tolist() == [0.0, 1.0, 0.0]


def test_designers_are_told_what_was_met_and_what_it_pays(whole: tuple[Evolution, Saying]) -> None:
    evolution, _ = whole
    proposer = evolution.make_proposer(0)
    assert isinstance(proposer, ReadingProposer)
    evidence = proposer.told[1].judged
    assert evidence is not None
    assert evidence.goal == "stand"
    assert {(one.caption, one.pays) for one in evidence.met} == {("stands", 1.0), ("is new in 0", 0.0)}
    assert evidence.said == {"leans left": 0.0, "stands": 1.0, "leans right": 0.0, "is new in 0": 0.0}


def test_a_run_that_goes_on_asks_nothing_again(whole: tuple[Evolution, Saying], tmp_path: Path) -> None:
    """Killed after the labels of a generation were journalled, and before anything else."""
    evolution, _ = whole
    lines = evolution.folder.events.read_bytes().splitlines(keepends=True)
    cut = 1 + max(n for n, line in enumerate(lines) if b'"captions_judged"' in line)
    root = tmp_path / "run"
    root.mkdir()
    (root / "events.jsonl").write_bytes(b"".join(lines[:cut]))
    annotator = Saying()
    again = judging(root, annotator)
    again.run()
    assert annotator.asked == []
    assert [event.labels for event in events(again)] == [event.labels for event in events(evolution)]
    scores = {name: c.fitness for name, c in evolution.state.candidates.items()}
    assert {name: c.fitness for name, c in again.state.candidates.items()} == scores
    model = again.folder.snapshot(2)
    assert model.read_bytes() == evolution.folder.snapshot(2).read_bytes()


def test_an_annotator_that_cannot_be_asked_ends_no_search(tmp_path: Path) -> None:
    annotator = Saying()
    annotator.error = ModelError("Nobody is there.")
    evolution = judging(tmp_path / "run", annotator, generations=2)
    evolution.run()
    assert evolution.state.finished
    assert [event.labels for event in events(evolution)] == [(), ()]
    told = [text for text in evolution.state.notices if "Captions were not labelled" in text]
    assert len(told) == 1
    assert "Nobody is there." in told[0]


def test_a_stop_while_the_last_answers_come_journals_nothing_and_loses_nothing(tmp_path: Path) -> None:
    annotator = Saying()
    evolution = judging(tmp_path / "run", annotator)
    annotator.then = evolution.stop.set
    with pytest.raises(Interrupted):
        evolution.run()
    assert events(evolution) == []
    again = judging(tmp_path / "run", annotator, generations=1)
    annotator.then = lambda: None
    again.run()
    assert len(annotator.asked) == len(set(annotator.asked))
    assert len(events(again)[0].labels) == 3


def test_a_stop_while_captions_are_asked_about_journals_nothing(tmp_path: Path) -> None:
    annotator = Saying()
    annotator.error = ModelError("The run was stopped.")
    evolution = judging(tmp_path / "run", annotator)
    evolution.stop.set()
    with pytest.raises(Interrupted):
        evolution.run()
    assert events(evolution) == []


def test_what_a_person_corrects_holds_from_the_next_generation_on(tmp_path: Path) -> None:
    annotator = Saying()
    evolution = judging(tmp_path / "run", annotator, generations=2)
    judged = evolution.judging
    assert judged is not None
    judged.ask(0)
    labels = LabelCache(evolution.folder.intrinsic / "labels.jsonl")
    labels.corrected(Question(("stands",)), 0.0, goal="stand")
    again = judging(tmp_path / "run", annotator, generations=2)
    again.run()
    said = [{label.captions[0]: label.value for label in event.labels} for event in events(again)]
    assert said[0]["stands"] == 1.0
    assert said[1]["stands"] == 0.0


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"tally": {}, "captions": [{"caption": 3}]}', "[" * 100_000],
    ids=lambda text: text[:9],
)
def test_files_that_are_no_captions_are_left_out(text: str, tmp_path: Path) -> None:
    evolution = judging(tmp_path / "run", Saying(), generations=1)
    evolution.run()
    (evolution.folder.training("0-00", "search", 0) / CAPTIONS).write_text(text)
    annotator = Saying()
    judged = judging(tmp_path / "run", annotator).judging
    assert judged is not None
    judged.ask(1)
    assert annotator.asked == ["is new in 0"]  # of its siblings


def test_recorded_episodes_are_seen_as_the_generations_model_sees_them(
    whole: tuple[Evolution, Saying],
) -> None:
    evolution, _ = whole
    assert evolution.judging is not None
    (seen,) = evolution.judging.rejudged(2, [EPISODE])
    inside = abs(EPISODE.signals["pole_angle"]) < 0.1
    assert (seen.signals["intrinsic"] == inside).all()
    before = abs(EPISODE.signals["prev_pole_angle"]) < 0.1
    assert (seen.signals["prev_intrinsic"] == before).all()


def test_judgements_are_of_the_task_with_one_more_signal(whole: tuple[Evolution, Saying]) -> None:
    evolution, _ = whole
    assert evolution.judging is not None
    task = evolution.judging.task(1)
    assert task.signals[-1].name == "intrinsic"
    assert isinstance(evolution.judging.judgement(1), Judgement)


class InForm:
    """A model that is held to a form, and tells which it was asked for."""

    name, max_parallel = "local:small.gguf", 1

    def __init__(self) -> None:
        self.forms: list[Form] = []

    def reply(self, key: str, messages: Sequence[Message], stop: threading.Event) -> Reply:
        raise AssertionError("asked without a form")

    def reply_in_form(
        self, key: str, messages: Sequence[Message], stop: threading.Event, form: Form
    ) -> FormedReply:
        self.forms.append(form)
        return FormedReply(Reply("7", Usage(1, 1, 0.0), self.name, 0.1), (TokenOdds("7", (("7", -0.1),)),))


def test_the_form_of_a_request_and_its_odds_pass_through_log_and_recording(tmp_path: Path) -> None:
    evolution, model, stop = make_evolution(tmp_path / "run"), InForm(), threading.Event()
    recorded = Recorder(model, evolution.folder.replies)
    requests = GenerationRequests(JournalledModel(recorded, evolution.log, evolution.state))
    requests.begin(3)
    asked = (Message("user", "?"),)
    form = Form("root ::= [0-9]", odds=True)
    assert requests.reply_in_form("annotate/0-x", asked, stop, form).odds[0].text == "7"
    assert model.forms == [form]
    requests.begin(3)
    again = requests.reply_in_form("annotate/0-x", asked, stop, form)
    assert (again.reply.text, again.odds) == ("7", ())  # from the log, which keeps the reply alone
    assert model.forms == [form]
    assert '"key": "annotator/3-00/turn0"' in evolution.folder.replies.read_text()


def test_a_reward_that_nobody_can_read_ends_no_search(tmp_path: Path) -> None:
    """Without a critic such a reward reaches its training, which says what is wrong with it."""
    evolution = judging(tmp_path / "run", Saying())
    assert evolution.judging is not None
    evolution.judging.ask(0)
    broken = Candidate(0, 2, "seed", source="not python (", status=Status.PROPOSED)
    evolution.log.append(CandidateProposed(candidate=broken))
    plan = evolution.judging.plan_of("0-02")
    assert plan is not None
    assert plan.coefficients.intrinsic.start == 0.5
