"""A reward can neither move the worlds to another axis, nor count them, nor look at those of other rows."""

from __future__ import annotations

import numpy as np
import pytest
from expressions import EXPRESSIONS, NAMES
from test_facades import SIGNALS
from test_shipped_rewards import ROWS, random_signals, shipped

from eureka_agent.errors import RewardError
from eureka_agent.rewards import load_reward
from eureka_agent.rewards.worlds import watched
from eureka_agent.tasks.registry import find_task

HIDDEN = "[[[[[{}]]]]][0][0][0][0][0]"
"""Deeper than the static rules follow."""
WIDE = "W = np.array([[0.0]])\nL = [[0.0]]"

REFUSED = (
    "n = (x[:, None] - x).shape[1]", "n = np.sum(np.ones_like(x[:, None] - x), axis=-1)",
    "n = (x + W).shape[1]", "n = (W * x).shape[1]", "n = np.where(W > 0.0, x, 1.0).shape[1]",
    "n = np.clip(x, W, 1.0).shape[1]",
    "n = np.hypot(x, W).shape[1]", "n = np.isclose(x, W).shape[1]", "n = np.full_like(a, x)",
    "n = np.mean(x + W, axis=-1)", "n = x[..., 0]", "n = a[..., 0, :]", "n = x[..., 1:]",
    "n = np.select([W > 0.0], [x], 0.0)", "n = x + a[:, 0:1]", "n = np.cross(a, a[:, :, None])",
    f"n = a[:, {HIDDEN.format('idx')}].shape[1]", f"n = np.stack({HIDDEN.format('a')}, axis=-1)",
    f"n = np.concatenate({HIDDEN.format('img')}, axis=-1)", f"n = len(dict({HIDDEN.format('act[:, :2]')}))",
    f"n = np.select({HIDDEN.format('a')}, {HIDDEN.format('a')}, 0.0)", f"n = {HIDDEN.format('x')}\nn += 1.0",
    f"n = 1.0 if {HIDDEN.format('x[:, None]')} else 2.0", f"n = float({HIDDEN.format('x')})",
    f"n = {HIDDEN.format('x')}[None, :].shape[1]", f"n = (x + {HIDDEN.format('L')}).shape[1]",
    f"n = np.where(x > 0.0, x, {HIDDEN.format('L')}).shape[1]",
)  # fmt: skip


def reward_of(lines: str) -> str:
    body = "".join(f"    {line}\n" for line in lines.split("\n"))
    return (
        f"import numpy as np\nimport math\n{WIDE}\n\n\ndef compute_reward({', '.join(NAMES)}):\n{body}"
        "    return x, {'x': x}\n"
    )


@pytest.mark.parametrize("rows", [1, 5])
@pytest.mark.parametrize("lines", REFUSED)
def test_who_mixes_or_counts_worlds_is_refused_at_the_first_call(lines: str, rows: int) -> None:
    with pytest.raises(RewardError):
        load_reward(reward_of(lines), strict=True)({name: array[:rows] for name, array in SIGNALS.items()})


def test_the_reason_tells_which_line_and_what_to_write() -> None:
    with pytest.raises(RewardError, match=r"Line 8 .*\(num_envs,\) meets one with 2 axes.*x\[:, None\]"):
        load_reward(reward_of("n = x + W"), strict=True)(SIGNALS)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_form_that_keeps_rows_apart_passes_and_pays_the_same(expression: str) -> None:
    text = reward_of(f"n = {expression}").replace("return x, {'x': x}", "return n, {'n': n}")
    watching, plain = (load_reward(text, strict=strict)(SIGNALS) for strict in (True, False))
    np.testing.assert_array_equal(watching.reward, plain.reward)
    assert type(watching.reward) is type(plain.reward)


@pytest.mark.parametrize(("task_name", "reward_name"), shipped())
def test_every_shipped_reward_passes(task_name: str, reward_name: str) -> None:
    task = find_task(task_name)
    source = task.reference if reward_name == "reference" else task.hacks[reward_name.removeprefix("hack ")]
    reward = load_reward(source, strict=True)
    memory = reward.initial_memory(ROWS) if reward.source.uses_memory else None
    assert reward(random_signals(task_name), memory).reward.shape == (ROWS,)


def test_memory_is_watched_too_and_keeps_its_shape() -> None:
    text = (
        "import numpy as np\nMEMORY = {'n': [0.0]}\n\n\ndef compute_reward(x, memory):\n    n = memory['n']\n"
        "    return x, {'x': x}, {'n': NEW}\n"
    )
    signals = {"x": np.zeros(3, np.float32)}
    for new in ("n + 1.0", "np.stack([x], axis=-1)", "0.0"):
        kept = load_reward(text.replace("NEW", new), strict=True)
        kept(signals, kept.initial_memory(3))
    for new in ("np.concatenate([n, n], axis=1)", "x", "[0.0, 0.0, 0.0]", "n - x"):
        other = load_reward(text.replace("NEW", new), strict=True)
        with pytest.raises(RewardError):
            other(signals, other.initial_memory(3))
    grown = load_reward(text.replace("NEW", "np.concatenate([n, n], axis=1)"))  # as saved by earlier versions
    memory = grown(signals, grown.initial_memory(3)).memory
    assert memory is not None
    assert memory["n"].shape == (3, 2)


def test_watched_arrays_share_their_numbers() -> None:
    given = np.arange(3.0)
    table = watched({"x": given, "memory": {"n": given}})
    assert np.shares_memory(table["x"].view(np.ndarray), given)
    assert np.shares_memory(table["memory"]["n"].view(np.ndarray), given)
