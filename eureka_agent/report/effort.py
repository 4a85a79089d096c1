"""What a run was worth for the time that it trained: the figure by which ways to search are compared.

Its definition, and why it counts improvements and not their size, is in docs/selection.md.
"""

from __future__ import annotations

from eureka_agent.store.state import RunState


def confirmed_improvements(state: RunState) -> int | None:
    """Return 1 where the winner is better than the reference on fresh seeds, else 0; None if unknown.

    Better is: the 95 % interval of the paired difference lies above zero, in the direction of the fitness.
    """
    found = state.confirmation
    if found is None or state.facts is None:
        return None
    difference = found.paired_difference
    if difference is None:
        return 0 if found.winner is None else None
    above = difference.low > 0 if state.facts.direction == "maximize" else difference.high < 0
    return int(above)


def training_hours(state: RunState) -> float | None:
    """Return the hours that cores (or a GPU) trained for the run; None where the log does not tell."""
    if state.platform == "gpu":
        return state.training_s / 3600
    return None if state.core_s is None else state.core_s / 3600


def improvements_line(state: RunState) -> str:
    """Return confirmed improvements per CPU-hour in a sentence; empty where that is not known."""
    count, hours = confirmed_improvements(state), training_hours(state)
    if count is None or not hours:
        return ""
    unit = "GPU-hour" if state.platform == "gpu" else "CPU-hour"
    found = f"{count} confirmed improvement{'' if count == 1 else 's'} in {hours:.2g} {unit}s"
    return f"{found}: {count / hours:.2g} per {unit}"
