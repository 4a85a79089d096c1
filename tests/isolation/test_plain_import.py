"""The plain file in a locked-down worker: executed as an import would, and never outside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sandbox_helpers import MEMORY, PLAIN, layout, signals

from eureka_agent.errors import RewardError, WorkerCrashedError
from eureka_agent.isolation.sandbox import RewardSandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RewardSandbox]:
    with RewardSandbox() as sandbox:
        yield sandbox


@pytest.mark.parametrize("text", [PLAIN, MEMORY])
def test_a_good_reward_pays_the_same_plain_and_loaded(sandbox: RewardSandbox, text: str) -> None:
    given, first = signals(5, 4), np.zeros((5, 4), bool)
    first[0] = True
    loaded, plain = (
        sandbox.spawn(text, layout(), plain=plain).compute_rollout(given, resets=first)
        for plain in (False, True)
    )
    np.testing.assert_array_equal(loaded.reward, plain.reward)
    assert loaded.components.keys() == plain.components.keys()


def test_what_an_import_would_do_happens_in_the_worker_only(sandbox: RewardSandbox, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    text = f"open({str(marker)!r}, 'w').close()\n{PLAIN}"
    with pytest.raises((RewardError, WorkerCrashedError)):
        sandbox.spawn(text, layout(), plain=True)
    assert not marker.exists()
    exec(compile(text, "<control>", "exec"), {})
    assert marker.exists()
