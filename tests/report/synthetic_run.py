"""A run as long as real ones, written with the log's own events: nothing was trained for it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from eureka_agent.archive.candidate import Candidate, EarlyStop, Evaluation, Status
from eureka_agent.config import make_config
from eureka_agent.evolution import confirmation
from eureka_agent.rewards.findings import Finding
from eureka_agent.store.event_types import (
    CandidateProposed,
    CandidateRefused,
    Event,
    FinalistsNamed,
    GenerationJudged,
    GenerationPlanned,
    PolicyAnalyzed,
    ReplyReceived,
    RequestSent,
    RunConfirmed,
    RunFinished,
    RunStarted,
    TrainingFailed,
    TrainingFinished,
    TrainingStarted,
)
from eureka_agent.store.events import EventLog
from eureka_agent.store.facts import TaskFacts
from eureka_agent.store.records import (
    AnalystReport,
    Cause,
    Evidence,
    Judgement,
    Reply,
    RequestKey,
    Slot,
    Usage,
)
from eureka_agent.store.state import RunState
from eureka_agent.tasks.registry import find_task

STEPS, CHECKPOINTS = 100_000, 10
COMPONENTS = ("upright", "slow", "centred", "effort_cost", "alive", "smooth")
BASELINE_WORTH = {"reference": 300.0, "sparse": 120.0}

SOURCE = '''import numpy as np

GAIN = {gain}
TOLERANCE = {tolerance}


def near(value, width):
    """Return 1 at 0 and less beside it."""
    return np.exp(-np.square(value / width))


def compute_reward(cart_position, cart_velocity, pole_angle, pole_velocity, action):
    # the pole first, the cart after it
    upright = GAIN * near(pole_angle, TOLERANCE)
    slow = {slow} * near(pole_velocity, 2.0)
    centred = {centred} * near(cart_position, 1.0)
    effort_cost = -0.01 * np.square(action[:, 0])
    alive = 0.1 + 0.0 * pole_angle
    smooth = -0.02 * np.abs(cart_velocity)
    reward = upright + slow + centred + effort_cost + alive + smooth
    return reward, {{
        "upright": upright, "slow": slow, "centred": centred, "effort_cost": effort_cost,
        "alive": alive, "smooth": smooth,
    }}
'''

REPLY = """- What the leader {parent} showed: it holds the pole and drifts; `centred` was a third of all pay.
- The drift is slow, so a wider kernel reaches the cart where it is; the gain on the angle stays ahead of it.
- Against standing still: nothing is paid for rest as such, only for a pole near upright.

```python
{source}
```
"""


def synthetic_run(root: Path, *, generations: int = 5, samples: int = 16, **options: Any) -> RunState:
    """Write the log of a finished run with `generations` × `samples` candidates; return its state.

    Every eighth candidate is refused, every ninth fails, every fifth is stopped early; the rest is trained.
    """
    task = find_task("cartpole")
    plain = {"generations": generations, "samples": samples, "env_steps": STEPS, "model": "openai/some-model"}
    config = make_config({"task": {"kind": "folder", "value": "cartpole"}, **plain, **options})
    root.mkdir(parents=True)
    seconds = itertools.count(1_790_000_000.0, 1.5)
    log, state = EventLog(root / "events.jsonl", clock=lambda: next(seconds)), RunState()
    log.listen(state.apply)
    add = log.append
    add(
        RunStarted(
            config=config.to_json(), digest=config.digest(), run_id="0" * 32, cores=2,
            facts=TaskFacts.of(task, config), versions={"eureka-agent": "0.1.0", "python": "3.11"},
        )
    )  # fmt: skip
    leader: str | None = None
    for generation in range(generations):
        slots = _slots(generation, samples, leader)
        add(GenerationPlanned(generation=generation, slots=slots))
        for slot in slots:
            _propose(add, slot)
        for slot in slots:
            if state.candidates[slot.id].status is Status.PROPOSED:
                _train(add, slot)
        best = max(state.candidates.values(), key=_worth)
        leader = best.id
        add(GenerationJudged(generation=generation, judgement=Judgement(leader, reason="the best mean")))
        add(PolicyAnalyzed(name=best.id, report=_report(best.id)))
    assert leader is not None
    add(FinalistsNamed(names=(leader,)))
    for replicate in range(config.confirmation.seeds):
        for name in (leader, *BASELINE_WORTH):
            worth = BASELINE_WORTH.get(name, state.candidates[leader].fitness or 0.0)
            add(_finished(name, _evaluation("confirm", replicate, worth)))
    add(RunConfirmed(confirmation=confirmation.confirm(state, task, [leader])))
    add(RunFinished())
    return state


def _worth(candidate: Candidate) -> float:
    return -1.0 if candidate.fitness is None or candidate.stopped else candidate.fitness


def _slots(generation: int, samples: int, leader: str | None) -> tuple[Slot, ...]:
    operator, parents = ("rewrite", (leader,)) if leader else ("seed", ())
    return tuple(Slot(generation, index, operator, parents) for index in range(samples))


def _propose(add: Callable[[Event], Event], slot: Slot) -> None:
    generator = np.random.default_rng([slot.generation, slot.index])
    numbers = dict(
        zip(("gain", "tolerance", "slow", "centred"), generator.uniform(0.1, 3, 4).round(3), strict=True)
    )
    source = SOURCE.format(**numbers)
    parent = slot.parents[0] if slot.parents else "none"
    text = REPLY.format(parent=parent, source=source)
    key = RequestKey("designer", slot.id, 0)
    add(RequestSent(key=key, model="some-model", reserved_usd=0.05))
    add(ReplyReceived(key=key, reply=Reply(text, Usage(4_200, 900, 0.0123), "some-model", 8.0)))
    candidate = Candidate(
        slot.generation, slot.index, slot.operator, slot.parents, proposer="some-model", source=source
    )
    if slot.index % 8 == 7:
        finding = Finding(
            "unknown-name", "error", 12, "`action` has one axis.", "It is `(n,)`.", "Drop `[:, 0]`."
        )
        refused = {"status": Status.REFUSED, "reason": str(finding), "findings": (finding,)}
        add(CandidateRefused(candidate=_replaced(candidate, **refused)))
    else:
        add(CandidateProposed(candidate=candidate))


def _replaced(candidate: Candidate, **changes: Any) -> Candidate:
    return Candidate(**{**vars(candidate), **changes})


def _train(add: Callable[[Event], Event], slot: Slot) -> None:
    add(TrainingStarted(name=slot.id, stage="search", replicate=0, seed=1))
    if slot.index % 9 == 4:
        reason = "The reward returned a value that is not finite, at step 4096."
        add(
            TrainingFailed(
                name=slot.id, stage="search", replicate=0, seed=1, status="failed", reason=reason,
                env_steps=5_000,
            )
        )  # fmt: skip
        return
    worth = 60.0 + 70.0 * slot.generation + 5.0 * ((7 * slot.index) % 16)
    stopped = EarlyStop(4, 40_000, STEPS, 55.0, 32.0) if slot.index % 5 == 3 else None
    add(_finished(slot.id, _evaluation("search", 0, worth, stopped)))


def _evaluation(stage: str, replicate: int, worth: float, stopped: EarlyStop | None = None) -> Evaluation:
    steps = np.linspace(0.0, 1.0, CHECKPOINTS)
    score = worth + 4.0 * ((3 * replicate) % 5)
    fitness = score * steps**0.5
    components = {
        f"component/{name}": tuple((np.sin(place + steps) * (place + 1) * 0.1).round(4).tolist())
        for place, name in enumerate(COMPONENTS)
    }
    return Evaluation(
        stage=stage, replicate=replicate, seed=replicate + 1, fitness=score,
        episode_fitness=(score - 1, score + 1), env_steps=STEPS, wall_s=12.0, best_checkpoint=CHECKPOINTS - 1,
        curves={
            "fitness": tuple(fitness.round(3).tolist()),
            "fitness_error": (1.5,) * CHECKPOINTS,
            "reward": tuple(steps.round(4).tolist()),
            **components,
        },
        isolation="bubblewrap", stopped=stopped,
    )  # fmt: skip


def _finished(name: str, evaluation: Evaluation) -> TrainingFinished:
    return TrainingFinished(
        name=name, stage=evaluation.stage, replicate=evaluation.replicate, seed=evaluation.seed,
        evaluation=evaluation,
    )  # fmt: skip


def _report(name: str) -> AnalystReport:
    claim = "The cart drifts to the right at 0.2 m/s and leaves the track at step 412 with the pole upright."
    return AnalystReport((Cause(claim, (Evidence(name, 0, 412),), "Pay for the middle."),), queries=3)
