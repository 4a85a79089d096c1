"""How many candidates fit: an estimate that grows with what they need."""

from __future__ import annotations

import gc
import mmap
from dataclasses import replace

from eureka_agent.tasks.registry import find_task
from eureka_agent.training.population.child import make_learner
from eureka_agent.training.population.memory import MB, Need, held_bytes, need_of
from eureka_agent.training.simulators import SimulatorFactory


def need(name: str, **settings: int | str) -> Need:
    task = find_task(name)
    task = replace(task, algorithm={**task.algorithm, **settings})
    factory = SimulatorFactory(task)
    return need_of(task, factory, make_learner(task, factory))


def test_what_is_left_is_shared_out() -> None:
    assert Need(each=10.0, thread=5.0).fitting(limit=100, held=20, threads=2) == 7
    assert Need(each=10.0, thread=5.0).fitting(limit=100, held=99, threads=2) == 0


def test_more_worlds_and_longer_rollouts_need_more() -> None:
    small, large = need("cartpole", n_steps=32), need("cartpole", n_steps=32_000)
    assert large.each > small.each + 80 * MB
    assert large.thread == 1000 * small.thread
    assert need("cartpole", n_steps=32, n_envs=16_000).each > small.each + 100 * MB


def test_what_an_encoder_adds_is_counted() -> None:
    flat = need("cartpole", n_steps=32_000)
    glyphs = need("cartpole", n_steps=32_000, encoder="glyphs", glyphs=3, vocabulary=10, embedding=9)
    rows, added = 8 * 32_000, 3 * 8
    assert glyphs.thread - flat.thread >= 14.5 * rows * added, "as was measured"
    assert glyphs.each > flat.each, "its table is a part of the weights"


def test_held_memory_follows_what_is_held() -> None:
    gc.collect()  # what earlier tests left must not be given back meanwhile
    before = held_bytes()
    # A mapping of its own, never touched: a large object may lie in memory that was given back before.
    with mmap.mmap(-1, 256 * MB, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS):
        assert held_bytes() - before >= 240 * MB
