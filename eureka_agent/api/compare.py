"""`compare`: rewards trained side by side on the same seeds, and what tells them apart."""

from __future__ import annotations

import ast
import shlex
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

from eureka_agent.analysis.agreement import agreement, agreement_with_fitness
from eureka_agent.analysis.code_changes import code_difference
from eureka_agent.analysis.contributions import contributions
from eureka_agent.analysis.statistics import t_interval
from eureka_agent.api.benched import Asked, Conditions, Tools, conditions_of, opened
from eureka_agent.api.kept_policies import Shown, films_of, kept_episodes
from eureka_agent.api.paid import Payments, Recorded, ask_all
from eureka_agent.api.several import Named, told_apart
from eureka_agent.archive.candidate import Evaluation
from eureka_agent.errors import ConfigError
from eureka_agent.evolution.comparing import Standing, standings
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
from eureka_agent.report.words import cut
from eureka_agent.rewards.reward import Coded, Reward
from eureka_agent.rewards.tree import parse_python
from eureka_agent.tasks.registry import environment_ref, find_task

PAGE, DATA = "compare.html", "compare.json"
RANDOM = "random play"
LONGEST_ABOUT = 200


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
        """Whether no reward could be compared with the first."""
        return all(one.difference is None for one in self.view.rewards)

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
    one reward more trains that one. `film` shows what the kept policy of each reward's median seed does.

    Writes `compare.json` and `compare.html`. Raises ConfigError where fewer than two different rewards are
    left, RewardError naming file and line where one cannot be loaded, TaskError where the task cannot be
    recorded. A training that fails is told, and the others go on.
    """
    if seeds < 1:
        raise ConfigError(f"'seeds' cannot be {seeds}.", allowed="at least 1; an interval needs 2")
    asked = Asked(**options)
    asked.check()
    chosen = find_task(task, env=asked.env, envs=asked.envs)
    named, notes = told_apart(chosen, [str(reward) for reward in rewards])
    conditions = conditions_of(chosen, asked)
    command = _command(named, task, seeds, conditions, asked, film=film)
    with opened(conditions, asked, "compare", f"Comparing {len(named)} rewards") as tools:
        view, shown = _compared(named, tools, conditions, seeds=seeds, film=film)
        view = replace(view, notes=(*notes, *view.notes), command=command)
        films = tuple(one.film for one in shown.values() if one.film is not None)
        report = CompareReport(
            view, tools.bench.folder, tools.bench.folder / PAGE, films, tools.bench.trained, tools.bench.held
        )
        write_json(tools.bench.folder / DATA, report.to_json())
        sheets = {letter: one.sheet.read_bytes() for letter, one in shown.items()}
        write_atomic(report.page, render_comparison(view, sheets))
    return report


def _compared(
    named: Sequence[Named], tools: Tools, conditions: Conditions, *, seeds: int, film: bool
) -> tuple[ComparisonView, dict[str, Shown]]:
    task, sign = conditions.task, conditions.task.fitness.sign
    random = tools.recording()  # what cannot be recorded cannot be trained: told before hours went by
    stood = standings([one.reward for one in named], tools.bench, seeds=seeds)
    recorded = [Recorded(RANDOM, f"{RANDOM}, episode {n}", one) for n, one in enumerate(random.trajectories)]
    notes = []
    for one, standing in zip(named, stood, strict=True):
        kept, unread = kept_episodes(one, standing, tools.bench)
        recorded += kept
        notes += unread
    asked = ask_all(task, tools.sandbox, {one.letter: one.reward for one in named}, recorded)
    shown, not_shown = films_of(named, stood, tools.bench, tools.sandbox) if film else ({}, [])
    rows = _rows(named, stood, asked, recorded, shown, sign)
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
        notes=(*notes, *asked.notes, *not_shown),
    )
    return view, shown


def _rows(
    named: Sequence[Named],
    stood: Sequence[Standing],
    asked: Payments,
    recorded: Sequence[Recorded],
    shown: Mapping[str, Shown],
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
            about=_about(one.reward),
        )
        if (seen := shown.get(one.letter)) is not None:
            film = "" if seen.film is None else seen.film.name
            row = replace(row, film=film, sheet=seen.sheet.name, shows=seen.told)
        rows.append(replace(row, sentence=differing(row, rows[0])) if rows else row)
    return rows


def _players(recorded: Sequence[Recorded]) -> Iterator[Player]:
    for name in dict.fromkeys(one.player for one in recorded):
        own = [one.trajectory for one in recorded if one.player == name]
        scores = [episode.fitness for episode in own if episode.fitness is not None]
        steps = sum(episode.length for episode in own)
        yield Player(name, len(own), steps, statistics.fmean(scores) if scores else None)


def _paid(letter: str, player: str, asked: Payments, recorded: Sequence[Recorded]) -> float | None:
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


def _about(reward: Reward) -> str:
    """Return the first paragraph of what a file says of itself, on one line: who wrote it, for example."""
    if not isinstance(reward, Coded):
        return ""
    told = ast.get_docstring(parse_python(reward.text)) or ""
    return cut(" ".join(told.split("\n\n")[0].split()), LONGEST_ABOUT)


def _change(first: Reward, other: Reward) -> str:
    if not (isinstance(first, Coded) and isinstance(other, Coded)):
        return ""
    return code_difference(first.text, other.text)


def _read(*rewards: Reward) -> list[str]:
    """Return the signals that rewards read; all of them together tell what a step was."""
    return [name for reward in rewards if isinstance(reward, Coded) for name in reward.parsed.arguments]


def _command(
    named: Sequence[Named], task: str, seeds: int, conditions: Conditions, asked: Asked, *, film: bool
) -> str:
    """Return the command that repeats it; empty where the environment was a constructor in memory."""
    env = None if asked.env is None else environment_ref(asked.env)
    if env is not None and env.kind == "pickled":
        return ""
    words = ["eureka-agent", "compare", *(one.name for one in named), "--task", task, "--seeds", str(seeds)]
    words += ["--env-steps", str(conditions.env_steps), "--seed", str(asked.seed)]
    words += [] if env is None else ["--env", asked.env if isinstance(asked.env, str) else env.value]
    for name in ("trainer", "device", "worlds", "envs", "output", "runs"):
        value = getattr(asked, name)
        if value is not None and str(value) != str(getattr(Asked, name)):
            words += [f"--{name}", str(value)]
    words += ["--unsafe-isolation"] if asked.unsafe_isolation else []
    return shlex.join([*words, *["--film"][: int(film)]])
