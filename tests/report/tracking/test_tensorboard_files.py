"""TensorBoard's files hold what the log says, once, whoever wrote it and however often it was resumed."""

from __future__ import annotations

import struct
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeTrainer, make_evolution
from hostile import STRINGS
from synthetic_run import STEPS, synthetic_run
from tensorboardX.proto.event_pb2 import Event as Record  # pyright: ignore[reportAttributeAccessIssue]
from tensorboardX.record_writer import masked_crc32c

from eureka_agent.api.following import follow_with_tensorboard
from eureka_agent.archive.candidate import Evaluation
from eureka_agent.evolution.loop import Evolution
from eureka_agent.report.tracking.tensorboard import TensorBoardFiles, tag_of
from eureka_agent.store.event_types import (
    Event,
    Notice,
    RunResumed,
    TrainingCheckpoint,
    TrainingFinished,
)
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.state import RunState

Scalars = dict[tuple[str, str], list[tuple[int, float]]]
"""Folder and tag to the values by step, in the order of the file."""


def records_of(path: Path) -> list[Record]:
    """Read a TFRecord file: lengths and contents, each with its checksum."""
    data, found = path.read_bytes(), []
    while data:
        length = data[:8]
        (size,) = struct.unpack("<Q", length)
        content = data[12 : 12 + size]
        assert struct.unpack("<I", data[8:12]) == (masked_crc32c(length),)
        assert struct.unpack("<I", data[12 + size : 16 + size]) == (masked_crc32c(content),)
        found.append(Record.FromString(content))
        data = data[16 + size :]
    return found


def scalars_of(root: Path) -> Scalars:
    found: Scalars = defaultdict(list)
    for path in root.rglob("events.out.tfevents.*"):
        first, *records = records_of(path)
        assert first.file_version == "brain.Event:2"
        for record in records:
            for value in record.summary.value:
                place = str(path.parent.relative_to(root))
                found[place, value.tag].append((record.step, value.simple_value))
    return found


def written(events: list[Event], root: Path) -> Scalars:
    folder = RunFolder(root)
    TensorBoardFiles(folder).begin(events)
    return scalars_of(folder.tensorboard)


def test_a_finished_training_has_all_its_curves(tmp_path: Path) -> None:
    state = synthetic_run(tmp_path / "a-run", generations=2, samples=4)
    found = written(read_events(tmp_path / "a-run" / "events.jsonl"), tmp_path / "a-run")
    for name, candidate in state.candidates.items():
        for one in candidate.evaluations:
            place = f"{name}/{one.stage}-{one.replicate}"
            for curve, values in one.curves.items():
                told = [value for _, value in found[place, curve]]
                assert told == pytest.approx(values, rel=1e-6)
            assert found[place, "score"] == [(found[place, "fitness"][-1][0], pytest.approx(one.fitness))]
    whole = [step for step, _ in found["0-00/search-0", "fitness"]]
    assert (whole[0], whole[-1]) == (STEPS // 10, STEPS)
    assert [step for step, _ in found["search", "best_fitness"]] == [0, 1]
    assert ("reference/confirm-0", "fitness") in found


def test_a_run_of_eighty_candidates_takes_little(tmp_path: Path) -> None:
    synthetic_run(tmp_path / "a-run")
    written(read_events(tmp_path / "a-run" / "events.jsonl"), tmp_path / "a-run")
    files = list((tmp_path / "a-run" / "tensorboard").rglob("*tfevents*"))
    assert sum(path.stat().st_size for path in files) < 5_000_000
    assert len(files) == 1 + 70 - 10 + 24, "the search, who was trained to some end, three rewards on 8 seeds"


def followed(root: Path, trainer: FakeTrainer | None = None, **options: Any) -> Evolution:
    evolution = make_evolution(root, trainer=trainer, **options)
    follow_with_tensorboard(evolution.folder, evolution.log, evolution.state)
    return evolution


def test_files_grow_while_a_training_runs(tmp_path: Path) -> None:
    evolution = followed(tmp_path / "run", generations=1, samples=2)
    seen: list[int] = []

    def on_event(event: Event) -> None:
        if isinstance(event, TrainingCheckpoint):
            place = f"{event.name}/{event.stage}-{event.replicate}"
            seen.append(len(scalars_of(evolution.folder.tensorboard)[place, "fitness"]))

    evolution.log.listen(on_event)
    evolution.run()
    assert seen
    assert set(seen) == {1}, "each had one checkpoint when it was told of"


def test_a_resumed_run_has_nothing_twice(tmp_path: Path) -> None:
    whole = followed(tmp_path / "run", generations=2, samples=3)
    whole.run()
    once = scalars_of(whole.folder.tensorboard)
    log = whole.folder.events
    lines = log.read_bytes().splitlines(keepends=True)
    for length in (len(lines) // 3, len(lines) // 2, len(lines) - 1):
        log.write_bytes(b"".join(lines[:length]))
        followed(tmp_path / "run", generations=2, samples=3).run()
        again = scalars_of(whole.folder.tensorboard)
        assert again.keys() == once.keys()
        assert {key: [step for step, _ in values] for key, values in again.items()} == {
            key: [step for step, _ in values] for key, values in once.items()
        }


def test_what_a_crash_left_is_trained_again_and_stands_there_once(tmp_path: Path) -> None:
    files = TensorBoardFiles(RunFolder(tmp_path))
    for checkpoint in (0, 1, 2, 0, 1):
        at = TrainingCheckpoint(
            name="0-00", stage="search", replicate=0, seed=1, checkpoint=checkpoint,
            env_steps=100 * (checkpoint + 1), fitness=float(checkpoint), error=0.0,
        )  # fmt: skip
        files.follow(at, RunState())
    found = scalars_of(tmp_path / "tensorboard")["0-00/search-0", "fitness"]
    assert [step for step, _ in found] == [100, 200]


def test_a_folder_that_cannot_be_written_is_told_once_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run" / "tensorboard").symlink_to(tmp_path / "elsewhere")
    evolution = followed(tmp_path / "run", generations=1, samples=2)
    evolution.run()
    assert evolution.state.finished
    told = [event.text for event in evolution.log.events if isinstance(event, Notice)]
    assert len(told) == 1
    assert told[0].startswith("TensorBoard's files are not complete: OSError: ")
    assert list((tmp_path / "elsewhere").iterdir()) == [], "a link is not followed"


def test_what_goes_wrong_is_told_only_once_a_run_goes_on(tmp_path: Path) -> None:
    whole = make_evolution(tmp_path / "run", generations=1, samples=2)
    whole.run()
    log = whole.folder.events
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-3]))
    (tmp_path / "run" / "tensorboard").symlink_to(tmp_path)
    again = followed(tmp_path / "run", generations=1, samples=2)
    before = len(again.log.events)
    assert before == len(read_events(log)), "nobody works on it yet: a notice would make its pause work"
    again.log.append(RunResumed(versions={}))
    assert [type(event) for event in again.log.events[before:]] == [RunResumed, Notice]


@pytest.mark.parametrize("words", [*STRINGS, "", "/", "component/../../x", "x" * 500])
def test_names_of_others_are_tags_that_tensorboard_takes(words: str) -> None:
    tag = tag_of(words)
    assert tag
    assert len(tag) <= 120
    assert all(letter.isalnum() or letter in "-_./" for letter in tag)


def test_numbers_that_single_precision_cannot_hold_are_its_largest(tmp_path: Path) -> None:
    one = Evaluation("search", 0, 1, -1e300, (0.0,), 1, 1.0, 0, {"fitness": (1e300, 0.5)})
    files = TensorBoardFiles(RunFolder(tmp_path))
    event = TrainingFinished(name="reference", stage="search", replicate=0, seed=1, evaluation=one)
    files.follow(event, RunState())
    found = scalars_of(tmp_path / "tensorboard")
    assert found["reference/search-0", "fitness"] == [(0, pytest.approx(3.4e38)), (1, 0.5)]
    assert found["reference/search-0", "score"] == [(1, pytest.approx(-3.4e38))]
