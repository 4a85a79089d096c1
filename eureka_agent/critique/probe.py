"""The probe: a reward is run, in a locked-down worker, on transitions that the task really makes.

Static rules see the form; the probe sees what comes out. What it proves above all is that rows are
independent: `f(x[perm]) == f(x)[perm]` and `f(x[i:i+1]) == f(x)[i:i+1]`, and that `f` cannot count rows.
A forgotten `axis=` mixes worlds and still returns a valid shape.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from eureka_agent.critique.components import check_components
from eureka_agent.critique.ranges import check_ranges
from eureka_agent.critique.rows import Array, Rows, Run
from eureka_agent.errors import RewardError, WorkerCrashedError, WorkerError
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.reward import Coded
from eureka_agent.rewards.source import RewardSource
from eureka_agent.tasks.task import Task
from eureka_agent.training.evaluate_reward import RewardEvaluator
from eureka_agent.training.reward_provider import RewardBatch
from eureka_agent.trajectories.batch import TrajectoryBatch

Clock = Callable[[], float]

TIMEOUT_S = 5.0
REPEATED = 4
"""How often the rows are given at once to see that their number does not count."""
SLOW_S_PER_ROW = 100e-6
"""A step of a light simulator takes less; a reward that costs more would dominate training."""
SLOW_S_PER_CALL = 2e-3
"""What a call may cost beside its rows; a reward with memory is called once a step."""
TIMINGS = 5
"""A slow run is repeated this often and the fastest counts: a busy machine must not refuse a reward."""
LARGE = 1e4
SMALL = 1e-6
DOMINANT_SHARE = 0.98


def probe(
    source: str,
    task: Task,
    recording: TrajectoryBatch,
    sandbox: RewardSandbox,
    *,
    clock: Clock = time.perf_counter,
    timeout_s: float = TIMEOUT_S,
) -> list[Finding]:
    """Run a reward that passed the static rules on recorded transitions and say what is wrong with it.

    `recording` has signals `(T, N, ...)`. `clock` returns seconds and measures what the reward costs;
    `timeout_s` limits each run. A crashed worker is retried once: the machine may have killed it, and a
    reward that causes the crash will cause it again.
    """
    attempt = partial(_probed, Coded(source), task, recording, sandbox, clock, timeout_s)
    try:
        return attempt()
    except WorkerCrashedError:
        pass
    try:
        return attempt()
    except WorkerCrashedError as error:
        return [_failure(error)]


def _probed(
    reward: Coded,
    task: Task,
    recording: TrajectoryBatch,
    sandbox: RewardSandbox,
    clock: Clock,
    timeout_s: float,
) -> list[Finding]:
    """Probe once; raises WorkerCrashedError where the worker died."""
    rows = Rows.of(reward.parsed, recording)
    with RewardEvaluator(reward, task=task, sandbox=sandbox, rows=REPEATED * rows.count) as evaluate:
        run = partial(_run, evaluate, timeout_s)
        try:
            output = run(rows)
            found = list(_findings(run, reward.parsed, rows, output))
            if not any(finding.severity == "error" for finding in found):
                found += check_ranges(run, rows, task.readable_signals)
            return [*found, *_cost(run, rows, clock)]
        except WorkerCrashedError:
            raise
        except (RewardError, WorkerError) as error:
            return [_failure(error)]


def _run(evaluate: RewardEvaluator, timeout_s: float, rows: Rows) -> RewardBatch:
    return evaluate(rows.signals, rows.first, timeout_s=timeout_s)


def _findings(run: Run, parsed: RewardSource, rows: Rows, output: RewardBatch) -> Iterator[Finding]:
    if not _same(output, run(rows)):
        yield Finding(
            "determinism", "error", None, "The same signals gave another reward the second time.",
            "Scores could not be compared.", "Keep no state outside `MEMORY`.",
        )  # fmt: skip
        return
    yield from _independence(run, rows, output)
    yield from _reaction(run, parsed, rows, output)
    yield from _scale(output)
    yield from check_components(output)


def _independence(run: Run, rows: Rows, output: RewardBatch) -> Iterator[Finding]:
    worlds = rows.first.shape[1]
    shuffled = np.random.default_rng(0).permutation(worlds)
    views = [shuffled, *(np.asarray([i]) for i in {0, worlds // 2, worlds - 1})]
    for view in views:
        mixed = _different(_pick(output, view), run(rows.worlds(view)))
        if mixed:
            yield Finding(
                "row-independence", "error", None,
                f"{mixed} of one world changes with the other worlds in the batch.",
                "Every row must depend on its own row only; a reduction without `axis=-1` mixes worlds.",
                "Reduce over the last axis only, e.g. `np.sum(x, axis=-1)`.",
            )  # fmt: skip
            return
    if counted := _different(_pick(output, _every_world(worlds)), run(rows.worlds(_every_world(worlds)))):
        yield Finding(
            "row-independence", "error", None,
            f"{counted} changes when the same worlds are given {REPEATED} times at once.",
            "Training, probe and saved file give a reward different numbers of rows.",
            "Compute each row from its own row only; never from how many there are.",
        )  # fmt: skip


def _every_world(worlds: int) -> Array:
    return np.tile(np.arange(worlds), REPEATED)


def _reaction(run: Run, parsed: RewardSource, rows: Rows, output: RewardBatch) -> Iterator[Finding]:
    if np.ptp(output.reward) == 0:
        yield Finding(
            "constant-reward", "warning", None,
            f"The reward is {output.reward.flat[0]:.4g} on every recorded transition.",
            "A policy learns from differences; only the length of an episode can matter here.",
            "Make sure that the behaviour asked for changes the reward.",
        )  # fmt: skip
        return
    shuffle = np.random.default_rng(1).permutation(rows.count)
    for name in parsed.arguments:
        signal = rows.signals[name]
        values = signal.reshape(rows.count, -1)[shuffle].reshape(signal.shape)
        if np.array_equal(values, signal):
            continue
        if not _different(output, run(rows.replacing(name, values))):
            yield Finding(
                "no-reaction", "warning", None, f"Nothing changes with `{name}` under random actions.",
                "Either it is not used, or its term becomes active only where a better policy gets.",
                f"Check thresholds and scales of what reads `{name}`, unless it is a bonus for later.",
            )  # fmt: skip


def _scale(output: RewardBatch) -> Iterator[Finding]:
    size = float(np.mean(np.abs(output.reward)))
    if size > LARGE or 0 < size < SMALL:
        yield Finding(
            "scale", "warning", None, f"The reward's mean size is {size:.3g} a step.",
            "Far from 1 it is hard to learn from.", "Bring terms to a size between 0.01 and 10 a step.",
        )  # fmt: skip
    sizes = {name: float(np.mean(np.abs(values))) for name, values in output.components.items()}
    total = sum(sizes.values())
    for name, value in sizes.items():
        if len(sizes) > 1 and total > 0 and value / total > DOMINANT_SHARE:
            yield Finding(
                "dominant-component", "warning", None,
                f"Component `{name}` makes up {value / total:.1%} of the components' size.",
                "The others hardly count.", "Rescale, so that every term you want can matter.",
            )  # fmt: skip


def _cost(run: Run, rows: Rows, clock: Clock) -> Iterator[Finding]:
    allowed = SLOW_S_PER_ROW * rows.count + SLOW_S_PER_CALL * rows.first.shape[0]
    fastest = math.inf
    for _ in range(TIMINGS):
        started = clock()
        run(rows)
        fastest = min(fastest, clock() - started)
        if fastest <= allowed:
            return
    yield Finding(
        "cost", "error", None, f"The reward took {1e6 * fastest / rows.count:.0f} µs a row.",
        f"Training allows {1e6 * allowed / rows.count:.0f} µs a row.",
        "Use fewer NumPy calls: no loops, conditions united, clips that never bind left out.",
    )  # fmt: skip


def _failure(error: RewardError | WorkerError) -> Finding:
    return Finding(
        "probe", "error", None, error.what,
        error.allowed or "It ran on recorded transitions of the task.", error.fix,
    )  # fmt: skip


def _pick(output: RewardBatch, worlds: Array) -> RewardBatch:
    components = {name: values[:, worlds] for name, values in output.components.items()}
    return RewardBatch(output.reward[:, worlds], components)


def _same(one: RewardBatch, other: RewardBatch) -> bool:
    return not _different(one, other, exact=True)


def _different(one: RewardBatch, other: RewardBatch, *, exact: bool = False) -> str:
    """Return the first output that differs, in words, or an empty string."""
    pairs = [("The reward", one.reward, other.reward)]
    pairs += [
        (f"Component `{name}`", values, other.components.get(name)) for name, values in one.components.items()
    ]
    for name, left, right in pairs:
        if right is None or left.shape != right.shape:
            return name
        # Vector instructions may round the last bit differently for other row positions.
        slack = 0.0 if exact else 1e-5 * (float(np.max(np.abs(left))) + 1e-6)
        if not np.allclose(left, right, rtol=0 if exact else 1e-5, atol=slack):
            return name
    return ""
