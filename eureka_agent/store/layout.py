"""Where things lie in a run folder, and how run folders are named and found."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from eureka_agent.errors import StoreError, did_you_mean
from eureka_agent.files import disk_error
from eureka_agent.store import checked


@dataclass(frozen=True)
class RunFolder:
    """Paths inside `runs/<run>/`."""

    root: Path

    @property
    def name(self) -> str:
        """The run's name."""
        return self.root.name

    @property
    def events(self) -> Path:
        """The log: the truth of the run."""
        return self.root / "events.jsonl"

    @property
    def config(self) -> Path:
        """The configuration as resolved."""
        return self.root / "config.toml"

    @property
    def recording(self) -> Path:
        """Random transitions of the task, on which rewards are probed."""
        return self.root / "transitions.npz"

    @property
    def scripted(self) -> Path:
        """Episodes of scripted behaviours, of which rewards are asked what they pay; runs may have none."""
        return self.root / "scripted.npz"

    @property
    def init_policy(self) -> Path:
        """Copy of the saved policy that trainings start from, in a run that was given one."""
        return self.root / "init_policy"

    @property
    def intrinsic(self) -> Path:
        """What a run's learned rewards are made of: labels, models, the file of the annotator."""
        return self.root / "intrinsic"

    def annotator(self, kind: str) -> Path:
        """Copy of the file by which captions are labelled, in a run that was given `rules` or `labels`."""
        return self.intrinsic / ("rules.toml" if kind == "rules" else "given.jsonl")

    def snapshot(self, generation: int) -> Path:
        """The learned reward with which a generation trains."""
        return self.intrinsic / f"generation-{generation:03d}.npz"

    @property
    def replies(self) -> Path:
        """Every reply of a language model, in the format that `--model replay:<file>` reads."""
        return self.root / "replies.jsonl"

    @property
    def outbox(self) -> Path:
        """Requests of a `manual` run."""
        return self.root / "outbox"

    @property
    def inbox(self) -> Path:
        """Replies for a `manual` run."""
        return self.root / "inbox"

    @property
    def finish_request(self) -> Path:
        """There once a person asked to end the search early and to confirm what there is."""
        return self.root / "finish"

    @property
    def feedback(self) -> Path:
        """What people say, one file each, until the process that works on the run has journalled it."""
        return self.root / "feedback"

    @property
    def scratch(self) -> Path:
        """Home and temporary files of the processes that train."""
        return self.root / "tmp"

    @property
    def summary(self) -> Path:
        """What the run found, for a person."""
        return self.root / "summary.md"

    @property
    def report(self) -> Path:
        """The same and more as a page: drawings, code, lineage."""
        return self.root / "report.html"

    @property
    def tensorboard(self) -> Path:
        """TensorBoard's event files: curves of every training, from the log."""
        return self.root / "tensorboard"

    @property
    def best_reward(self) -> Path:
        """The winner, with its evidence in the header."""
        return self.root / "best" / "reward.py"

    @property
    def best_film(self) -> Path:
        """An episode of the winner's; a run may have none, and then `best_pictures` says why."""
        return self.root / "best" / "film.mp4"

    def other_film(self, name: str) -> Path:
        """An episode of another that was confirmed, by its name; StoreError for the name of none."""
        return self.best_film.parent / "films" / f"{self.candidate(name).name}.mp4"

    @property
    def best_pictures(self) -> Path:
        """What was drawn of the winner and the reference, and why something was not."""
        return self.root / "best" / "pictures.json"

    def candidate(self, name: str) -> Path:
        """The folder of a candidate, a baseline or a reward before; StoreError for the name of none."""
        try:
            return self.root / "candidates" / checked.trained(name, "The name of a candidate's folder")
        except ValueError as error:
            raise _no_name(error) from error

    def training(self, name: str, stage: str, replicate: int) -> Path:
        """The folder of one training of any of them; StoreError for what is no training."""
        try:
            checked.choice(stage, "stage", checked.STAGES)
            checked.whole(replicate, "replicate")
        except ValueError as error:
            raise _no_name(error) from error
        return self.candidate(name) / f"{stage}-{replicate}"


def _no_name(error: ValueError) -> StoreError:
    return StoreError(
        f"{error}.",
        allowed="names that this program gives: nothing else becomes a path",
        fix="The log was damaged or edited. Restore it from a copy, or start with --new.",
    )


def new_run_folder(runs: Path, task: str, now: Callable[[], datetime] = datetime.now) -> RunFolder:
    """Create `runs/<task>-<date>-<time>/`; a number is added when that exists."""
    stem = f"{re.sub(r'[^A-Za-z0-9_]+', '-', task).strip('-')}-{now():%Y%m%d-%H%M%S}"
    for attempt in range(1, 1000):
        folder = runs / (stem if attempt == 1 else f"{stem}-{attempt}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise disk_error(folder, error) from error
        return RunFolder(folder)
    raise StoreError(
        f"{runs} already holds a thousand runs called {stem}.", fix="Choose another --runs folder."
    )


def list_runs(runs: Path) -> list[RunFolder]:
    """Return the run folders under `runs`, oldest first."""
    if not runs.is_dir():
        return []
    times = {path: when for path in runs.iterdir() if (when := _last_event(path)) is not None}
    return [RunFolder(path) for path in sorted(times, key=lambda path: times[path])]


def _last_event(folder: Path) -> float | None:
    """Return when a run's log was last written to; None for what is no run folder."""
    try:
        status = (folder / "events.jsonl").stat()
    except OSError:
        return None
    return status.st_mtime if stat.S_ISREG(status.st_mode) else None


def find_run(runs: Path, name: str) -> RunFolder:
    """Return the run called `name`: a folder's path, a name under `runs`, a unique prefix, or `latest`."""
    if (Path(name) / "events.jsonl").is_file():
        return RunFolder(Path(name))
    known = list_runs(runs)
    if name == "latest" and known:
        return known[-1]
    exact = [run for run in known if run.name == name]
    matches = exact or [run for run in known if run.name.startswith(name)]
    if len(matches) == 1:
        return matches[0]
    names = [run.name for run in known]
    problem = "is ambiguous" if matches else "does not exist"
    raise StoreError(
        f"Run '{name}' {problem} in {runs}.{did_you_mean(name, names)}",
        allowed=", ".join(names[-5:]) or "(there are no runs yet)",
        fix="List them with `eureka-agent runs`, or name the folder itself.",
    )
