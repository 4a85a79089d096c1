"""What happens in an episode that a person would want to see: by step, in a few words each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from eureka_agent.analysis.columns import columns_of, is_paid
from eureka_agent.analysis.moments import LOST, first_touches, joined
from eureka_agent.analysis.motion import observe_rest, observe_tremor
from eureka_agent.analysis.observation import ObservationKind
from eureka_agent.analysis.typical import Typical
from eureka_agent.tasks.scoring import runs
from eureka_agent.trajectories.ending import RUNNING, TIME_LIMIT, UNKNOWN
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray
FEET = re.compile(r"foot.*(height|clearance)|feet.*(height|clearance)")
"""Signals that say how high feet are."""
LIFTED = 0.03
"""So high, in metres, is a foot that is off the ground."""
FLIGHT = 3
"""Steps off the ground, or back on it, that make a take-off or a landing."""
UPRIGHT = "upright"
"""The signal that is 1 where a body stands as it should, and below 0 where it is upside down."""
SETTLED = 3
"""Steps that an event holds, or has not held before, to count once more: others flicker."""
THE_END = "the end: "
_WAYS = {ObservationKind.STILL: "stands still from here", ObservationKind.OSCILLATES: "trembles from here"}


def happenings(
    trajectory: Trajectory,
    events: Mapping[str, Array],
    typical: Typical | None = None,
    lost: int | None = None,
) -> dict[int, str]:
    """Return what happens at which step, in order: what begins, take-offs, landings, touches, and the end.

    `events` are the task's, bool `(T,)` each; `typical` is what random play changes, by which rest and
    tremors are measured; `lost` is the step with which the episode was lost. Where nothing else happens, the
    highest and the lowest of what moves most stand.
    """
    columns = columns_of(trajectory)
    last = trajectory.length - 1
    found = list(_begun(trajectory, events))
    if UPRIGHT in columns:
        told = [step for begun in found for step in begun]
        turns = _onsets(columns[UPRIGHT] < 0)
        found += [
            {step: "turns over"} for step in turns if all(abs(step - other) > SETTLED for other in told)
        ]
    found += _flights(columns)
    if typical is not None:
        seen = (*observe_rest(trajectory, typical), *observe_tremor(trajectory, typical))
        found += [{one.steps[0]: _WAYS[one.kind]} for one in seen if one.steps and one.kind in _WAYS]
    touched = first_touches(columns)
    found.append(
        {step: note.replace("first leaves 0", "for the first time") for step, note in touched.items()}
    )
    if not any(found):
        found += _extremes(columns)
    begins = {} if lost is None else {lost: LOST}
    told = joined(begins, {last: f"{THE_END}{trajectory.ending}"}, *found)
    return {step: told[step] for step in sorted(told)}


def is_failure(note: str) -> bool:
    """Tell whether an episode was lost with this, or ended with it before its time."""
    if _is_loss(note):
        return True
    ending = note.partition(THE_END)[2].partition("; ")[0]
    return bool(ending) and ending not in (TIME_LIMIT, RUNNING, UNKNOWN)


def most_telling(told: Mapping[int, str], most: int) -> dict[int, str]:
    """Return at most `most` happenings: the end, the loss, the first of each kind, then those far away."""
    steps, words = sorted(told), set[str]()
    firsts = [step for step in steps if told[step] not in words and not words.add(told[step])]
    if len(firsts) > most:
        always = [step for step in steps if step == steps[-1] or _is_loss(told[step])]
        others = [step for step in firsts if step not in always]
        firsts = [*others[: max(0, most - len(always))], *always]
    chosen = firsts
    others = [step for step in steps if step not in chosen]
    while len(chosen) < most and others:
        lonely = max(others, key=lambda step: min(abs(step - other) for other in chosen))
        others.remove(lonely)
        chosen.append(lonely)
    return {step: told[step] for step in sorted(chosen)}


def with_gaps_filled(steps: Sequence[int], least: int, length: int) -> list[int]:
    """Return at least `least` steps of an episode: those given, the first, and middles of the widest gaps."""
    chosen = sorted({0, *steps})
    while len(chosen) < min(least, length):
        ends = [*chosen, length]
        left = max(range(len(chosen)), key=lambda place: ends[place + 1] - ends[place])
        chosen = sorted({*chosen, (ends[left] + ends[left + 1]) // 2})
    return chosen


def _is_loss(note: str) -> bool:
    return LOST in note.split("; ")


def _begun(trajectory: Trajectory, events: Mapping[str, Array]) -> Iterator[dict[int, str]]:
    """Yield where each event begins, but for those that are why the episode ended."""
    for name, mask in events.items():
        ended = {trajectory.length - 1} if name in trajectory.ending else set[int]()
        yield {step: name for step in _onsets(np.asarray(mask, bool)) if step not in ended}


def _flights(columns: Mapping[str, Array]) -> Iterator[dict[int, str]]:
    """Yield take-offs and landings, where signals say how high all feet are."""
    feet = [values for name, values in columns.items() if FEET.search(name)]
    if feet:
        off = np.min(feet, axis=0) > LIFTED
        for begin, end in runs(off):
            if end - begin >= FLIGHT:
                landed = {end: "lands"} if end < len(off) else {}
                yield ({begin: "takes off"} if begin else {}) | landed


def _onsets(mask: Array) -> list[int]:
    """Return where a condition `(T,)` begins to hold for some steps, after it has not for some."""
    ends, found = -SETTLED, []
    for begin, end in runs(mask):
        if begin - ends >= SETTLED and (end - begin >= SETTLED or end == len(mask)):
            found.append(begin)
        ends = end
    return found


def _extremes(columns: Mapping[str, Array]) -> list[dict[int, str]]:
    """Return the highest and the lowest of the two single numbers that go farthest for how they jitter."""
    single = {n: v for n, v in columns.items() if "[" not in n and not is_paid(n) and np.ptp(v) > 0}
    far = {n: np.ptp(v) / (np.abs(np.diff(v)).mean() + 1e-9) for n, v in single.items() if len(v) > 1}
    told: list[dict[int, str]] = []
    for name in sorted(far, key=lambda name: -far[name])[:2]:
        values = single[name]
        for word, step in (("most", int(values.argmax())), ("least", int(values.argmin()))):
            if 0 < step < len(values) - 1:
                told.append({step: f"{name} at its {word}, {values[step]:.3g}"})
    return told
