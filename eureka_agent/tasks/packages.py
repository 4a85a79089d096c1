"""Environments of installed packages that Gymnasium does not know before their package is imported."""

from __future__ import annotations

import contextlib
import importlib.metadata
import re
from collections.abc import Iterator, Sequence

import gymnasium as gym

from eureka_agent.errors import TaskError
from eureka_agent.tasks.culprit import FOREIGN

GROUP = "gymnasium.envs"
"""Entry points by which packages offer environments; Gymnasium loads those of exactly this group itself."""
_VERSION = re.compile(r"-v\d+$")
_NEEDS_GYMNASIUM = re.compile(r"gymnasium\b", re.IGNORECASE)
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[-/]")
_SHORTEST = 5
"""Letters of a name that say something."""
_IMPORTED = ("gymnasium", "eureka-agent")
"""Distributions whose environments are registered, if they have any."""
_LARGEST = 2**20
"""Bytes of a source file that is searched."""
REQUIREMENT = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:>=(\d+(?:\.\d+)*))?$")
"""The form of a package that a task needs: its name, and maybe the oldest version."""


def missing(needs: Sequence[str], *, extra: str) -> str:
    """Return in words which of the packages `needs` (`name` or `name>=1.3`) are not there; "" if all are.

    `extra` is this project's extra that brings them, if one does.
    """
    found = [told for need in needs if (told := _lacking(need))]
    if not found:
        return ""
    what = f"'eureka-agent[{extra}]'" if extra else " ".join(f"'{need}'" for need in needs)
    return f"{' and '.join(found)} (pip install {what})"


def require(needs: Sequence[str], *, extra: str, who: str) -> None:
    """Raise TaskError if a package that `who` needs is not installed, or is too old; see `missing`."""
    if told := missing(needs, extra=extra):
        raise TaskError(f"{who} needs {told}.")


def _lacking(need: str) -> str:
    """Return a package that is not there, or is too old, in words; "" if it is there."""
    match = REQUIREMENT.match(need)
    assert match is not None, need
    name, oldest = match.groups()
    try:
        installed = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return f"the package '{name}'"
    too_old = oldest is not None and _numbers(installed) < _numbers(oldest)
    return f"{name} {oldest} or newer ({installed} is installed)" if too_old else ""


def _numbers(version: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", version.split("+")[0])]


def is_environment_id(text: str) -> bool:
    """Tell whether a text can only be an environment's id: it ends in -v and a number, as no function can."""
    return _VERSION.search(text) is not None


def registered_by_plugins(env_id: str) -> bool:
    """Load installed entry points for environments until one registers an id; tell whether one did."""
    points = (p for installed in importlib.metadata.distributions() for p in installed.entry_points)
    for point in points:
        if point.group == GROUP or point.group.startswith(f"{GROUP}."):
            try:
                point.load()()
            except FOREIGN:
                continue  # somebody else's package; what is missing is said where the id is not found
            if env_id in gym.registry:
                return True
    return False


def package_of(env_id: str) -> str | None:
    """Return the module to import for an id: of an installed package whose source registers such a name.

    Packages are read, not run. Names are often put together, `f"PandaReach{kind}-v3"`: the longest beginning
    of the id that stands in a string decides.
    """
    found: dict[str, int] = {}
    for distribution in importlib.metadata.distributions():
        needs = [*(distribution.requires or ()), *(point.group for point in distribution.entry_points)]
        known = str(distribution.metadata["Name"]).lower() in _IMPORTED
        if not known and any(_NEEDS_GYMNASIUM.match(need) for need in needs):
            for module, source in _sources(distribution):
                if "entry_point" in source:
                    found[module] = max(found.get(module, 0), _beginning_in(source, env_id))
    best = max(found, key=found.__getitem__, default=None)
    return best if best is not None and found[best] else None


def _beginning_in(source: str, env_id: str) -> int:
    """Return the length of the longest beginning of an id, cut between its words, in strings of a source."""
    name = _VERSION.sub("", env_id)
    for end in [len(name), *(match.start() for match in reversed([*_WORD.finditer(name)]))]:
        if end >= _SHORTEST and re.search(rf"""["']{re.escape(name[:end])}""", source):
            return end
    return 0


def _sources(distribution: importlib.metadata.Distribution) -> Iterator[tuple[str, str]]:
    """Yield the top-level module and the text of each source file."""
    for file in distribution.files or ():
        path = distribution.locate_file(file)
        if file.suffix != ".py" or len(file.parts) < 2 or "test" in file.name:
            continue
        with contextlib.suppress(OSError, UnicodeDecodeError), open(str(path), encoding="utf-8") as source:
            yield file.parts[0], source.read(_LARGEST)
