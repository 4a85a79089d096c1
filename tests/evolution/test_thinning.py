"""A run's recordings stay within their limit: what goes first, what never goes, and that the log says so."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from fakes import CountingProposer, make_evolution
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, Evaluation, Status
from eureka_agent.evolution.thinning import RULE, thin_recordings, to_delete
from eureka_agent.store.events import read_events
from eureka_agent.store.recordings import RecordingFile, recordings_of
from eureka_agent.store.state import RunState
from eureka_agent.training.job import TrainingJob


def file(name: str, kind: str, size: int, stage: str = "search", replicate: int = 0) -> RecordingFile:
    return RecordingFile(Path(name) / f"{stage}-{replicate}" / kind, size, name, stage, replicate)


def archive(*fitness: float) -> Archive:
    evaluations = [Evaluation("search", 0, 7, f, (f,), 100, 0.0, 0, {}) for f in fitness]
    candidates = [
        Candidate(0, n, "seed", status=Status.TRAINED, evaluations=(e,)) for n, e in enumerate(evaluations)
    ]
    return Archive.of(candidates, sign=1.0)


FILES = [
    file(name, kind, 10, stage)
    for name in ("0-00", "0-01", "0-02", "reference")
    for kind in ("trajectories.npz", "checkpoints.npz")
    for stage in ("search", "confirm")
]


def test_checkpoints_go_first_and_the_worst_candidates() -> None:
    gone = to_delete(FILES, archive(3.0, 1.0, 2.0), {"0-00"}, most=100)
    assert [(one.name, one.stage, one.of_checkpoints) for one in gone] == [
        ("0-01", "confirm", True), ("0-01", "search", True), ("0-02", "confirm", True),
        ("0-02", "search", True), ("0-01", "confirm", False), ("0-01", "search", False),
    ]  # fmt: skip


@given(
    st.lists(st.integers(1, 50), min_size=len(FILES), max_size=len(FILES)),
    st.permutations([1.0, 2.0, 3.0]),
    st.integers(0, 600),
)
def test_no_more_goes_than_must_and_leaders_and_baselines_stay(
    sizes: list[int], fitness: list[float], most: int
) -> None:
    files = [replace(one, size=size) for one, size in zip(FILES, sizes, strict=True)]
    leader = f"0-0{fitness.index(3.0)}"
    gone = to_delete(files, archive(*fitness), {leader}, most)
    assert not {one.name for one in gone} & {leader, "reference"}
    left = sum(sizes) - sum(one.size for one in gone)
    others = sum(one.size for one in files if one.name in (leader, "reference"))
    assert left <= most or left == others
    assert not gone or left + gone[-1].size > most


def leave(job: TrainingJob) -> None:
    """Leave recordings of a size, as trainers do."""
    job.folder.mkdir(parents=True, exist_ok=True)
    for name in ("trajectories.npz", "checkpoints.npz"):
        (job.folder / name).write_bytes(b"x" * 1000)


def test_what_is_deleted_is_in_the_log_and_a_run_looks_again(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path, proposer=CountingProposer())
    evolution.trainer.fail = leave  # pyright: ignore[reportAttributeAccessIssue]
    evolution.run()
    files = recordings_of(evolution.folder, evolution.state)
    taken = sum(one.size for one in files)
    assert taken == 1000 * len(files) > 8000
    sign = evolution.task.fitness.sign
    thin_recordings(evolution.folder, evolution.log, evolution.state, sign=sign, most=taken)
    assert not [text for text in evolution.state.notices if "Recorded episodes" in text]
    thin_recordings(evolution.folder, evolution.log, evolution.state, sign=sign, most=taken - 1500)
    left = recordings_of(evolution.folder, evolution.state)
    assert len(left) == len(files) - 2
    gone = {one.path for one in files} - {one.path for one in left}
    assert {path.name for path in gone} == {"checkpoints.npz"}
    (notice,) = [t for t in RunState.of(read_events(evolution.folder.events)).notices if "Recorded" in t]
    assert RULE in notice
    for path in gone:
        assert f"{path.parent.parent.name}/{path.parent.name}" in notice


def test_only_regular_files_count(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path, proposer=CountingProposer())
    evolution.run()
    assert recordings_of(evolution.folder, evolution.state) == []
    training = evolution.folder.training("0-00", "search", 0)
    training.mkdir(parents=True, exist_ok=True)
    (training / "trajectories.npz").symlink_to(tmp_path / "events.jsonl")
    os.mkfifo(training / "checkpoints.npz")
    assert recordings_of(evolution.folder, evolution.state) == []
