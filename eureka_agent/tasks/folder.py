"""A task from its folder: words in `task.toml`, behaviour in `task.py`, rewards as sources beside them."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import gymnasium as gym

from eureka_agent.errors import TaskError, did_you_mean
from eureka_agent.tasks import building
from eureka_agent.tasks.context import EnvironmentContext, environment_context
from eureka_agent.tasks.fitness import needed_function
from eureka_agent.tasks.mujoco_state import check_fields, read_fields
from eureka_agent.tasks.observe import info_names, leaves_of
from eureka_agent.tasks.packages import require
from eureka_agent.tasks.schema import BudgetSection, SignalSection, TaskFile, base_folder, read_task_file
from eureka_agent.tasks.task import (
    Array,
    CaptionPart,
    Element,
    FitnessSpec,
    Signal,
    Signals,
    Stage,
    State,
    Task,
    TaskRef,
    TrainingBudget,
)

TASK_FILE = "task.toml"

_FUNCTIONS = (
    "initial_signals", "signals", "fitness_step", "fitness_episode", "fitness_parts", "events", "read_state",
)  # fmt: skip


@dataclass(frozen=True)
class FolderBehaviour:
    """The functions of a `task.py`; what it lacks is taken from the `task.py` of the folder it extends."""

    modules: tuple[ModuleType, ...]
    """The task's own module first."""
    state: tuple[str, ...] = ()
    """Fields of `MjData` to read."""

    def find(self, name: str) -> Any:
        """Return the function called `name` of the first module that has one, or None."""
        return next((found for module in self.modules if (found := getattr(module, name, None))), None)

    def read_state(self, env: gym.Env) -> Mapping[str, Array]:
        """Read the declared fields, and what the module's `read_state(env)` adds, if it has one."""
        function = self.find("read_state")
        own = {} if function is None else function(env)
        return {**read_fields(env, self.state), **own}

    def __reduce__(self) -> tuple[Any, ...]:
        """Let it be copied and sent to another process, which imports the files again."""
        return _behaviour_of, (tuple(str(module.__file__) for module in self.modules), self.state)

    def initial_signals(self, state: State) -> Signals:
        """Call the module's `initial_signals(state)`."""
        return self._initial_signals(state)

    def signals(self, before: State, action: Array, after: State) -> Signals:
        """Call the module's `signals(before, action, after)`."""
        return self._signals(before, action, after)

    @cached_property
    def _initial_signals(self) -> Any:
        return self.find("initial_signals")

    @cached_property
    def _signals(self) -> Any:  # looked for once: it is called at every step
        return self.find("signals")


def _behaviour_of(files: tuple[str, ...], state: tuple[str, ...]) -> FolderBehaviour:
    return FolderBehaviour(tuple(load_module(Path(file)) for file in files), state)


def folder_task(ref: TaskRef) -> Task:
    """Load the task of a `folder` reference; TaskError where it breaks its form, or lacks a package."""
    folder, options = Path(ref.value), ref.options
    file = read_task_file(folder / TASK_FILE)
    require(file.environment.packages, extra=file.environment.extra, who=f"Task '{folder.name}'")
    stages = _stages(file, folder)
    stage = _stage(stages, options, ref)
    folders = _folders(folder, file)
    modules = tuple(load_module(place / "task.py") for place in folders)
    behaviour = FolderBehaviour(modules, file.environment.state)
    _check_functions(behaviour, file)
    own, scores = modules[0], needed_function(file.fitness.reduce)
    found = _look_at_environment(folder, file, stage, options)
    steps = options.get("env_steps") or (stage.env_steps if stage else None)
    budget = _budget(file.budget)
    return Task(
        name=options.get("name") or folder.name,
        description=(options.get("goal") or file.description).strip(),
        safety=file.safety.strip(),
        safety_signals=file.safety_signals,
        signals=tuple(_signal(section) for section in file.signals),
        fitness=FitnessSpec(**file.fitness.model_dump()),
        budget=budget if steps is None else replace(budget, env_steps=steps),
        algorithm=file.algorithm.model_dump(exclude_none=True),
        env_id=file.environment.id or file.environment.factory or "",
        max_episode_steps=found.limit,
        make_env=found.make,
        behaviour=behaviour,
        reference=_reference(folder, file),
        reference_origin=file.reference_origin or _default_origin(file),
        hacks=_hacks(folder),
        context=found.context.text,
        ref=ref,
        tags=file.tags,
        fitness_step=getattr(own, "fitness_step", None),
        fitness_episode=own.fitness_episode if scores == "fitness_episode" else None,
        events=getattr(own, "events", None),
        fitness_parts=getattr(own, "fitness_parts", None),
        info=found.info,
        late_info=tuple(name for name, key in found.info.items() if key in file.environment.step_info),
        reads_inside=bool(file.environment.state) or behaviour.find("read_state") is not None,
        state=file.environment.state,
        stages=() if stage or options.get("stages") is False else stages,
        time_limit_known=found.limit_known,
        folder=folder,
        bases=tuple(folders[1:]),
        captions=tuple(CaptionPart(**section.model_dump()) for section in file.captions),
        env_reward=found.context.reward if options.get("show_env_reward") else "",
    )


class _Found(NamedTuple):
    """What one built environment tells."""

    make: building.Constructor
    limit: int
    """Steps after which an episode ends."""
    limit_known: bool
    context: EnvironmentContext
    info: Mapping[str, str]


def _look_at_environment(
    folder: Path, file: TaskFile, stage: Stage | None, options: Mapping[str, Any]
) -> _Found:
    environment = file.environment
    overrides = {**(stage.kwargs if stage else {}), **options.get("kwargs", {})}
    constructor, label, registered = _constructor(folder, file, overrides)
    env = building.build(constructor, label)
    check_fields(env, environment.state, label)
    stage_limit = stage.max_episode_steps if stage else None
    own_limit = stage_limit or environment.max_episode_steps or registered or building.time_limit(env)
    known = options.get("max_episode_steps") or own_limit
    limit = known or building.ASSUMED_LIMIT
    context = environment_context(env, goal=False)
    leaves = [leaf.name for leaf in leaves_of(env.observation_space)]
    info = info_names([*environment.info, *environment.step_info], leaves)
    env.close()
    return _Found(building.guarded(constructor, label, limit), limit, known is not None, context, info)


def _folders(folder: Path, file: TaskFile) -> list[Path]:
    """Return the folder itself and those it extends, nearest first."""
    folders = [folder]
    while file.extends is not None:
        folders.append(base_folder(folders[-1] / TASK_FILE, file.extends))
        file = read_task_file(folders[-1] / TASK_FILE)
    return folders


def _signal(section: SignalSection) -> Signal:
    elements = tuple(Element(**element.model_dump()) for element in section.elements)
    return Signal(**{**section.model_dump(), "elements": elements})


def _budget(section: BudgetSection) -> TrainingBudget:
    stated = bool({"checkpoints", "eval_episodes"} & section.model_fields_set)
    return TrainingBudget(**section.model_dump(exclude_none=True), evaluation_stated=stated)


def _stages(file: TaskFile, folder: Path) -> tuple[Stage, ...]:
    """Return the stages; the last one gets the steps that are left of the budget where it names none."""
    left = file.budget.env_steps - sum(stage.env_steps or 0 for stage in file.stages)
    if file.stages and file.stages[-1].env_steps is None and left < 1:
        raise TaskError(
            f"{folder / TASK_FILE}: stages: the first take all {file.budget.env_steps} steps of the budget.",
            allowed="steps that leave some for the last stage, or env_steps there as well",
            fix="Give the stages fewer steps, or the budget more.",
        )
    return tuple(
        Stage(**{**stage.model_dump(), "env_steps": stage.env_steps or left}) for stage in file.stages
    )


def _stage(stages: tuple[Stage, ...], options: Mapping[str, Any], ref: TaskRef) -> Stage | None:
    """Return the stage that the options ask for, or None for the task as it stands."""
    index = options.get("stage")
    if index is None:
        return None
    if not (isinstance(index, int) and 0 <= index < len(stages)):
        raise TaskError(
            f"{ref.value} has no stage {index!r}.",
            allowed=f"0 to {len(stages) - 1}" if stages else "none: its task.toml has no [[stages]]",
        )
    return stages[index]


def _constructor(
    folder: Path, file: TaskFile, overrides: Mapping[str, Any]
) -> tuple[building.Constructor, str, int | None]:
    environment = file.environment
    kwargs = {**environment.kwargs, **overrides}
    if environment.id is not None:
        constructor, limit = building.gym_constructor(environment.id, kwargs)
        return constructor, environment.id, limit
    factory = environment.factory or ""
    place = folder if environment.path is None else (folder / environment.path).resolve()
    return building.factory_constructor(factory, str(place), kwargs), factory, None


def load_module(path: Path) -> ModuleType:
    """Import a `task.py` under a name of its own; raises TaskError naming the line or the exception."""
    if not path.is_file():
        raise TaskError(f"There is no {path}.", fix="A task folder holds task.toml and task.py.")
    digest = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    name = f"eureka_agent_task_{path.parent.name}_{digest}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise TaskError(f"{path} cannot be imported.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise TaskError(f"{path}:{error.lineno}: {error.msg}", fix="Correct this line.") from error
    except Exception as error:
        raise TaskError(f"Importing {path} raised {type(error).__name__}: {error}") from error
    return module


def _check_functions(behaviour: FolderBehaviour, file: TaskFile) -> None:
    """Raise TaskError if `task.py` lacks a function; all but the fitness may be an extended one's."""
    module = behaviour.modules[0]
    needed = ["initial_signals", "signals"]
    if (scores := needed_function(file.fitness.reduce)) is not None:
        needed.append(scores)
    for name in needed:
        inherited = not name.startswith("fitness")
        function: Callable[..., Any] | None = (
            behaviour.find(name) if inherited else getattr(module, name, None)
        )
        if not callable(function):
            written = [
                other for other in vars(module) if other not in _FUNCTIONS and not other.startswith("_")
            ]
            close = did_you_mean(name, written)
            raise TaskError(
                f"{module.__file__} has no function {name}().{close}",
                allowed=f"with fitness.reduce = '{file.fitness.reduce}' it has {', '.join(needed)}",
                fix="Add the function; envs/cartpole/task.py is a short example.",
            )


def _reference(folder: Path, file: TaskFile) -> str:
    if file.reference == "native":
        return "native"
    path = folder / file.reference
    if not path.is_file():
        raise TaskError(
            f"The reference reward {path} does not exist.",
            allowed='a file in the folder, or reference = "native"',
        )
    return path.read_text(encoding="utf-8")


def _default_origin(file: TaskFile) -> str:
    return "the environment's own reward" if file.reference == "native" else "hand-written"


def _hacks(folder: Path) -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((folder / "hacks").glob("*.py"))}
