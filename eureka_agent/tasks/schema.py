"""The form of `task.toml`: unknown keys are refused with a suggestion."""

from __future__ import annotations

import keyword
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from eureka_agent.errors import TaskError, did_you_mean
from eureka_agent.tasks.packages import REQUIREMENT

MOST_CAPTIONS = 10
"""Parts of a caption: a person reads no more, and their ranges together are counted in 64 bits."""
MOST_EDGES = 20
LONGEST_WORDS = 120
"""Characters of one part's words."""


class Section(BaseModel):
    """A part of the file: frozen, nothing unknown in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EnvironmentSection(Section):
    """Which environment is built, and how; exactly one of `id` and `factory`."""

    id: str | None = Field(None, description="a Gymnasium id, e.g. CartPole-v1")
    factory: str | None = Field(None, description="module:function; the task's folder is searched as well")
    path: str | None = Field(None, description="folder that factory is imported from, seen from the task's")
    kwargs: dict[str, Any] = Field({}, description="arguments of gymnasium.make or of the factory")
    max_episode_steps: int | None = Field(None, ge=1, description="time limit; default: the registered one")
    info: tuple[str, ...] = Field((), description="keys of `info` that task.py finds in the state")
    step_info: tuple[str, ...] = Field(
        (), description="keys of `info` that only steps bring; task.py finds 0 after a reset"
    )
    state: tuple[str, ...] = Field(
        (), description="fields of MuJoCo's MjData that task.py finds in the state"
    )
    packages: tuple[str, ...] = Field(
        (), description='packages that must be installed, e.g. "nle>=1.3"; the task is listed without them'
    )
    extra: str = Field("", description="this project's extra that brings the packages")

    @field_validator("packages")
    @classmethod
    def _requirements(cls, packages: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [given for given in packages if not REQUIREMENT.match(given)]:
            raise ValueError(f"a package is written `name` or `name>=1.3`, not {wrong[0]!r:.60}")
        return packages

    @model_validator(mode="after")
    def _one_source(self) -> EnvironmentSection:
        if (self.id is None) == (self.factory is None):
            raise ValueError("give exactly one of id and factory")
        return self


class ElementSection(Section):
    """One number of a signal that is a vector."""

    meaning: str = Field("", description="what it measures, in words")
    unit: str = Field("", description="e.g. m, m/s, rad")
    low: float | None = Field(None, description="least value")
    high: float | None = Field(None, description="greatest value")


class SignalSection(Section):
    """One documented signal."""

    name: str = Field(description="a Python name; rewards ask for it, or for prev_<name>")
    shape: tuple[int, ...] = Field((), description="shape for one world; [] is a scalar")
    unit: str = Field("", description="e.g. m, m/s, rad")
    meaning: str = Field("", description="what it measures, in words")
    low: float | None = Field(None, description="least value")
    high: float | None = Field(None, description="greatest value")
    dtype: Literal["float32", "int32"] = Field("float32", description="int32 for identifiers only")
    elements: tuple[ElementSection, ...] = Field(
        (), description="what each number of a vector is, in order: tables of meaning, unit, low, high"
    )

    @field_validator("name")
    @classmethod
    def _usable(cls, name: str) -> str:
        if not name.isidentifier() or keyword.iskeyword(name) or name in ("memory", "np", "math"):
            raise ValueError(f"'{name}' cannot be an argument's name")
        if name.startswith("prev_"):
            raise ValueError("prev_ names are made by the program; name the signal itself")
        return name

    @model_validator(mode="after")
    def _as_many_elements(self) -> SignalSection:
        if self.elements and self.shape != (len(self.elements),):
            raise ValueError(f"{len(self.elements)} elements are told of a signal of shape {self.shape}")
        return self


class FitnessSection(Section):
    """How behaviour is scored; see FitnessSpec."""

    summary: str = Field(min_length=1, description="one sentence; the designer reads it")
    reduce: Literal["sum", "mean", "last", "max", "any", "episode", "native_return"] = Field(
        description="how fitness_step(signals) becomes an episode's; episode: fitness_episode(signals)"
    )
    direction: Literal["maximize", "minimize"] = Field("maximize", description="which way is better")
    solved: float | None = Field(None, description="fitness from which the task counts as solved")
    target: float | None = Field(None, description="fitness at which a search may stop")
    version: int = Field(1, ge=1, description="count it up when the fitness is defined anew")


class BudgetSection(Section):
    """What one candidate may spend; see TrainingBudget."""

    env_steps: int = Field(50_000, ge=1, description="environment steps of learning")
    quick_steps: int | None = Field(
        None, ge=1, description="as many with --quick; default: a quarter of env_steps"
    )
    checkpoints: int = Field(10, ge=1, description="evaluations while learning")
    eval_episodes: int = Field(10, ge=1, description="episodes of each evaluation set")
    wall_s: float = Field(600.0, gt=0, description="seconds after which a training of env_steps is ended")
    memory_mb: int | None = Field(
        None, ge=64, description="memory limit of a training process; default: what the machine can spare"
    )


class AlgorithmSection(Section):
    """Settings of PPO by Stable-Baselines3's names; what is left out keeps the trainer's default."""

    n_envs: int | None = Field(None, ge=1, description="worlds stepped together")
    n_steps: int | None = Field(None, ge=1, description="steps of each world between updates")
    batch_size: int | None = Field(None, ge=2, description="rows of one gradient step")
    n_epochs: int | None = Field(None, ge=1, description="passes over each rollout")
    gamma: float | None = Field(None, gt=0, le=1, description="discount")
    gae_lambda: float | None = Field(None, ge=0, le=1, description="bias-variance of the advantage")
    learning_rate: float | None = Field(None, gt=0, description="step size of Adam")
    clip_range: float | None = Field(None, gt=0, description="PPO's clipping of the ratio")
    ent_coef: float | None = Field(None, ge=0, description="weight of the entropy bonus")
    vf_coef: float | None = Field(None, ge=0, description="weight of the value loss")
    max_grad_norm: float | None = Field(None, gt=0, description="gradient clipping")
    use_sde: bool | None = Field(None, description="state-dependent exploration; continuous actions only")
    sde_sample_freq: int | None = Field(None, ge=-1, description="steps between new exploration noise")
    hidden_sizes: tuple[int, ...] | None = Field(None, description="hidden layers of policy and value")
    normalize_observation: bool | None = Field(None, description="running mean and variance of observations")
    normalize_reward: bool | None = Field(None, description="rewards divided by the return's deviation")
    encoder: str | None = Field(
        None, description="flat, or glyphs: the first numbers observed are identifiers"
    )
    glyphs: int | None = Field(None, ge=1, description="how many numbers are identifiers of glyphs")
    vocabulary: int | None = Field(None, ge=1, description="how many different glyphs there are")
    embedding: int | None = Field(None, ge=1, description="length of the vector that is learned for a glyph")


class StageSection(Section):
    """One stage of a curriculum; the last one is usually the task as it stands."""

    name: str = Field(min_length=1, description="what this stage is called in a run")
    env_steps: int | None = Field(
        None, ge=1, description="steps of learning here; the last stage may leave it out and gets the rest"
    )
    kwargs: dict[str, Any] = Field({}, description="arguments of the environment that differ in this stage")
    max_episode_steps: int | None = Field(None, ge=1, description="time limit of this stage")
    until: float | None = Field(None, description="fitness from which the next stage begins early")


class CaptionSection(Section):
    """Words for one number of a step, by the range that it lies in."""

    signal: str = Field(description="a signal of the task, or prev_<name>")
    element: int | None = Field(None, ge=0, description="which number of a vector, from 0")
    edges: tuple[Annotated[float, Field(allow_inf_nan=False)], ...] = Field(
        min_length=1, max_length=MOST_EDGES, description="where a range ends and the next begins, ascending"
    )
    words: tuple[Annotated[str, Field(max_length=LONGEST_WORDS)], ...] = Field(
        description='words for each range, the lowest first: one more than edges; "" says nothing'
    )

    @model_validator(mode="after")
    def _ranges(self) -> CaptionSection:
        if list(self.edges) != sorted(set(self.edges)):
            raise ValueError(f"edges ascend, and {list(self.edges)} do not")
        if len(self.words) != len(self.edges) + 1:
            many = len(self.edges)
            raise ValueError(f"{many} edges make {many + 1} ranges, each with words, not {len(self.words)}")
        if not all(words.isprintable() for words in self.words):
            raise ValueError("words are printable and on one line")
        return self


class TaskFile(Section):
    """A whole `task.toml`."""

    extends: str | None = Field(None, description="a task folder beside this one whose parts are taken over")

    description: str = Field(min_length=1, description="what is to be learned; the designer reads it")
    safety: str = Field("", description="what must not happen on the way; the designer reads it")
    tags: tuple[str, ...] = Field((), description="words to find the task by")
    reference: str = Field("reference.py", description='a reward file in the folder, or "native"')
    reference_origin: str = Field("", description="where the reference comes from")
    environment: EnvironmentSection
    signals: tuple[SignalSection, ...] = Field(min_length=1)
    safety_signals: tuple[str, ...] = Field(
        (), description="signals that `safety` is about; their 99 % and maximum are shown, too"
    )
    fitness: FitnessSection
    budget: BudgetSection = Field(default_factory=lambda: BudgetSection.model_validate({}))
    algorithm: AlgorithmSection = Field(default_factory=lambda: AlgorithmSection.model_validate({}))
    stages: tuple[StageSection, ...] = Field((), description="a curriculum, in order")
    captions: tuple[CaptionSection, ...] = Field(
        (), max_length=MOST_CAPTIONS, description="how steps are described to an annotator, part by part"
    )

    @field_validator("signals")
    @classmethod
    def _unique(cls, signals: tuple[SignalSection, ...]) -> tuple[SignalSection, ...]:
        names = [signal.name for signal in signals]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"declared twice: {', '.join(twice)}")
        return signals

    @field_validator("safety_signals")
    @classmethod
    def _declared(cls, named: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        declared = [signal.name for signal in info.data.get("signals", ())]
        if declared and (unknown := [name for name in named if name not in declared]):
            raise ValueError(f"no signals of this task: {', '.join(unknown)}; it has {', '.join(declared)}")
        return named

    @field_validator("captions")
    @classmethod
    def _of_signals(
        cls, captions: tuple[CaptionSection, ...], info: ValidationInfo
    ) -> tuple[CaptionSection, ...]:
        shapes = {signal.name: signal.shape for signal in info.data.get("signals", ())}
        for part in captions if shapes else ():
            name = part.signal.removeprefix("prev_")
            if name not in shapes:
                raise ValueError(f"'{part.signal}' is no signal of this task; it has {', '.join(shapes)}")
            _check_element(part, shapes[name])
        return captions

    @field_validator("stages")
    @classmethod
    def _in_order(cls, stages: tuple[StageSection, ...]) -> tuple[StageSection, ...]:
        if endless := [stage.name for stage in stages[:-1] if stage.env_steps is None]:
            raise ValueError(f"only the last stage may leave out env_steps, '{endless[0]}' does")
        if stages and stages[-1].until is not None:
            raise ValueError(f"nothing comes after the last stage '{stages[-1].name}': it can have no until")
        return stages


def _check_element(part: CaptionSection, shape: tuple[int, ...]) -> None:
    """Raise ValueError unless the part is about one number of a signal of this shape."""
    if (part.element is None) != (shape == ()):
        needs = "an element" if shape else "no element"
        raise ValueError(f"'{part.signal}' has shape {list(shape)}: its captions need {needs}")
    if part.element is not None and (len(shape) != 1 or part.element >= shape[0]):
        raise ValueError(f"'{part.signal}' of shape {list(shape)} has no element {part.element}")


_SECTIONS: dict[str, type[Section]] = {
    "environment": EnvironmentSection,
    "signals": SignalSection,
    "fitness": FitnessSection,
    "budget": BudgetSection,
    "algorithm": AlgorithmSection,
    "stages": StageSection,
    "captions": CaptionSection,
}

_INHERITED = ("environment", "budget", "algorithm")
"""Sections of an extended file whose keys hold unless given anew. Its signals come before the own ones; its
captions hold where there are no own ones."""

_SOURCES = {"id", "factory"}
"""Keys that say which environment is built: an own one replaces the extended file's, whichever that is."""


def read_task_file(path: Path) -> TaskFile:
    """Read and check a `task.toml`; raises TaskError saying where in the file something is wrong."""
    data = _merged(path, ())
    try:
        return TaskFile.model_validate(data)
    except ValidationError as error:
        raise _explained(path, error) from error


def base_folder(path: Path, extends: str) -> Path:
    """Return the folder that the `task.toml` at `path` extends; raises TaskError if there is none."""
    known = sorted(found.parent.name for found in path.parent.parent.glob(f"*/{path.name}"))
    if extends not in known:  # anything that is no name of a folder is no path to one either
        meant = did_you_mean(extends, known)
        raise TaskError(
            f"{path}: extends: there is no task folder '{extends:.80}' beside it.{meant}",
            allowed=", ".join(known),
            fix="Correct the name.",
        )
    return path.parent.parent / extends


def _merged(path: Path, seen: tuple[Path, ...]) -> dict[str, Any]:
    """Return a file's data, what it extends filled in."""
    data = _parsed(path)
    extends = data.get("extends")
    if not isinstance(extends, str):
        return data
    if path in seen:
        raise TaskError(f"{path}: extends itself.", fix="Let one of the files stand alone.")
    base = _merged(base_folder(path, extends) / path.name, (*seen, path))
    for name in _INHERITED:
        own = data.get(name, {})
        if isinstance(own, dict) and name in base and own.keys() & _SOURCES:
            base[name] = {key: value for key, value in base[name].items() if key not in _SOURCES}
        if isinstance(own, dict) and name in base:
            data[name] = _filled(own, base[name])
    if "captions" in base:
        data.setdefault("captions", base["captions"])
    own_signals = data.get("signals", [])
    if isinstance(own_signals, list):
        data["signals"] = [*base.get("signals", []), *own_signals]
    return data


def _filled(own: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    """Return `base` with the keys of `own` put in, tables inside it too."""
    both = {k: _filled(v, base[k]) for k, v in own.items() if isinstance(v, dict) and k in base}
    return base | own | both


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise TaskError(f"There is no {path}.", fix="A task folder holds task.toml and task.py.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        line = re.search(r"line (\d+)", str(error))
        where = f"{path}:{line.group(1)}" if line else str(path)
        raise TaskError(f"{where}: not valid TOML: {error}", fix="Correct this line.") from error


def _explained(path: Path, error: ValidationError) -> TaskError:
    """Turn pydantic's first complaint into one sentence about the file."""
    # A misspelt key is also a missing one: say what was misspelt.
    first = min(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
    location = [str(part) for part in first["loc"]]
    section = _SECTIONS.get(location[0], TaskFile) if len(location) > 1 else TaskFile
    dotted = ".".join(location)
    if first["type"] == "extra_forbidden":
        known = list(section.model_fields)
        return TaskError(
            f"{path}: unknown key '{dotted}'.{did_you_mean(location[-1], known)}",
            allowed=", ".join(known),
            fix="Correct or remove this key.",
        )
    field = section.model_fields.get(location[-1]) if location else None
    got = "" if first["type"] == "missing" else f" (got {first['input']!r:.80})"
    return TaskError(
        f"{path}: {dotted}: {first['msg']}{got}",
        allowed=(field.description or "") if field is not None else "",
        fix="Correct this value." if first["type"] != "missing" else "Add this key.",
    )
