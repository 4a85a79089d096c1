"""Does a handful of answers recover a fitness that nobody wrote down?

    python benchmarks/preferences.py run [--pools build/preferences] [--repetitions 20]
    python benchmarks/preferences.py searches [--pools build/preferences]
    python benchmarks/preferences.py alike [--pools build/preferences] [--repetitions 20] [--tasks pendulum]
    python benchmarks/preferences.py show

A simulated person has the task's fitness in mind and says of pairs of recorded episodes which is better,
60 times in all, either always right or wrong in a fifth of the answers; equal ones are "neither". The model
of `eureka_agent/preferences/` sees signals and answers only. What counts is Spearman's rank correlation of
its utility and the hidden fitness over episodes of trainings that nobody asked about. Pairs are chosen by
mutual information, or drawn.

`run` trains the policies whose episodes are looked at (some minutes; they are kept in `--pools`). `searches`
compares searches that are led by such answers alone, 60 in all, with searches led by the hidden fitness, at
equal budgets: the reward that each ends with is trained on 8 fresh seeds, and the hidden fitness scores it.
`alike` asks what it costs that pairs of episodes that begin in the same state come first, or that only such
pairs come; as in a run, only the episodes that score a training are asked about. All of them write
`benchmarks/data/preferences.json`, and `show` prints its tables.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import spearmanr

import eureka_agent
from eureka_agent.analysis.statistics import t_interval
from eureka_agent.evolution.preferring import Question
from eureka_agent.preferences import Compared, FeatureSet, Posterior, choose_features, fit, next_pairs
from eureka_agent.preferences.asking import ALIKE_SHARE, begin_alike
from eureka_agent.preferences.model import OUTCOMES, Better
from eureka_agent.seeds import generator_for
from eureka_agent.store.layout import RunFolder, list_runs
from eureka_agent.store.said import Episode, Preference
from eureka_agent.tasks.fitness import TaskFitness
from eureka_agent.tasks.task import Task
from eureka_agent.trajectories import Trajectory, read_trajectories
from eureka_agent.trajectories.files import CHECKPOINTS, FILE

DATA = Path(__file__).parent / "data" / "preferences.json"
TASKS = ("acrobot", "cartpole", "pendulum", "mountain_car")
"""On the last the fitness of an episode is 0 or 1; targets are of the first three."""
SEEDS = 4
LEARNED, CHEATED = (0.05, 0.15, 0.4, 1.0), (0.4,)
"""Policies of different quality: so much of the task's budget with its reference and its fitness as rewards,
and with each of its rewards that cheat."""
QUESTIONS, BATCH = 60, 12
"""A generation asks so many at once; after them the model is fitted anew."""
ARMS = ("human", "task")
SEARCHED = ("pendulum", "cartpole")
"""On the first the hidden fitness is none of the numbers that the model is offered, on the second it is."""
SEARCHES = 5
"""Searches of each arm."""
UNREACHED = 1e9
"""A target that no search reaches, so that both arms have all of their generations."""
CHOOSERS = ("information", "random")
WRONG = (0.0, 0.2)
ALIKE = ("information", "alike first", "alike only")
"""Pairs by their information alone; those that begin alike first, as a run asks; no others."""


class Pool(NamedTuple):
    """The recorded episodes of a task."""

    task: Task
    trainings: Sequence[Sequence[Trajectory]]


class Setting(NamedTuple):
    """How the person is asked, and how often it is wrong."""

    chooser: str
    wrong: float

    @property
    def name(self) -> str:
        return f"{self.chooser}, {self.wrong:.0%} wrong"


class Learned(NamedTuple):
    """The model after all answers, and the share of its questions whose episodes begin alike."""

    posterior: Posterior
    alike: float


SETTINGS = [Setting(*one) for one in product(CHOOSERS, WRONG)]
ALIKE_SETTINGS = [Setting(*one) for one in product(ALIKE, WRONG)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("command", choices=["run", "searches", "alike", "show"])
    parser.add_argument("--pools", type=Path, default=Path("build/preferences"))
    parser.add_argument("--repetitions", type=int, default=20)
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=TASKS)
    args = parser.parse_args()
    if args.command == "run":
        pools = {name: pool_of(name, args.pools, (FILE, CHECKPOINTS)) for name in args.tasks}
        write("answers", {name: measured(pool, args.repetitions, SETTINGS) for name, pool in pools.items()})
    if args.command == "alike":
        pools = {name: pool_of(name, args.pools, (FILE,)) for name in args.tasks}
        write("alike", {n: measured(pool, args.repetitions, ALIKE_SETTINGS) for n, pool in pools.items()})
    if args.command == "searches":
        write("searches", searches(args.pools))
    show(json.loads(DATA.read_text()))


def write(part: str, found: Mapping[str, Any]) -> None:
    """Put what was found of some tasks in the place of what it was."""
    known = json.loads(DATA.read_text()) if DATA.exists() else {}
    known[part] = {**known.get(part, {}), **found}
    DATA.write_text(json.dumps(known, indent=1))


def pool_of(name: str, pools: Path, recordings: Sequence[str]) -> Pool:
    """Return the episodes of a task's trainings, which are trained where they do not lie in `pools` yet.

    `recordings` are the files of a training whose episodes count.
    """
    task = eureka_agent.find_task(name)
    cheats = [f"hack:{hack}" for hack in task.hacks]
    plan = [*product(("reference", "sparse"), LEARNED), *product(cheats, CHEATED)]
    trainings: list[list[Trajectory]] = []
    for reward, share in plan:
        folder = pools / name / f"{reward.replace(':', '-')}-{share}"
        if not folder.exists():
            steps = int(share * task.budget.env_steps)
            eureka_agent.train(name, reward, seeds=SEEDS, env_steps=steps, output=folder)
        for seed in range(SEEDS):
            files = (folder / f"seed-{seed}" / file for file in recordings)
            trainings.append([one for file in files for one in read_trajectories(file) if one.ended])
    return Pool(task, trainings)


def measured(pool: Pool, repetitions: int, settings: Sequence[Setting]) -> Mapping[str, Any]:
    """Return the correlations of every repetition by setting, how many of its questions began alike, and what
    the features are.
    """
    fitness = [one.fitness for training in pool.trainings for one in training]
    known = choose_features(_flat(pool.trainings))
    found: dict[str, list[float]] = {setting.name: [] for setting in settings}
    alike: dict[str, list[float]] = {setting.name: [] for setting in settings}
    for repetition in range(repetitions):
        order = generator_for(repetition, "trainings", pool.task.name).permutation(len(pool.trainings))
        half = len(order) // 2
        asked, held_out = ([pool.trainings[n] for n in part] for part in (order[:half], order[half:]))
        for setting in settings:
            value, share = _correlation(pool, asked, held_out, setting, repetition)
            found[setting.name].append(round(value, 4))
            alike[setting.name].append(share)
    print(pool.task.name, {name: round(float(np.mean(values)), 3) for name, values in found.items()})
    return {
        "episodes": len(fitness),
        "different_fitness": len(set(fitness)),
        "most": most_with_ties(fitness),
        "features": list(known.names),
        "spearman": found,
        "alike": {name: round(fmean(shares), 3) for name, shares in alike.items()},
    }


def most_with_ties(scores: Sequence[float | None]) -> float:
    """Return what scores without ties correlate with these by, that are in the same order: ties cost some."""
    generator, known = generator_for(0, "ties"), np.array(scores, float)
    untied = np.lexsort((generator.random(len(known)), known)).argsort()
    return round(float(np.asarray(spearmanr(untied, known))[0]), 4)


def _correlation(
    pool: Pool,
    asked: Sequence[Sequence[Trajectory]],
    held_out: Sequence[Sequence[Trajectory]],
    setting: Setting,
    repetition: int,
) -> tuple[float, float]:
    """Return Spearman's correlation over held-out episodes after all answers, and how many began alike."""
    shown, hidden = _flat(asked), _flat(held_out)
    features = choose_features(shown)
    generator = generator_for(repetition, "answers", pool.task.name, setting.name)
    posterior, alike = learned(pool.task, shown, features, setting, generator)
    utility, _ = posterior.utility(np.array([features.of(one) for one in hidden]))
    scores = pool.task.fitness.sign * np.array([one.fitness for one in hidden], float)
    value = float(np.asarray(spearmanr(utility, scores))[0])
    return (value if np.isfinite(value) else 0.0), alike


def learned(
    task: Task,
    shown: Sequence[Trajectory],
    features: FeatureSet,
    setting: Setting,
    generator: np.random.Generator,
) -> Learned:
    """Return the model after `QUESTIONS` answers, asked in batches as a run asks them."""
    rows = np.array([features.of(one) for one in shown])
    scores = task.fitness.sign * np.array([one.fitness for one in shown], float)
    answers: list[Compared] = []
    asked: set[frozenset[int]] = set()
    posterior = Posterior.prior(len(features))
    begun = [one.beginning for one in shown]
    while len(answers) < QUESTIONS:
        if setting.chooser == "random":
            drawn = (generator.choice(len(shown), 2, replace=False) for _ in range(BATCH))
            pairs = [(int(first), int(second)) for first, second in drawn]
        else:
            pairs = next_pairs(
                posterior, rows, count=BATCH, asked=asked, generator=generator,
                beginnings=None if setting.chooser == "information" else begun,
                alike_share=0.0 if setting.chooser == "alike only" else ALIKE_SHARE,
            )  # fmt: skip
        if not pairs:
            break  # there are none left that say anything
        for first, second in pairs:
            asked.add(frozenset((first, second)))
            better = _answer(scores[first], scores[second], setting.wrong, generator)
            answers.append(Compared(rows[first], rows[second], better))
        posterior = fit(answers, len(features))
    every = np.array([sorted(pair) for pair in asked], int)
    return Learned(posterior, float(begin_alike(every, begun).mean()))


def _answer(first: float, second: float, wrong: float, generator: np.random.Generator) -> Better:
    """Return what the person says; a wrong answer is one of the other two."""
    right: Better = "neither" if first == second else "first" if first > second else "second"
    if generator.random() >= wrong:
        return right
    others: list[Better] = [one for one in OUTCOMES if one != right]
    return others[int(generator.integers(len(others)))]


def _flat(trainings: Sequence[Sequence[Trajectory]]) -> list[Trajectory]:
    return [one for training in trainings for one in training]


class HiddenTaste:
    """Answers a run's questions by the task's own fitness of the recorded episodes."""

    def __init__(self, task: Task, runs: Path) -> None:
        self.sign, self.fitness, self.runs = task.fitness.sign, TaskFitness(task), runs

    def __call__(self, questions: Sequence[Question]) -> Iterator[Preference]:
        folder = list_runs(self.runs)[-1]
        for question in questions:
            first, second = (self._score(folder, episode) for episode in question)
            better: Better = "neither" if first == second else "first" if first > second else "second"
            yield Preference(question.first, question.second, better)

    def _score(self, folder: RunFolder, episode: Episode) -> float:
        path = folder.training(episode.name, "search", episode.replicate) / FILE
        return self.sign * self.fitness(read_trajectories(path)[episode.number])


def searches(pools: Path) -> Mapping[str, Mapping[str, list[float]]]:
    """Return by task and arm the mean hidden fitness of each search's winner; those in `pools` are kept."""
    found: dict[str, dict[str, list[float]]] = {name: {arm: [] for arm in ARMS} for name in SEARCHED}
    for name, seed, arm in product(SEARCHED, range(SEARCHES), ARMS):
        folder = pools / "searches" / f"{name}-{arm}-{seed}"
        kept = folder / "score.json"
        if not kept.exists():
            kept.write_text(json.dumps(_searched(name, arm, seed, folder)))
        found[name][arm].append(json.loads(kept.read_text()))
        print(name, arm, seed, found[name][arm][-1], flush=True)
    return found


def _searched(name: str, arm: str, seed: int, folder: Path) -> float:
    """Return the mean of the hidden fitness over fresh seeds of the reward that a search ends with."""
    task = eureka_agent.find_task(name)
    answers = HiddenTaste(task, folder) if arm == "human" else None
    done = eureka_agent.evolve(
        name, runs=folder, model="search", seed=seed, env_steps=task.budget.env_steps // 2, film=False,
        generations=QUESTIONS // BATCH, samples=4, confirm_top=3, choose_seeds=2, confirm_seeds=2,
        fitness=arm, questions=BATCH, answers=answers, target=None if arm == "human" else UNREACHED,
    )  # fmt: skip
    trained = eureka_agent.train(
        name,
        done.reward or "",
        seeds=8,
        seed=1,
        env_steps=task.budget.env_steps // 2,
        output=folder / "fresh",
    )
    return round(fmean(one.fitness for one in trained.trainings if one.fitness is not None), 4)


def show(found: Mapping[str, Any]) -> None:
    """Print what there is, with 95 % intervals over repetitions or searches."""
    if "answers" in found:
        show_answers(found["answers"], SETTINGS)
    if "alike" in found:
        show_answers(found["alike"], ALIKE_SETTINGS)
        shares = {task: told["alike"] for task, told in found["alike"].items()}
        print(f"\nShare of questions whose episodes begin alike: {json.dumps(shares, indent=1)}")
    if "searches" in found:
        print("\n| task | led by preferences | led by the hidden fitness |\n| --- | --- | --- |")
        for task, arms in found["searches"].items():
            print(f"| {task} | " + " | ".join(str(t_interval(arms[arm])) for arm in ARMS) + " |")


def show_answers(found: Mapping[str, Mapping[str, Any]], settings: Sequence[Setting]) -> None:
    """Print the correlations."""
    names = [setting.name for setting in settings]
    print("\n| task | " + " | ".join(names) + " |\n| --- |" + " --- |" * len(names))
    for task, told in found.items():
        cells = [str(t_interval(told["spearman"][name])) for name in names]
        print(f"| {task} | " + " | ".join(cells) + " |")
    first = [task for task in TASKS[:3] if task in found]
    pooled = [[v for task in first for v in found[task]["spearman"][name]] for name in names]
    print(f"| {', '.join(first)} | " + " | ".join(str(t_interval(values)) for values in pooled) + " |")


if __name__ == "__main__":
    os.nice(5)
    main()
