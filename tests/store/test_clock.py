from __future__ import annotations

from eureka_agent.store.clock import steady


def test_a_wall_clock_that_is_set_anew_changes_nothing_that_was_begun() -> None:
    wall, passed = [1_000.0], [7.0]
    clock = steady(lambda: wall[0], lambda: passed[0])
    assert clock() == 1_000.0
    wall[0] += 86_400.0
    passed[0] += 2.0
    assert clock() == 1_002.0
    wall[0] = 0.0
    passed[0] += 1.0
    assert clock() == 1_003.0
