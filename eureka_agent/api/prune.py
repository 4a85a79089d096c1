"""`prune`: which components of a reward are worth their place, and the reward without the others."""

from __future__ import annotations

import statistics
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eureka_agent.analysis.noninferiority import Comparison
from eureka_agent.analysis.statistics import Interval, t_interval
from eureka_agent.api.benched import Asked, Tools, opened
from eureka_agent.api.refining import Subject, check_seeds, subject_of, write_refined
from eureka_agent.critique.rows import STAGES
from eureka_agent.errors import RewardError, WorkerError
from eureka_agent.evolution.pruning import Agree, Pruning, Worth, pruned
from eureka_agent.evolution.workbench import Scores
from eureka_agent.files import write_json
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.refining.agreement import disagreement
from eureka_agent.rewards.refining.removing import Removal, component_names
from eureka_agent.rewards.reward import Coded
from eureka_agent.rewards.source import parse_reward
from eureka_agent.tasks.task import PROGRESS, Task
from eureka_agent.training.evaluate_reward import RewardEvaluator
from eureka_agent.trajectories.batch import TrajectoryBatch

FILE = "pruned_reward.py"


@dataclass(frozen=True)
class PruneReport:
    """The report of `prune`."""

    task: str
    reward: str
    folder: Path
    fitness_summary: str
    pruning: Pruning
    verdict: str
    pruned_reward: Path | None
    """None where nothing was removed or rounded."""
    trainings: int
    """Those of this call; what the folder held was not trained again."""
    held: int

    @property
    def failed(self) -> bool:
        """Whether nothing could be compared."""
        return bool(self.pruning.full.failure or self.pruning.sparse.failure)

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        done = self.pruning
        return {
            "task": self.task,
            "reward": self.reward,
            "folder": str(self.folder),
            "verdict": self.verdict,
            "pruned_reward": None if self.pruned_reward is None else str(self.pruned_reward),
            "full": asdict(done.full),
            "sparse": asdict(done.sparse),
            "margin": done.margin,
            "components": [_worth_json(worth) for worth in done.components],
            "removed": list(done.removed),
            "rounded": [list(pair) for pair in done.rounded],
            "rounding": _comparison_json(done.rounding),
            "confirmed": None
            if done.confirmed is None
            else {
                "full": asdict(done.confirmed.full),
                "pruned": asdict(done.confirmed.pruned),
                "difference": _comparison_json(done.confirmed.comparison),
            },
            "trainings": self.trainings,
            "held": self.held,
        }


def prune(
    run_or_task: str = "latest",
    reward: Path | str | None = None,
    *,
    seeds: int = 4,
    confirm_seeds: int = 5,
    **options: Any,
) -> PruneReport:
    """Remove the components of a reward that it does not need, and the digits of its numbers.

    Given a task and a reward file (or `reference`, `hack:<name>`), or a finished run: then its task, its
    winner and its number of steps are taken. `options` are those of `Asked`.

    Each component that is a plain term of the total is removed alone; all these rewards, the full one and the
    sparse baseline are trained on the same `seeds`. A component may go if the lower bound of the 95 %
    t-interval of its removal's paired difference lies above −10 % of |full − sparse|. Of several the one with
    the best mean goes first, and the others are trained again without it. What is left gets shorter numbers
    if it passes the same rule with all of them. Full and pruned reward are then trained on fresh seeds.

    What the output folder holds is not trained again. Raises RewardError where the components cannot be read,
    and what `check` and `resume` raise for rewards and runs.
    """
    check_seeds(seeds, confirm_seeds, least=2)
    asked = Asked(**options)
    subject = subject_of(run_or_task, reward, asked)
    component_names(subject.reward.text)  # raises before anything is trained
    with opened(subject, asked, "prune", f"Refining {subject.name}") as tools:
        agree = _asking(subject.task, tools)
        done = pruned(
            subject.reward.text, subject.task.fitness.sign, tools.bench, agree,
            seeds=seeds, confirm_seeds=confirm_seeds,
        )  # fmt: skip
        said, path = verdict(done, subject.task.fitness.solved), None
        (tools.bench.folder / FILE).unlink(missing_ok=True)  # of the same command with other seeds
        if done.changed:
            path = _written(tools.bench.folder / FILE, subject, done, said)
        report = PruneReport(
            subject.task.name, subject.name, tools.bench.folder, subject.task.fitness.summary, done, said,
            path, tools.bench.trained, tools.bench.held,
        )  # fmt: skip
        write_json(tools.bench.folder / "report.json", report.to_json())
    return report


def verdict(done: Pruning, solved: float | None = None) -> str:
    """Return what came of a pruning in a few sentences; `solved` is the fitness that is enough, if known."""
    return f"{_outcome(done, solved)}{_cannot_tell(done, solved)}"


def _outcome(done: Pruning, solved: float | None) -> str:
    if done.full.failure:
        return f"Nothing was removed: the full reward could not be trained. {done.full.failure}"
    if done.sparse.failure:
        return f"Nothing was removed: without the sparse baseline there is no margin. {done.sparse.failure}"
    if done.margin is None:
        reasons = " ".join(worth.left_alone for worth in done.components)
        return f"Nothing can be removed, and no number is longer than it needs to be. {reasons}"
    if done.margin == 0:
        return (
            f"Nothing was removed: the full reward and the sparse baseline reach the same fitness "
            f"({_mean_of(done.full):.4g}), so that there is nothing to judge a component by. "
            f"Train {'for fewer steps' if _solves(done, solved) else 'longer'}, or on another task."
        )
    if not done.changed:
        return f"Nothing was removed: no reward with less was shown to be as good.{_worse_than_sparse(done)}"
    return f"{_what_went(done)} {_on_fresh_seeds(done)}{_worse_than_sparse(done)}"


def _what_went(done: Pruning) -> str:
    parts = []
    if done.removed:
        parts.append(f"Removed: {', '.join(done.removed)}.")
    if done.rounded:
        parts.append(f"Rounded: {', '.join(f'{was} to {now}' for was, now in done.rounded)}.")
    return " ".join(parts)


def _on_fresh_seeds(done: Pruning) -> str:
    assert done.confirmed is not None
    comparison = done.confirmed.comparison
    if comparison is None:
        failure = done.confirmed.pruned.failure or done.confirmed.full.failure
        return f"On fresh seeds a training failed: keep the full reward. {failure}"
    scored = (
        f"pruned − full is {comparison.difference} (95 % interval, {comparison.difference.n} fresh seeds, "
        f"positive is better), and a lower bound above −{comparison.margin:.4g} was asked for"
    )
    if comparison.not_inferior:
        return f"The pruned reward is not inferior: {scored}."
    return f"Fresh seeds do not show that it is not inferior, so keep the full reward: {scored}."


def _worse_than_sparse(done: Pruning) -> str:
    if done.sign * (_mean_of(done.full) - _mean_of(done.sparse)) >= 0:
        return ""
    return " The sparse baseline scores better than the full reward: look at that first."


def _cannot_tell(done: Pruning, solved: float | None) -> str:
    """Say so where nothing was missed of a reward that does as well as the fitness asks for."""
    judged = [worth for worth in done.components if worth.without is not None]
    if not judged or not all(worth.may_go for worth in judged) or not _solves(done, solved):
        return ""
    return (
        f" But the fitness cannot tell these rewards apart: the full one reaches {solved:g}, which counts as "
        "solved, and without any one component it is as good. What was removed may be needed where the task "
        "is harder: compare them with fewer --env-steps before you leave it out."
    )


def _solves(done: Pruning, solved: float | None) -> bool:
    return solved is not None and done.sign * (_mean_of(done.full) - solved) >= 0


def _mean_of(scores: Scores) -> float:
    return statistics.fmean(scores.fitness)


def _written(path: Path, subject: Subject, done: Pruning, said: str) -> Path:
    confirmed = done.confirmed
    assert confirmed is not None
    fitness = str(t_interval(confirmed.pruned.fitness)) if confirmed.pruned.fitness else "not known"
    full = str(t_interval(confirmed.full.fitness)) if confirmed.full.fitness else "not known"
    facts = {
        "From": subject.name,
        "Fitness": f"{fitness} on fresh seeds (95 % t-interval); the full reward {full}",
        "Verdict": said,
    }
    return write_refined(
        path, subject, done.text, f"Reward for {subject.task.name}, pruned by eureka-agent.", facts
    )


def _worth_json(worth: Worth) -> dict[str, Any]:
    return {
        "component": worth.component,
        "without": _comparison_json(worth.without),
        "may_go": worth.may_go,
        "left_alone": worth.left_alone,
    }


def _comparison_json(comparison: Comparison | None) -> dict[str, Any] | None:
    if comparison is None:
        return None
    told: Interval = comparison.difference
    return {**told._asdict(), "margin": comparison.margin, "not_inferior": comparison.not_inferior}


def _asking(task: Task, tools: Tools) -> Agree:
    """Return what evaluates rewards on recorded random steps, recorded when it is first asked."""
    recorded: list[TrajectoryBatch] = []

    def agree(text: str, removal: Removal) -> str:
        recorded[:] = recorded or [tools.recording()]
        try:
            full, left = (_paid(task, tools.sandbox, recorded[0], each) for each in (text, removal.text))
        except (RewardError, WorkerError) as error:
            return f"Without `{removal.component}` it fails on recorded steps: {error.what}"
        return disagreement(removal.component, removal.weight, full=full, pruned=left)

    return agree


def _paid(
    task: Task, sandbox: RewardSandbox, recording: TrajectoryBatch, text: str
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return reward and components of recorded steps; if it reads progress, at its begin, middle and end."""
    reads = PROGRESS.name in parse_reward(text).arguments and task.offers_progress
    with RewardEvaluator(Coded(text), task=task, sandbox=sandbox, rows=recording.rows) as evaluate:
        paid = [
            evaluate(recording.signals, recording.first, progress=progress)
            for progress in (STAGES if reads else STAGES[-1:])
        ]
    components = {name: np.concatenate([one.components[name] for one in paid]) for name in paid[0].components}
    return np.concatenate([one.reward for one in paid]), components
