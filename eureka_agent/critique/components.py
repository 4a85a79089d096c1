"""Whether a reward's components say what it pays: the designer learns from them what happened."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.residual import residual
from eureka_agent.training.reward_provider import RewardBatch


def check_components(output: RewardBatch) -> Iterator[Finding]:
    """Warn of components that do not add up to the reward, and of one that holds another's values."""
    rest = residual(output.reward, output.components)
    if rest is not None:
        worst = np.unravel_index(int(np.argmax(np.abs(rest))), rest.shape)
        missed = np.mean(~np.isclose(rest, 0.0, atol=1e-3 * float(np.max(np.abs(output.reward))) + 1e-12))
        whole = float(output.reward[worst])
        yield Finding(
            "components-sum", "warning", None,
            f"The components do not add up to the reward in {missed:.0%} of the recorded steps: in the worst "
            f"of them the reward is {whole:.4g}, and they sum to {whole - rest[worst]:.4g}.",
            "What training shows of the components would mislead whoever improves the reward.",
            "Return every component as it counts, with sign and weight; a product of terms is one component.",
        )  # fmt: skip
    yield from _twins(output, adds_up=rest is None)


def _twins(output: RewardBatch, *, adds_up: bool) -> Iterator[Finding]:
    """Where components add up, one that equals the reward is only the one that was paid so far."""
    others = {f"component `{name}`": values for name, values in output.components.items()}
    if not adds_up:
        others = {"the reward itself": output.reward} | others
    told = list(others)
    for index, one in enumerate(told):
        for other in told[index + 1 :]:
            first, second = others[one], others[other]
            if np.ptp(second) > 0 and np.allclose(first, second, rtol=1e-5, atol=0.0):
                yield Finding(
                    "same-component", "warning", None, f"The {other} holds what {one} holds.",
                    "It was computed twice, or one is returned under the name of the other.",
                    "Return each value once, under its own name.",
                )  # fmt: skip
                break
