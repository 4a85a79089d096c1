"""`compare`: rewards trained side by side on the same seeds, and what tells them apart."""

from __future__ import annotations

import importlib.util
import shlex
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from string import ascii_uppercase
from typing import Any, NamedTuple

from eureka_agent.analysis.agreement import agreement, agreement_with_fitness
from eureka_agent.analysis.code_changes import code_difference
from eureka_agent.analysis.contributions import contributions
from eureka_agent.analysis.statistics import t_interval
from eureka_agent.api.adopt import adopted_text, read_found
from eureka_agent.api.benched import Asked as Options
from eureka_agent.api.benched import Conditions, Tools, conditions_of, opened
from eureka_agent.api.check import reward_of
from eureka_agent.api.paid import Asked, Recorded, ask_all
from eureka_agent.archive.candidate import Evaluation
from eureka_agent.errors import ConfigError, EurekaError, RewardError, StoreError
from eureka_agent.evolution.comparing import STAGE, Standing, standings
from eureka_agent.evolution.workbench import name_of
from eureka_agent.files import write_atomic, write_json
from eureka_agent.report.html.comparison_page import render_comparison
from eureka_agent.report.views.comparison import (
    ComparedReward,
    ComparisonView,
    Player,
    differing,
    verdict_of,
)
from eureka_agent.report.views.curves import LearningCurves
from eureka_agent.rewards.reward import Coded, Reward
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.filming import Wanted
from eureka_agent.training.playing import play_policy
from eureka_agent.training.policies import read_policy, saved_policy
from eureka_agent.trajectories.files import FILE as RECORDING
from eureka_agent.trajectories.files import read_trajectories

MOST = 8
"""Rewards of one comparison: more lines are no drawing any more."""
PAGE, DATA = "compare.html", "compare.json"
RANDOM = "random play"


class Named(NamedTuple):
    """A reward as it was given."""

    letter: str
    name: str
    reward: Reward


@dataclass(frozen=True)
class CompareReport:
    """The report of `compare`."""

    view: ComparisonView
    folder: Path
    page: Path
    """One HTML file with everything."""
    films: tuple[Path, ...]
    trainings: int
    """Those of this call; what the folder held was not trained again."""
    held: int

    @property
    def failed(self) -> bool:
        """Whether no two rewards could be compared."""
        return sum(bool(one.fitness) for one in self.view.rewards) < 2

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            **self.view.to_json(),
            "folder": str(self.folder),
            "page": str(self.page),
            "films": [str(path) for path in self.films],
            "trainings": self.trainings,
            "held": self.held,
        }


def compare(
    *rewards: Path | str, task: str, seeds: int = 3, film: bool = False, **options: Any
) -> CompareReport:
    """Train two to eight rewards side by side on the same seeds, and say what tells them apart.

    `rewards` are files in any form that `check` or `adopt` takes, or the task's own: `reference`, `sparse`,
    `native`, `hack:<name>`; all are compared with the first. `options` are those of `api.benched.Asked`, with
    `output` the folder of trainings and results. What it holds is not trained again: the same command with
    one reward more trains that one. `film` plays the kept policy of each reward's median seed.

    Writes `compare.json` and `compare.html`. Raises ConfigError where fewer than two different rewards are
    left, RewardError naming file and line where one cannot be loaded, TaskError where the task cannot be
    recorded. A training that fails is told, and the others go on.
    """
    if seeds < 1:
        raise ConfigError(f"'seeds' cannot be {seeds}.", allowed="at least 1; an interval needs 2")
    asked = Options(**options)
    asked.check()
    chosen = find_task(task, env=asked.env, envs=asked.envs)
    named, notes = told_apart(chosen, [str(reward) for reward in rewards])
    conditions = conditions_of(chosen, asked)
    command = _command(named, task, seeds, conditions, asked, film=film)
    with opened(conditions, asked, "compare", f"Comparing {len(named)} rewards") as tools:
        view, films = _compared(named, tools, conditions, seeds=seeds, film=film)
        view = replace(view, notes=(*notes, *view.notes), command=command)
        report = CompareReport(
            view, tools.bench.folder, tools.bench.folder / PAGE, films, tools.bench.trained, tools.bench.held
        )
        write_json(tools.bench.folder / DATA, report.to_json())
        write_atomic(report.page, render_comparison(view))
    return report


def told_apart(task: Task, given: Sequence[str]) -> tuple[list[Named], list[str]]:
    """Return the rewards that were given, each once, and a sentence for each that stood there twice.

    Raises ConfigError where fewer than two or more than eight are left.
    """
    found: dict[str, Named] = {}
    notes = []
    for name in given:
        reward, note = _loaded(task, name)
        notes += [note] if note else []
        if (same := found.get(name_of(reward))) is not None:
            notes.append(f"{name} is the same reward as {same.name}, so that it is trained and shown once.")
            continue
        found[name_of(reward)] = Named("", name, reward)
    if not 2 <= len(found) <= MOST:
        raise ConfigError(
            " ".join([f"There {_are(len(found))} to compare.", *notes]),
            allowed=f"2 to {MOST} different rewards",
            fix="Name another: a file, reference, sparse, native"
            + "".join(f", hack:{hack}" for hack in task.hacks)
            + ".",
        )
    letters = zip(ascii_uppercase, found.values(), strict=False)
    return [named._replace(letter=letter) for letter, named in letters], notes


def _are(number: int) -> str:
    return {0: "is no reward", 1: "is only one reward"}.get(number, f"are {number} rewards")


def _loaded(task: Task, name: str) -> tuple[Reward, str]:
    """Return a reward by name or file, and how it was changed to be one of this task, if it was adopted."""
    try:
        return reward_of(task, name), ""
    except RewardError:
        try:
            adopted = adopted_text(read_found(Path(name)), task)
        except EurekaError:
            adopted = None
        if adopted is None:
            raise
    reads = ", ".join(f"{found} as {signal}" for found, signal in adopted.reads.items())
    return Coded(adopted.text), f"{name} was adopted as `eureka-agent adopt` does: it reads {reads}."


def _compared(
    named: Sequence[Named], tools: Tools, conditions: Conditions, *, seeds: int, film: bool
) -> tuple[ComparisonView, tuple[Path, ...]]:
    task, sign = conditions.task, conditions.task.fitness.sign
    random = tools.recording()  # what cannot be recorded cannot be trained: told before hours went by
    stood = standings([one.reward for one in named], tools.bench, seeds=seeds)
    recorded = [Recorded(RANDOM, f"{RANDOM}, episode {n}", one) for n, one in enumerate(random.trajectories)]
    notes = []
    for one, standing in zip(named, stood, strict=True):
        kept, unread = _kept(one, standing, tools)
        recorded += kept
        notes += unread
    asked = ask_all(task, tools.sandbox, {one.letter: one.reward for one in named}, recorded)
    films, not_filmed = _films(named, stood, tools) if film else ({}, [])
    rows = _rows(named, stood, asked, recorded, films, sign)
    view = ComparisonView(
        task=task.name,
        description=task.description,
        measured_as=task.fitness.summary,
        direction=task.fitness.direction,
        env_steps=conditions.env_steps,
        seeds=seeds,
        device=conditions.device,
        rewards=tuple(rows),
        players=tuple(_players(recorded)),
        agreements=tuple(
            agreement(a.letter, b.letter, asked.episodes, _read(a.reward, b.reward))
            for a, b in combinations(named, 2)
        ),
        verdict=verdict_of(rows),
        notes=(*notes, *asked.notes, *not_filmed),
    )
    return view, tuple(films.values())


def _rows(
    named: Sequence[Named],
    stood: Sequence[Standing],
    asked: Asked,
    recorded: Sequence[Recorded],
    films: Mapping[str, Path],
    sign: float,
) -> list[ComparedReward]:
    """Return the rewards in the order in which they were given."""
    players = list(dict.fromkeys(one.player for one in recorded))
    rows: list[ComparedReward] = []
    for one, standing in zip(named, stood, strict=True):
        fitness, filled = standing.scores.fitness, asked.filled.get(one.letter, ())
        own = [paid for paid, of in zip(filled, recorded, strict=False) if of.player == one.letter]
        row = ComparedReward(
            letter=one.letter,
            name=one.name,
            fitness=fitness,
            failure=standing.scores.failure,
            level=t_interval(fitness) if fitness else None,
            difference=standing.difference,
            curves=_curves(one.letter, standing),
            contributions=tuple(contributions(own)),
            with_fitness=agreement_with_fitness(one.letter, asked.episodes, sign),
            paid=tuple(_paid(one.letter, player, asked, recorded) for player in players),
            code=_code(one.reward),
            code_change=_change(named[0].reward, one.reward) if rows else "",
            film=films[one.letter].name if one.letter in films else "",
        )
        rows.append(replace(row, sentence=differing(row, rows[0])) if rows else row)
    return rows


def _kept(one: Named, standing: Standing, tools: Tools) -> tuple[list[Recorded], list[str]]:
    """Return the recorded episodes of a reward's kept policies, and why some are missing."""
    found, notes = [], []
    for replicate, outcome in enumerate(standing.outcomes):
        if not isinstance(outcome, Evaluation):
            continue
        path = tools.bench.folder_of(standing.reward, STAGE, replicate) / RECORDING
        try:
            episodes = read_trajectories(path)
        except StoreError as error:
            notes.append(error.what)
            continue
        found += [
            Recorded(one.letter, f"{one.letter}'s policy of seed {replicate}, episode {n}", episode)
            for n, episode in enumerate(episodes)
        ]
    return found, notes


def _players(recorded: Sequence[Recorded]) -> Iterator[Player]:
    for name in dict.fromkeys(one.player for one in recorded):
        own = [one.trajectory for one in recorded if one.player == name]
        scores = [episode.fitness for episode in own if episode.fitness is not None]
        steps = sum(episode.length for episode in own)
        yield Player(name, len(own), steps, statistics.fmean(scores) if scores else None)


def _paid(letter: str, player: str, asked: Asked, recorded: Sequence[Recorded]) -> float | None:
    """Return what a reward pays an ended episode of a player, mean."""
    sums = [
        float(paid.paid[letter].sum())
        for paid, of in zip(asked.episodes, recorded, strict=True)
        if of.player == player and of.trajectory.ended and letter in paid.paid
    ]
    return statistics.fmean(sums) if sums else None


def _curves(letter: str, standing: Standing) -> LearningCurves | None:
    curves = [
        tuple(outcome.curves.get("fitness", ()))
        for outcome in standing.outcomes
        if isinstance(outcome, Evaluation)
    ]
    longest = max(map(len, curves), default=0)
    return LearningCurves(letter, tuple(c for c in curves if len(c) == longest)) if longest else None


def _code(reward: Reward) -> str:
    return reward.text if isinstance(reward, Coded) else ""


def _change(first: Reward, other: Reward) -> str:
    if not (isinstance(first, Coded) and isinstance(other, Coded)):
        return ""
    return code_difference(first.text, other.text)


def _read(*rewards: Reward) -> list[str]:
    """Return the signals that rewards read; all of them together tell what a step was."""
    return [name for reward in rewards if isinstance(reward, Coded) for name in reward.parsed.arguments]


def _films(
    named: Sequence[Named], stood: Sequence[Standing], tools: Tools
) -> tuple[dict[str, Path], list[str]]:
    """Film the kept policy of each reward's median seed; a sentence where nothing can be filmed."""
    kind = ".gif" if importlib.util.find_spec("imageio_ffmpeg") is None else ".mp4"
    made: dict[str, Path] = {}
    for one, standing in zip(named, stood, strict=True):
        fitness = standing.scores.fitness
        if not fitness:
            continue
        median = fitness.index(statistics.median_low(fitness))
        policy = saved_policy(tools.bench.folder_of(standing.reward, STAGE, median))
        if policy is None:
            continue
        path = tools.bench.folder / f"film-{one.letter}{kind}"
        try:
            wanted = Wanted(path)
            play_policy(
                tools.bench.task, read_policy(policy), episodes=1, seed=tools.bench.seed, wanted=wanted
            )
        except EurekaError as error:
            return made, [f"There is no film of {one.letter}. {error.what} {error.fix}".strip()]
        made[one.letter] = path
    return made, []


def _command(
    named: Sequence[Named], task: str, seeds: int, conditions: Conditions, asked: Options, *, film: bool
) -> str:
    """Return the command that repeats it."""
    words = ["eureka-agent", "compare", *(one.name for one in named), "--task", task, "--seeds", str(seeds)]
    words += ["--env-steps", str(conditions.env_steps), "--seed", str(asked.seed)]
    for option, value in (
        ("--trainer", asked.trainer),
        ("--device", asked.device),
        ("--output", asked.output),
    ):
        words += [option, str(value)] if value is not None else []
    return shlex.join([*words, *["--film"][: int(film)]])
