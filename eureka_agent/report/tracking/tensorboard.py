"""TensorBoard's event files of a run: one folder a training, so that curves lie over each other.

They are made from the log alone and grow with it: fitness at every checkpoint, the other curves once a
training has ended. A process that goes on with a run writes them again from its log: nothing is there twice.
The layout of a record is TensorFlow's TFRecord; messages and checksums are tensorboardX's.
"""

from __future__ import annotations

import math
import re
import shutil
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path

from eureka_agent.report.tables.trainings import CheckpointSteps, Job
from eureka_agent.store.event_types import (
    DuelResolved,
    Event,
    GenerationJudged,
    TrainingCheckpoint,
    TrainingFinished,
    TrainingStarted,
)
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.state import RunState

VERSION = "brain.Event:2"
"""What the first record of an event file says."""
_IN_A_TAG = re.compile(r"[^-/\w.]")
LONGEST_TAG = 120
WATCHED: tuple[str, ...] = ("fitness", "fitness_error")
"""Curves that are told at every checkpoint."""
SEARCH = "search"
"""The folder of what is known of a run after each generation; no reward is called so."""


class TensorBoardFiles:
    """Writes the event files of one run; `follow` takes its events in the order of the log.

    Raises OSError where they cannot be written.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._root = folder.tensorboard.absolute()
        self._steps: dict[Job, dict[int, int]] = {}

    def begin(self, events: Iterable[Event]) -> None:
        """Write anew what a log holds already."""
        if self._root.exists():
            shutil.rmtree(self._root)  # refuses a link
        state = RunState()
        for event in events:
            state.apply(event)
            self.follow(event, state)

    def follow(self, event: Event, state: RunState) -> None:
        """Write what an event says; `state` is that after it."""
        match event:
            case TrainingStarted():
                self._forget(_job(event))  # a killed process began it
            case TrainingCheckpoint():
                if event.checkpoint in self._steps.get(_job(event), {}):
                    self._forget(_job(event))  # what a crash left is trained from the beginning
                self._steps.setdefault(_job(event), {})[event.checkpoint] = event.env_steps
                told = dict(zip(WATCHED, (event.fitness, event.error), strict=True))
                self._write(self._folder(_job(event)), {event.env_steps: told}, event.time)
            case TrainingFinished():
                self._write(self._folder(_job(event)), self._rest(event, state), event.time)
            case GenerationJudged() | DuelResolved():
                self._write(
                    self._root / SEARCH, {event.generation: _known(event.generation, state)}, event.time
                )
            case _:
                pass

    def _forget(self, job: Job) -> None:
        shutil.rmtree(self._folder(job), ignore_errors=True)
        self._steps.pop(job, None)

    def _folder(self, job: Job) -> Path:
        name, stage, replicate = job
        return self._root / name / f"{stage}-{replicate}"

    def _rest(self, event: TrainingFinished, state: RunState) -> dict[int, dict[str, float]]:
        """Return by step what was not told at the checkpoints, and the score of the kept policy."""
        one, steps = event.evaluation, CheckpointSteps(self._steps, state)
        told = self._steps.get(_job(event), {})
        found: dict[int, dict[str, float]] = {}
        last = 0
        for curve, values in one.curves.items():
            for checkpoint, value in enumerate(values):
                if curve in WATCHED and checkpoint in told:
                    continue
                at = steps.at(event.name, one, checkpoint, len(values))
                place = checkpoint if at is None else at
                found.setdefault(place, {})[curve] = value
                last = max(last, place)
        found.setdefault(last, {})["score"] = one.fitness
        return dict(sorted(found.items()))

    def _write(self, folder: Path, scalars: Mapping[int, Mapping[str, float]], time: float) -> None:
        """Append scalars by their steps to a folder's file, and begin it where there is none."""
        from tensorboardX.proto.event_pb2 import Event as Record  # pyright: ignore[reportAttributeAccessIssue]
        from tensorboardX.proto.summary_pb2 import Summary  # pyright: ignore[reportAttributeAccessIssue]

        begun = sorted(folder.glob("events.out.tfevents.*"))
        path = begun[0] if begun else folder / f"events.out.tfevents.{int(time)}.eureka"
        records = [] if begun else [Record(wall_time=time, file_version=VERSION)]
        for step, values in scalars.items():
            summary = Summary(
                value=[Summary.Value(tag=tag_of(name), simple_value=_single(v)) for name, v in values.items()]
            )
            records.append(Record(wall_time=time, step=step, summary=summary))
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(b"".join(map(framed, (record.SerializeToString() for record in records))))


def framed(data: bytes) -> bytes:
    """Return a record as a TFRecord: its length and its content, each with a checksum."""
    from tensorboardX.record_writer import masked_crc32c

    length = struct.pack("<Q", len(data))
    sums = [struct.pack("<I", masked_crc32c(part)) for part in (length, data)]
    return length + sums[0] + data + sums[1]


def tag_of(name: str) -> str:
    """Return a curve's name as TensorBoard takes it: letters, digits and `-`, `_`, `.`, `/`."""
    return _IN_A_TAG.sub("_", name)[:LONGEST_TAG].strip("/") or "_"


def _single(value: float) -> float:
    """Return a number that fits into single precision: records hold no other."""
    most = 3.4e38
    return math.nan if math.isnan(value) else min(max(float(value), -most), most)


def _known(generation: int, state: RunState) -> dict[str, float]:
    best = state.known_fitness.get(generation)
    told = {} if best is None else {"best_fitness": best}
    return told | {
        "candidates": len(state.candidates),
        "env_steps": state.env_steps,
        "cost_usd": state.cost_usd,
        "minutes": state.active_s / 60,
    }


def _job(event: TrainingStarted | TrainingCheckpoint | TrainingFinished) -> Job:
    return event.name, event.stage, event.replicate
