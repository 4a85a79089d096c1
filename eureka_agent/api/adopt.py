"""`adopt`: a reward as it was found in a repository becomes one of this task."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eureka_agent.api.check import Env
from eureka_agent.errors import ConfigError, RewardError, did_you_mean
from eureka_agent.rewards.adopting.assembling import assemble
from eureka_agent.rewards.adopting.headers import with_arguments
from eureka_agent.rewards.adopting.mapping import Read, candidates, reads_of, sure_signal
from eureka_agent.rewards.adopting.meaning import Meant, meaning
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.natural import normalise
from eureka_agent.rewards.saved import Header
from eureka_agent.rewards.source import literal
from eureka_agent.rewards.tree import functions_of, parse_python
from eureka_agent.store.reward_file import write_reward
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Signal, Task

Choose = Callable[[Read, Sequence[str]], str | None]
"""Asks a person which signal a name means, given the likeliest ones; None where nobody answers."""


@dataclass(frozen=True)
class Adopted:
    """A found reward as a reward of the task."""

    kind: str
    """"function", "method" or "terms"."""
    text: str
    reads: Mapping[str, str]
    """Name in the found file to the signal, or elements of one, that it means."""
    constants: Mapping[str, str]
    """Settings that it needs, with their values."""
    rewrites: tuple[str, ...]
    """What the normaliser wrote otherwise."""
    left_out: tuple[str, ...]
    """What could not be carried over."""
    batched: bool | None
    """Whether the original was written for many worlds at once; None where nothing shows it."""
    path: Path | None = None


def adopt(
    found: Path | str,
    task: str,
    *,
    function: str | None = None,
    mapped: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    output: Path | str | None = None,
    force: bool = False,
    choose: Choose | None = None,
    env: Env = None,
    envs: Path | None = None,
) -> Adopted:
    """Take a reward as it stands in a repository and make it one of `task`; the found file is only read.

    It is a function, a method that reads `self.…`, or a list of weighted terms. `mapped` says what its names
    mean, `{"base_lin_vel": "obs[0:3]"}`, and `constants` what its settings are; `choose` is asked for the
    rest.
    With `output` the portable file is written there. Raises ConfigError where a name has no meaning, listing
    all of them, and RewardError where the reward cannot come along.
    """
    path = Path(found)
    chosen = find_task(task, env=env, envs=envs)
    adopted = adopted_text(
        read_found(path), chosen, function=function, mapped=mapped, constants=constants, choose=choose
    )
    if output is None:
        return adopted
    target = Path(output)
    if target.exists() and not force:
        raise ConfigError(
            f"{target} exists already.", fix="Choose another name with -o, or replace it with --force."
        )
    write_reward(target, adopted.text, _header(path, chosen, adopted))
    return Adopted(**{**vars(adopted), "path": target})


def adopted_text(
    source: str,
    task: Task,
    *,
    function: str | None = None,
    mapped: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    choose: Choose | None = None,
) -> Adopted:
    """Return a found reward's text as one of the task; see `adopt`."""
    assembled = assemble(source, function, reserved=[signal.name for signal in task.readable_signals])
    reads = reads_of(parse_python(assembled.text), assembled.reads)
    _check_names({**(mapped or {}), **(constants or {})}, reads)
    known = {**assembled.constants, **_by_name(constants or {}, reads)}
    meant, unknown = _meanings(reads, task, _by_name(mapped or {}, reads), known, choose)
    if unknown:
        raise _unmapped(unknown, task.readable_signals)
    settings = {name: value for name, value in known.items() if name not in meant}
    text = _with_settings(assembled.text, settings, [read.name for read in reads if read.name in meant])
    normalised = normalise(
        text,
        {name: m.shape for name, m in meant.items()},
        dtypes={name: m.dtype for name, m in meant.items()},
    )
    if normalised.refused:
        raise _no_form(text, normalised.refused)
    return Adopted(
        assembled.kind,
        _with_signals(normalised.text, meant),
        {name: m.said for name, m in meant.items()},
        settings,
        tuple(rewrite.what for rewrite in normalised.rewrites),
        assembled.left_out,
        normalised.batched,
    )


def read_found(path: Path) -> str:
    """Return the text of a found file."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"Could not read {path}: {error}.", allowed="a Python file", fix="Check the path."
        ) from error


def _meanings(
    reads: Sequence[Read],
    task: Task,
    mapped: Mapping[str, str],
    known: Mapping[str, str],
    choose: Choose | None,
) -> tuple[dict[str, Meant], list[Read]]:
    """Return what names mean, and those of which nobody knows it: first what was said, then what is sure."""
    # A found `progress_buf` counts the steps of an episode: who means the training's progress must say so.
    signals = task.all_signals
    meant: dict[str, Meant] = {}
    unknown: list[Read] = []
    for read in reads:
        sure = sure_signal(read, signals)
        if read.name in mapped:
            meant[read.name] = meaning(mapped[read.name], task.readable_signals, read.name)
        elif read.name in known:
            continue
        elif sure is not None:
            meant[read.name] = meaning(sure.name, signals, read.name)
        elif choose is not None and (said := choose(read, candidates(read, signals))) is not None:
            meant[read.name] = meaning(said, task.readable_signals, read.name)
        else:
            unknown.append(read)
    return meant, unknown


def _by_name(given: Mapping[str, str], reads: Sequence[Read]) -> dict[str, str]:
    """Return what was given for names; the place in the found file does as well."""
    names = {read.place: read.name for read in reads}
    return {names.get(name, name): value for name, value in given.items()}


def _check_names(given: Mapping[str, str], reads: Sequence[Read]) -> None:
    known = {name for read in reads for name in (read.name, read.place)}
    for name in given:
        if name not in known:
            raise ConfigError(
                f"The found reward reads no '{name}'.{did_you_mean(name, known)}",
                allowed=", ".join(read.name for read in reads) or "it reads nothing",
                fix="Map and set only what it reads.",
            )


def _unmapped(unknown: Sequence[Read], signals: Sequence[Signal]) -> ConfigError:
    told = []
    for read in unknown:
        likely = ", ".join(candidates(read, signals, most=3)) or "none has as many elements"
        parts = [s for s in signals if s.shape == ()] if read.elements else []
        if parts:
            columns = ",".join(candidates(Read(read.name, read.place), parts, most=3))
            likely += f"; or of several, as in {columns}"
        place = f" (read as {read.place})" if read.place != read.name else ""
        setting = "cfg" in read.place or "config" in read.place
        said = "probably a setting" if setting else f"the likeliest: {likely}"
        told.append(f"  {read.name}{place}; {said}")
    example = f"--map {unknown[0].name}={next(iter(candidates(unknown[0], signals)), signals[0].name)}"
    return ConfigError(
        "No signal has the name of what the found reward reads:\n" + "\n".join(told),
        allowed=", ".join(signal.name for signal in signals),
        fix=f"Say what each means, e.g. {example}; give a setting its number with --set {unknown[0].name}=….",
    )


def _no_form(text: str, findings: Sequence[Finding]) -> RewardError:
    """Return the error for a reward that has no portable form, with the lines that have none."""
    lines = text.split("\n")
    told = []
    for finding in findings:
        shown = f"in `{lines[finding.line - 1].strip()}`: " if finding.line else ""
        told.append(f"  {shown}{finding.what} {finding.why}")
    return RewardError(
        "The found reward has no portable form:\n" + "\n".join(told),
        allowed="a pure function of signals in NumPy, torch or JAX",
        fix=findings[0].fix,
    )


def _with_settings(text: str, settings: Mapping[str, str], arguments: Sequence[str]) -> str:
    """Write settings as constants above the first function; the reward function keeps `arguments`."""
    for name, value in settings.items():
        if not _is_number(literal(_expression(name, value))):
            raise ConfigError(
                f"The setting '{name}' cannot be {value!r}.",
                allowed="a number, or a list of numbers",
                fix=f"Give it as --set {name}=0.25.",
            )
    text = with_arguments(text, arguments)
    if not settings:
        return text
    lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
    first = min(node.lineno for node in functions_of(parse_python(text)).values())
    above = text.split("\n")
    while first > 1 and above[first - 2].startswith(("#", "@")):
        first -= 1
    return "\n".join([*above[: first - 1], lines, "", *above[first - 1 :]])


def _is_number(value: object) -> bool:
    if isinstance(value, (list, tuple)):
        return bool(value) and all(map(_is_number, value))
    return isinstance(value, (int, float))


def _expression(name: str, value: str) -> ast.expr:
    try:
        return ast.parse(value.strip(), mode="eval").body
    except SyntaxError:
        return ast.Name(name)  # no literal


def _with_signals(text: str, meant: Mapping[str, Meant]) -> str:
    """Give the reward function the task's signals, from which it takes what the found one read."""
    waiting = {name: m for name, m in meant.items() if m.expression != name}
    lines = []
    while waiting:
        free = [n for n in waiting if not any(n in m.signals for other, m in waiting.items() if other != n)]
        if not free:
            raise ConfigError(
                f"These names mean one another in a circle: {', '.join(waiting)}.",
                fix="Rename one of them in the found file.",
            )
        lines.append(f"{free[0]} = {waiting.pop(free[0]).expression}")
    if any("np." in line for line in lines) and "import numpy as np" not in text:
        text = f"import numpy as np\n{text}"
    return with_arguments(text, list(dict.fromkeys(s for m in meant.values() for s in m.signals)), lines)


def _header(path: Path, task: Task, adopted: Adopted) -> Header:
    kind = "list of terms" if adopted.kind == "terms" else adopted.kind
    facts = {
        "adopted": f"from {path.name}, a found {kind}",
        "task": task.name,
        "reads": ", ".join(f"{name} as {signal}" for name, signal in adopted.reads.items()),
        "settings": ", ".join(f"{name} = {value}" for name, value in adopted.constants.items()),
        "left out": "; ".join(adopted.left_out),
    }
    return Header(f"Reward for {task.name}.", {name: text for name, text in facts.items() if text})
