"""`plot`: what each component of a reward pays over the signals that it reads, and over one episode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from eureka_agent.analysis.axes import Axis, axes_of
from eureka_agent.analysis.slices import TOTAL, Pay, Shape, Shapes, rows_of_reward, shapes_of
from eureka_agent.api.check import Env, coded_reward
from eureka_agent.errors import ConfigError, did_you_mean
from eureka_agent.files import write_atomic
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.report.html.plot_page import draw_plot, render_plot
from eureka_agent.report.views.reward_plot import RewardPlot
from eureka_agent.rewards.reward import Coded
from eureka_agent.seeds import seed_for
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import PROGRESS, Signals, Task
from eureka_agent.training.evaluate_reward import RewardEvaluator
from eureka_agent.training.filming import Wanted
from eureka_agent.training.inspecting import record_transitions
from eureka_agent.training.playing import play_policy
from eureka_agent.training.policies import check_can_act, read_policy
from eureka_agent.trajectories.joined import JoinedEpisodes
from eureka_agent.trajectories.trajectory import Array, Trajectory

KINDS = (".html", ".svg")
EPISODES = 5
"""Played by a policy."""
MIDWAY = 0.5
"""The progress that slices hold: at either end a weight that fades is nothing."""
MOST_SEEN = 150
"""Recorded steps that are dots in a contour."""


@dataclass(frozen=True)
class PlotReport:
    """The report of `plot`."""

    path: Path
    task: str
    reward: str
    components: Mapping[str, tuple[str, ...]]
    """By name, the total first: on what each depends, what changes it most first."""
    constant: Mapping[str, float]
    """Components that nothing changes, and what they pay."""
    notes: tuple[str, ...]


def plot(
    reward: Path | str,
    task: str,
    *,
    output: Path | str | None = None,
    signals: str | Sequence[str] = (),
    policy: Path | str | None = None,
    force: bool = False,
    env: Env = None,
    envs: Path | None = None,
    unsafe_isolation: bool = False,
) -> PlotReport:
    """Draw a reward over the signals that it reads, as one HTML page or one SVG file.

    Steps are recorded with random actions, or by a saved `policy`. `signals` are two that a contour is drawn
    over, `"speed,height"`, elements as `obs[3]`. The reward runs in the sandbox only. By default the file is
    `<name>_plot.html` where the command is given, and replaced; another one that exists is replaced with
    `force` only.

    Raises ConfigError for a file that cannot be written so, and for signals that the reward does not read;
    RewardError where it cannot be loaded or fails on recorded steps; TaskError where the task cannot be
    recorded.
    """
    path = _path(str(reward), output, force=force)
    chosen = find_task(task, env=env, envs=envs)
    coded = coded_reward(chosen, str(reward))
    episodes, recorded = _recorded(chosen, policy)
    with (
        RewardSandbox(unsafe=unsafe_isolation) as sandbox,
        RewardEvaluator(coded, task=chosen, sandbox=sandbox) as evaluate,
    ):
        paid = evaluate.pay(JoinedEpisodes(episodes), progress=1.0)
        made = _plotted(chosen, coded, paid, evaluate, _names(signals))
    made = replace(made, reward=str(reward), recorded=recorded)
    write_atomic(path, draw_plot(made) if path.suffix == ".svg" else render_plot(made))
    return PlotReport(
        path, chosen.name, str(reward),
        {shape.name: shape.reads for shape in made.shapes},
        {shape.name: shape.constant for shape in made.shapes if shape.constant is not None},
        made.notes,
    )  # fmt: skip


def _path(reward: str, output: Path | str | None, *, force: bool) -> Path:
    if output is None:
        return Path(f"{Path(reward.replace(':', '_')).stem}_plot.html")
    path = Path(output)
    if path.suffix not in KINDS:
        raise ConfigError(f"Cannot draw {path.name}.", allowed="a name that ends in .html or .svg")
    if path.exists() and not force:
        raise ConfigError(
            f"{path} exists already.", fix="Choose another name with -o, or replace it with --force."
        )
    return path


def _names(signals: str | Sequence[str]) -> list[str]:
    names = signals.split(",") if isinstance(signals, str) else list(signals)
    return [name.strip() for name in names if name.strip()]


def _recorded(task: Task, policy: Path | str | None) -> tuple[list[Trajectory], str]:
    """Return recorded episodes and whose they are."""
    if policy is None:
        found = record_transitions(task, seed=seed_for(0, "transitions")).trajectories
        return found, f"{sum(e.length for e in found):,} steps of random actions"
    path = Path(policy)
    saved = read_policy(path)
    check_can_act(saved, task, path)
    found = play_policy(task, saved, episodes=EPISODES, seed=0, wanted=Wanted())
    return found, f"{sum(e.length for e in found):,} steps of the policy {path}"


def _plotted(
    task: Task, reward: Coded, paid: Sequence[Trajectory], evaluate: RewardEvaluator, wanted: Sequence[str]
) -> RewardPlot:
    read = [name for name in reward.parsed.arguments if name in paid[0].signals]
    steps = {name: np.concatenate([episode.signals[name] for episode in paid]) for name in read}
    axes = axes_of(task, reward.parsed.arguments, steps)
    chosen = _chosen(axes, wanted)
    total = np.concatenate([episode.reward for episode in paid if episode.reward is not None])
    places = rows_of_reward(total)
    rows: Signals = {name: values[places] for name, values in steps.items()}
    if reads_progress := any(axis.kind == "progress" for axis in axes):
        rows[PROGRESS.name] = np.full(len(places), MIDWAY, np.float32)
    found = shapes_of(_paying(evaluate, task), rows, axes, chosen) if axes else Shapes(())
    episode = max(paid, key=lambda one: one.length)
    notes = _held(reward, axes, reads_progress=reads_progress)
    return RewardPlot(
        task=task.name,
        reward="",
        recorded="",
        shapes=tuple(_checked(shape, paid) for shape in found.shapes),
        episode=episode,
        episode_name=f"the longest recorded episode ({episode.length} steps: {episode.ending})",
        seen=_seen(axes, steps),
        notes=(*notes, *found.notes),
        code=reward.text,
    )


def _paying(evaluate: RewardEvaluator, task: Task) -> Pay:
    """Return what is paid for rows of their own: each is the first step of a world."""

    def pay(rows: Signals) -> dict[str, Array]:
        count = len(next(iter(rows.values())))
        signals = {name: rows[name][None] for name in task.measured(rows)}
        progress = rows.get(PROGRESS.name, 1.0) if task.offers_progress else 1.0
        paid = evaluate(signals, np.ones((1, count), bool), progress=progress)
        return {TOTAL: paid.reward[0], **{name: part[0] for name, part in paid.components.items()}}

    return pay


def _chosen(axes: Sequence[Axis], wanted: Sequence[str]) -> tuple[str, str] | None:
    """Return the names of the two axes that were asked for; ConfigError where there are no such ones."""
    if not wanted:
        return None
    known = {_bare(axis.name): axis for axis in axes if axis.kind != "choice"}
    for name in wanted:
        if _bare(name) not in known:
            more = " It is a vector: name an element of it." if f"{name}[0]" in known else ""
            guess = "" if more else did_you_mean(name, [axis.name for axis in known.values()])
            raise ConfigError(
                f"The reward reads no '{name}'.{more}{guess}",
                allowed=", ".join(axis.name for axis in known.values()) or "nothing",
                fix="Name two that it reads: --signals a,b.",
            )
    if len(wanted) != 2 or _bare(wanted[0]) == _bare(wanted[1]):
        raise ConfigError(
            f"A contour is drawn over two signals, not over {', '.join(wanted)}.",
            allowed="two different ones: --signals a,b",
        )
    return known[_bare(wanted[0])].name, known[_bare(wanted[1])].name


def _bare(name: str) -> str:
    return name.replace(" ", "").replace("−", "-")


def _checked(shape: Shape, paid: Sequence[Trajectory]) -> Shape:
    """Return a shape that is constant only if the component was so on recorded steps, too."""
    if shape.constant is None:
        return shape
    arrays = [e.reward if shape.name == TOTAL else e.components[shape.name] for e in paid]
    values = np.concatenate([array for array in arrays if array is not None])
    return shape if float(np.ptp(values)) == 0.0 else replace(shape, constant=None)


def _held(reward: Coded, axes: Sequence[Axis], *, reads_progress: bool) -> list[str]:
    """Return what slices hold, where that is not plain."""
    notes = []
    if reward.parsed.uses_memory:
        notes.append("Slices hold its memory as it is in the first step of an episode.")
    if any(axis.kind == "change" for axis in axes):
        notes.append(
            "Along a signal its prev_ value moves with it, so that the recorded step stays as it was; "
            "along x − prev_x only prev_x moves."
        )
    if reads_progress:
        notes.append(
            f"Slices hold progress at {MIDWAY:g}, where what fades in or out still counts; the recorded "
            "episode is paid as at the end of a training."
        )
    return notes


def _seen(axes: Sequence[Axis], steps: Mapping[str, Array]) -> dict[str, Array]:
    """Return some recorded values of each level, for the dots of contours."""
    found = {}
    for axis in axes:
        if axis.kind != "level":
            continue
        values = steps[axis.signal].reshape(len(steps[axis.signal]), -1)[:, axis.element]
        found[axis.name] = values[np.linspace(0, len(values) - 1, MOST_SEEN).astype(int)]
    return found
