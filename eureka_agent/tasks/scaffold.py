"""A new task folder that loads and runs as it is, with comments on what to change."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from eureka_agent.errors import TaskError
from eureka_agent.tasks.registry import environment_ref, load_task
from eureka_agent.tasks.task import Element, Signal, Task, TaskRef


def write_task(name: str, *, env_id: str, goal: str, folder: Path) -> Path:
    """Write `folder/name/` for an environment and return it.

    Args:
        name: the task's name; a Python-like word.
        env_id: a Gymnasium id (`CartPole-v1`) or `module:function`.
        goal: what is to be learned, in words.
        folder: where task folders are kept, usually `envs`.

    Raises:
        TaskError: the name cannot be used, the folder exists, or the environment cannot be built.
    """
    if not name.isidentifier():
        raise TaskError(
            f"'{name}' is not a valid task name.", allowed="letters, digits and _, no digit first"
        )
    target = folder / name
    if target.exists():
        raise TaskError(f"{target} exists already.", fix="Choose another name, or delete the folder first.")
    ref = environment_ref(env_id)
    task = load_task(ref)
    path = _path(ref, target)
    (target / "hacks").mkdir(parents=True)
    (target / "task.toml").write_text(
        _toml(task, goal, gym_id=ref.kind == "gym", path=path), encoding="utf-8"
    )
    (target / "task.py").write_text(_python(name, task), encoding="utf-8")
    (target / "hacks" / "README.md").write_text(_HACKS, encoding="utf-8")
    return target


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + " ".join(escaped.split()) + '"'


def _path(ref: TaskRef, target: Path) -> str | None:
    """Return where a factory's module lies, seen from the new folder; None where Python finds it anyway."""
    folder = ref.options.get("path") if ref.kind == "factory" else None
    module = sys.modules.get(ref.value.partition(":")[0].partition(".")[0])
    if folder is None or module is None or not module.__file__:
        return None
    place = Path(module.__file__).parent
    lies_there = Path(folder) in (place, place.parent)
    return Path(os.path.relpath(folder, target)).as_posix() if lies_there else None


def _info(task: Task) -> str:
    """Return the lines of task.toml that take entries of `info`, and say what is left out."""
    late = [task.info[name] for name in task.late_info]
    always = [key for key in task.info.values() if key not in late]
    lines = [f"# {notice}" for notice in task.notices]
    for field, keys, note in (
        ("info", always, "entries of info that task.py finds in the state"),
        ("step_info", late, "entries that only steps bring: 0 after a reset"),
    ):
        if keys:
            lines.append(f"{field} = [{', '.join(map(_quoted, keys))}]  # {note}")
    return "".join(f"{' '.join(line.split())}\n" for line in lines)


def _toml(task: Task, goal: str, *, gym_id: bool, path: str | None) -> str:
    source = f"id = {_quoted(task.env_id)}" if gym_id else f"factory = {_quoted(task.env_id)}"
    if path is not None:
        source += f"\npath = {_quoted(path)}  # where the factory's module lies, seen from this folder"
    return _TOML.format(
        goal=_quoted(goal),
        source=source,
        limit=task.max_episode_steps,
        unsure="" if task.time_limit_known else "  # a guess: the environment names no time limit",
        info=_info(task),
        signals="\n".join(_signal(signal) for signal in task.signals),
    )


def _signal(signal: Signal) -> str:
    lines = ["[[signals]]", f"name = {_quoted(signal.name)}"]
    if signal.shape:
        lines.append(f"shape = {list(signal.shape)}")
    lines += ['unit = ""', f"meaning = {_quoted(signal.meaning)}"]
    lines += [
        f"{side} = {value!r}" for side in ("low", "high") if (value := getattr(signal, side)) is not None
    ]
    if signal.dtype != "float32":
        lines.append(f"dtype = {_quoted(signal.dtype)}")
    if signal.elements:
        lines += ["elements = [", *(f"    {_element(element)}," for element in signal.elements), "]"]
    return "\n".join(lines) + "\n"


def _element(element: Element) -> str:
    words = [f"{name} = {_quoted(text)}" for name in ("meaning", "unit") if (text := getattr(element, name))]
    words += [
        f"{side} = {value!r}" for side in ("low", "high") if (value := getattr(element, side)) is not None
    ]
    return f"{{ {', '.join(words)} }}" if words else "{}"


def _python(name: str, task: Task) -> str:
    shown = [signal for signal in task.signals if signal.name != "action"]
    action = task.signal("action")
    return _PYTHON.format(
        name=name,
        entries="\n".join(f'        "{signal.name}": state["{signal.name}"],' for signal in shown),
        first=shown[0].name,
        number=f'signals["{shown[0].name}"]' + _column(shown[0]),
        dim=action.shape[0] if action is not None else 1,
    )


def _column(signal: Signal) -> str:
    """Return what picks one number for every world."""
    return f"[:, {', '.join('0' * len(signal.shape))}]" if signal.shape else ""


_TOML = """\
# What is to be learned, in words: the designer of rewards reads this.
description = {goal}
# What must not happen on the way; the designer reads it too.
safety = ""
tags = []
# A reward file in this folder to compare with (e.g. "reference.py"), or "native": the environment's own.
reference = "native"

[environment]
{source}
max_episode_steps = {limit}{unsure}
{info}
# Each signal is what task.py returns under this name, one array with a row for every world. Names, units
# and meanings help the designer: split `obs` into named parts where you know what they are.
{signals}
[fitness]
# How behaviour is scored. "native_return" sums the environment's own reward. To score it yourself, write
# fitness_step(signals) in task.py and say here how steps become an episode's score (sum, mean, last, max,
# any), or write fitness_episode(signals) and say "episode".
summary = "the environment's own score of an episode, higher is better"
reduce = "native_return"
direction = "maximize"
# solved = 100.0  # from this fitness on, the task counts as solved
# target = 100.0  # at this fitness, a search may stop

[budget]
# What training with one reward may spend.
env_steps = 50_000
# A run fits these to the length of an episode, so that evaluation takes at most a fifth of its steps. What is
# said here stands.
# checkpoints = 10
# eval_episodes = 10

[algorithm]
# Settings of PPO; what is left out keeps the trainer's default.
# n_envs = 8
# gamma = 0.99
# learning_rate = 3e-4
"""

_PYTHON = '''\
"""The behaviour of the task {name}: what is measured after each step, and how episodes are scored."""

from __future__ import annotations

import numpy as np


def _measured(state, action):
    """Return every signal declared in task.toml; each array has one row for every world."""
    return {{
{entries}
        "action": action,
    }}


def initial_signals(state):
    """Signals of freshly reset worlds: no action has been taken yet."""
    num_envs = state["{first}"].shape[0]
    return _measured(state, np.zeros((num_envs, {dim}), dtype=np.float32))


def signals(before, action, after):
    """Signals of one step, from the states before and after it."""
    return _measured(after, action)


# To score behaviour yourself, write one of these and set `reduce` in task.toml:
#
# def fitness_step(signals):
#     """Score of each step, one number for every world."""
#     return -np.abs({number})
#
# def fitness_episode(signals):
#     """Score of one whole episode; each signal has one row for every step."""
#     return float(np.mean(signals["{first}"][-100:]))
#
# To name what ends an episode or should be spoken of, for whoever reads of it:
#
# def events(signals):
#     """For each event, in which worlds it holds; those of the step that ended an episode are why."""
#     return {{"it went too far": np.abs({number}) > 10.0}}
'''

_HACKS = """\
Rewards that cheat: each `.py` file here looks good to a careless eye, and trains a policy of low fitness.
A benchmark checks that they lose to the reference. The folder may stay empty.
"""
