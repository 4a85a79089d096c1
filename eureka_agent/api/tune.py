"""`tune`: whether a reward with other weights is better."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eureka_agent.analysis.statistics import t_interval
from eureka_agent.api.benched import Asked, opened
from eureka_agent.api.refining import Subject, check_seeds, subject_of, write_refined
from eureka_agent.evolution.tuning import Point, Tuning, tuned
from eureka_agent.files import write_json

FILE = "tuned_reward.py"


@dataclass(frozen=True)
class TuneReport:
    """The report of `tune`."""

    task: str
    reward: str
    folder: Path
    fitness_summary: str
    tuning: Tuning
    verdict: str
    tuned_reward: Path | None
    """None where nothing better was found."""
    trainings: int
    """Those of this call; what the folder held was not trained again."""
    held: int

    @property
    def failed(self) -> bool:
        """Whether nothing could be compared."""
        points = self.tuning.points
        return bool(points) and not points[0].search.fitness

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        done = self.tuning
        return {
            "task": self.task,
            "reward": self.reward,
            "folder": str(self.folder),
            "verdict": self.verdict,
            "tuned_reward": None if self.tuned_reward is None else str(self.tuned_reward),
            "numbers": [asdict(number) for number in done.numbers],
            "left_out": [asdict(number) for number in done.left_out],
            "points": [_point_json(point) for point in done.points],
            "winner": done.winner,
            "trainings": self.trainings,
            "held": self.held,
        }


def tune(
    run_or_task: str = "latest",
    reward: Path | str | None = None,
    *,
    seeds: int = 1,
    confirm_seeds: int = 5,
    **options: Any,
) -> TuneReport:
    """Try other values for at most six numbers of a reward whose ratio matters.

    Given a task and a reward file (or `reference`, `hack:<name>`), or a finished run: then its task, its
    winner and its number of steps are taken. `options` are those of `Asked`. Which numbers are varied says
    `rewards/refining/tunable.py`.

    Twelve rewards, the given one among them, are spread evenly over a quarter to four times each number, and
    trained side by side on `seeds`. The two best others and the given one are trained again on fresh seeds. A
    file is written only if the best of these is better than the given one: the lower bound of the 95 %
    t-interval of their paired difference lies above 0.

    What the output folder holds is not trained again. Raises what `check` and `resume` raise for rewards and
    runs.
    """
    check_seeds(seeds, confirm_seeds, least=1)
    asked = Asked(**options)
    subject = subject_of(run_or_task, reward, asked)
    with opened(subject, asked, "tune", f"Refining {subject.name}") as tools:
        done = tuned(
            subject.reward.text, subject.task.fitness.sign, tools.bench,
            seeds=seeds, confirm_seeds=confirm_seeds,
        )  # fmt: skip
        said, path = verdict(done), None
        (tools.bench.folder / FILE).unlink(missing_ok=True)  # of the same command with other seeds
        if done.better is not None:
            path = _written(tools.bench.folder / FILE, subject, done.better, said)
        report = TuneReport(
            subject.task.name, subject.name, tools.bench.folder, subject.task.fitness.summary, done, said,
            path, tools.bench.trained, tools.bench.held,
        )  # fmt: skip
        write_json(tools.bench.folder / "report.json", report.to_json())
    return report


def verdict(done: Tuning) -> str:
    """Return what came of a tuning in one or two sentences."""
    if not done.points:
        return (
            "Nothing was tried: the reward has no number whose ratio matters. Weights of components and "
            "constants of the module are such numbers; exponents, thresholds and scales are not."
        )
    original = done.points[0]
    if not original.search.fitness:
        return f"Nothing was compared: the reward itself could not be trained. {original.search.failure}"
    if done.winner is None and original.confirmed is None:
        return _nothing_to_choose(done)
    if original.confirmed is None or not original.confirmed.fitness:
        failure = original.confirmed.failure if original.confirmed else ""
        return f"Nothing better was found: on fresh seeds the reward itself failed. {failure}"
    if done.winner in (0, None):
        return "Nothing better was found: on fresh seeds the reward itself scores best."
    best = done.points[done.winner or 0]
    assert best.against_original is not None
    compared = (
        f"its paired difference to the reward itself is {best.against_original.difference} (95 % interval)"
    )
    if done.better is None:
        leads = f"point {done.winner} has the best mean on fresh seeds"
        return f"Nothing better was found beyond doubt: {leads}, and {compared}."
    return f"Point {done.winner} is better than the reward itself: on fresh seeds {compared}."


def _nothing_to_choose(done: Tuning) -> str:
    trained = [point.search.fitness for point in done.points if point.search.fitness]
    if len(trained) == 1:
        first = next(point.search.failure for point in done.points if point.search.failure)
        return f"Nothing better was found: no reward with other numbers could be trained. {first}"
    return (
        f"Nothing better was found: all {len(trained)} rewards that could be trained score the same "
        f"({trained[0][0]:.4g}), so that there is nothing to choose by. Train longer, or on another task."
    )


def _written(path: Path, subject: Subject, best: Point, said: str) -> Path:
    assert best.confirmed is not None
    fitness = f"{t_interval(best.confirmed.fitness)} on fresh seeds (95 % t-interval)"
    facts = {"From": subject.name, "Fitness": fitness, "Verdict": said}
    title = f"Reward for {subject.task.name}, tuned by eureka-agent."
    return write_refined(path, subject, best.text, title, facts)


def _point_json(point: Point) -> dict[str, Any]:
    compared = point.against_original
    return {
        "values": list(point.values),
        "search": asdict(point.search),
        "confirmed": None if point.confirmed is None else asdict(point.confirmed),
        "against_original": None if compared is None else compared.difference._asdict(),
    }
