"""Would `--draft 4` have drafted out what was worth training?

    python benchmarks/drafting.py RUNS [--record TASK[:STEPS] …] [--seed 0]

Takes a folder of runs whose candidates were all trained to the end and, generation by generation, asks each
reward what it pays the recorded episodes of the generations before, on the run's own recordings. Candidates
of a generation stand for the drafts of which a quarter is trained; by chance three quarters are left out.
Prints how often the winner of a generation and each of its best quarter would not have been trained, how
often nobody that is trained scored about as much as the winner (see `clearly_better`), and how often the
task's reference would be left out as one draft more that loses no tie. "Agreement" is Kendall's tau between
what the check says of a generation's rewards and what they scored. Whole returns, which the check compares,
are set beside discounted ones and means a step. `--record` first makes runs of `search`: four generations of
eight, without early stops and without a confirmation.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from scipy.stats import kendalltau

import eureka_agent
from eureka_agent.analysis.briefing import Briefing, RecordedEpisodes
from eureka_agent.analysis.preservation import PaidPolicy, order_preservation
from eureka_agent.analysis.statistics import clearly_better
from eureka_agent.archive.candidate import Candidate
from eureka_agent.critique.behaviours import BehaviourCheck, paid_behaviours
from eureka_agent.critique.paying import PayJoined, paying
from eureka_agent.critique.ranking import RULE, tau_of
from eureka_agent.critique.recorded import RecordedPolicies
from eureka_agent.evolution.drafting import by_promise
from eureka_agent.evolution.loop import Interrupted
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.reward import Coded
from eureka_agent.store.event_types import Event, GenerationJudged
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder, list_runs
from eureka_agent.store.state import RunState
from eureka_agent.trajectories.files import read_trajectories
from eureka_agent.trajectories.joined import JoinedEpisodes
from eureka_agent.trajectories.scripted import by_behaviour
from eureka_agent.trajectories.trajectory import Trajectory

GENERATIONS, SAMPLES, DRAFT = 4, 8, 4
WAYS = ("whole", "discounted", "a_step")
UNWARNED, CHANCE = "whole, whatever behaviours earn", "lot (expected)"
REFERENCE = "reference"
NATIVE = "def compute_reward():\n    return 0.0, {}\n"
"""Stands for the environment's own reward, whose payments were recorded."""


@dataclass
class Counts:
    """Of how many of each kind how many would not have been trained, over generations with a verdict."""

    generations: int = 0
    out: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    warned: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    """Which are warned of because of behaviours."""
    agreement: list[float] = field(default_factory=list)
    """Kendall's tau between what the check says of a generation's rewards and what they scored."""


class Judge:
    """Asks the rewards of one run what they pay."""

    def __init__(self, folder: RunFolder, sandbox: RewardSandbox) -> None:
        self.state = RunState.of(read_events(folder.events))
        self.task = eureka_agent.find_task(Path(self.state.config["task"]["value"]).name)
        self.folder, self.recorded = folder, RecordedPolicies()
        self.pay: PayJoined = paying(self.task, sandbox)
        scripted = by_behaviour(read_trajectories(folder.scripted))
        self.behaviours = BehaviourCheck(self.task, scripted, self.pay, self.recorded)
        self.seconds: dict[str, list[float]] = defaultdict(list)

    def generations(self) -> Iterator[tuple[Briefing, list[Candidate]]]:
        """Yield briefing and trained candidates of each generation after the first."""
        sign = self.task.fitness.sign
        every = self.state.archive(sign=sign).candidates
        for generation in range(1, 1 + max(c.generation for c in every)):
            archive = self.state.archive(sign=sign, generations=range(generation))
            trained = [c for c in every if c.generation == generation and c.fitness is not None]
            yield Briefing(archive, trajectories=RecordedEpisodes(self.folder, archive)), trained

    def taus(self, source: str, briefing: Briefing) -> dict[str, float]:
        """Return the tau of each way to count what an episode earns; nothing without a verdict."""
        policies = self.recorded.of(briefing)
        began = time.perf_counter()
        pay = pay_native if source == "native" else self.pay
        paid = paid_behaviours(self.task, NATIVE if source == "native" else source, policies, pay)
        found = {}
        for way in WAYS:
            told = [PaidPolicy(p.name, p.scores, tuple(getattr(x, way) for x in p.payments)) for p in paid]
            verdict = order_preservation(told)
            if verdict is not None:
                found[way] = verdict.tau
        self.seconds["ranking"].append(time.perf_counter() - began)
        return found

    def warnings(self, source: str, briefing: Briefing) -> list[Finding]:
        """Return what the behaviours say of a reward, as candidates have it."""
        if source == "native":
            return []
        self.recorded.of(briefing)  # read before the clock runs: a run reads them once
        began = time.perf_counter()
        found = self.behaviours(source, briefing)
        self.seconds["behaviours"].append(time.perf_counter() - began)
        return found


def pay_native(_reward: Coded, episodes: JoinedEpisodes) -> list[Trajectory]:
    return [replace(episode, reward=episode.native_reward) for episode in episodes.episodes]


def judged(judge: Judge, counts: dict[str, Counts]) -> None:
    """Count what would have been drafted out in each generation of one run."""
    for briefing, trained in judge.generations():
        taus = {c.id: judge.taus(c.source or "", briefing) for c in trained}
        if not any(taus.values()):
            continue
        warned = {c.id: judge.warnings(c.source or "", briefing) for c in trained}
        reference = judge.taus(judge.task.reference, briefing)
        reference_warned = judge.warnings(judge.task.reference, briefing)
        for way in WAYS:
            drafts = [told(c, taus[c.id].get(way), warned[c.id]) for c in trained]
            one_more = told(Candidate(0, -1, REFERENCE), reference.get(way), reference_warned)
            count(counts[way], drafts, one_more, judge.task.fitness.sign)
        drafts = [told(c, taus[c.id].get(WAYS[0]), []) for c in trained]
        one_more = told(Candidate(0, -1, REFERENCE), reference.get(WAYS[0]), [])
        count(counts[UNWARNED], drafts, one_more, judge.task.fitness.sign)
        by_chance(counts[CHANCE], trained, judge.task.fitness.sign)


def count(counts: Counts, drafts: list[Candidate], one_more: Candidate, sign: float) -> None:
    kept = math.ceil(len(drafts) / DRAFT)
    chosen = {c.id for c in by_promise(drafts)[:kept]}
    ranked = sorted(drafts, key=lambda c: -sign * (c.fitness or 0.0))
    counts.generations += 1
    counts.out["winner"].append(ranked[0].id not in chosen)
    counts.out["missed"].append(all(is_worse(c, ranked[0], sign) for c in drafts if c.id in chosen))
    counts.out["quarter"] += [c.id not in chosen for c in ranked[:kept]]
    with_it = [c.operator for c in by_promise([*drafts, one_more])[:kept]]
    counts.out["reference"].append(REFERENCE not in with_it)
    compared: Any = kendalltau([tau_of(c.findings) or 0.0 for c in drafts], [c.fitness for c in drafts])
    if np.isfinite(compared.statistic):
        counts.agreement.append(sign * float(compared.statistic))
    for kind, some in (("of the best quarter", ranked[:kept]), ("of the others", ranked[kept:])):
        counts.warned[kind] += [any(finding.rule != RULE for finding in c.findings) for c in some]


def by_chance(counts: Counts, trained: list[Candidate], sign: float) -> None:
    """Count what is to be expected of a quarter that is drawn by lot."""
    kept = math.ceil(len(trained) / DRAFT)
    best = max(trained, key=lambda c: sign * (c.fitness or 0.0))
    worse = sum(is_worse(c, best, sign) for c in trained)
    out = 1 - kept / len(trained)
    counts.generations += 1
    counts.out["winner"].append(out)
    counts.out["missed"].append(math.comb(worse, kept) / math.comb(len(trained), kept))
    counts.out["quarter"] += [out] * kept
    counts.out["reference"].append(1 - kept / (len(trained) + 1))


def is_worse(candidate: Candidate, best: Candidate, sign: float) -> bool:
    scores, others = (one.evaluations[0].episode_fitness for one in (best, candidate))
    return clearly_better(scores, others, sign=sign)


def told(candidate: Candidate, tau: float | None, warned: list[Finding]) -> Candidate:
    """Return a candidate with the findings that drafting reads."""
    ranked = [] if tau is None else [Finding(RULE, "note", None, "", "", "", value=tau)]
    return replace(candidate, findings=(*ranked, *warned))


def row(title: str, counts: Counts) -> str:
    cells = [
        f"{sum(out):.3g} of {len(out)}" if (out := counts.out[kind]) else "—"
        for kind in ("reference", "winner", "missed", "quarter")
    ]
    agreement = f"{fmean(counts.agreement):+.2f}" if counts.agreement else "—"
    return f"| {title} | {counts.generations} | {' | '.join(cells)} | {agreement} |"


def record(runs: Path, name: str, seed: int) -> None:
    """Search without early stops and without a confirmation."""
    task, _, steps = name.partition(":")
    stop = threading.Event()

    def listen(event: Event, state: RunState) -> None:
        if isinstance(event, GenerationJudged) and event.generation == GENERATIONS - 1:
            stop.set()

    with contextlib.suppress(Interrupted):
        eureka_agent.evolve(
            task, model="search", generations=GENERATIONS, samples=SAMPLES, seed=seed, halving=False,
            env_steps=int(steps) if steps else None, target=1e9, runs=runs, on_event=listen, stop=stop,
            parallel=1,
        )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("runs", type=Path)
    parser.add_argument("--record", nargs="*", default=[])
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    for name in given.record:
        record(given.runs, name, given.seed)
    by_task: dict[str, dict[str, Counts]] = defaultdict(lambda: defaultdict(Counts))
    whole: dict[str, Counts] = defaultdict(Counts)
    seconds: dict[str, list[float]] = defaultdict(list)
    with RewardSandbox() as sandbox:
        for folder in list_runs(given.runs):
            judge = Judge(folder, sandbox)
            judged(judge, by_task[judge.task.name])
            judged(judge, whole)
            for name, measured in judge.seconds.items():
                seconds[name] += measured
    titles = (
        "recorded", "generations", "reference out", "winner out", "none as good in",
        "best quarter out", "agreement",
    )  # fmt: skip
    print(f"| {' | '.join(titles)} |\n|{' --- |' * len(titles)}")
    for name, counts in by_task.items():
        print(row(name, counts[WAYS[0]]))
    for way in (*WAYS, UNWARNED, CHANCE):
        print(row(f"all, by {way}", whole[way]))
    for name, warned in whole[WAYS[0]].warned.items():
        print(f"warned of behaviours: {sum(warned)} of {len(warned)} {name}")
    for name, measured in seconds.items():
        times = 1e3 * np.asarray(measured)
        print(f"{name}: median {np.median(times):.0f} ms, 95 % below {np.quantile(times, 0.95):.0f} ms")


if __name__ == "__main__":
    main()
