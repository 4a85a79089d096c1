"""From a reward's text to a function: checked first, then bound to closed facades."""

from __future__ import annotations

import builtins
import warnings
from collections.abc import Collection, Mapping
from pathlib import Path
from types import FunctionType
from typing import Any, NoReturn, overload

import numpy as np

from eureka_agent.errors import RewardError
from eureka_agent.rewards.characters import unix_newlines
from eureka_agent.rewards.compiling import FILENAME, compiled
from eureka_agent.rewards.facade import Library, backend_for
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.forms import BUILTINS
from eureka_agent.rewards.output import Array, RewardOutput
from eureka_agent.rewards.purity import Guards, freeze_module
from eureka_agent.rewards.rules import IMPURE_RULES, check_source
from eureka_agent.rewards.source import ENTRY, RewardSource, parse_reward
from eureka_agent.rewards.worlds import watched

MAX_MODULE_BYTES = 2**20
"""The longest reward as a program for a device; an ordinary one has some thousand bytes."""

REWARD_FAULTS = (
    ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, NameError,
    RuntimeError, TypeError, ValueError,
)  # fmt: skip
"""What a reward's own code can raise; everything else is a fault of ours and passes through."""


_LIBRARY_ROOTS = frozenset({"numpy", "jax", "jaxlib", "torch", "warnings", "linecache", "tracemalloc"})


def _import_for_libraries(name: str, *args: Any) -> Any:
    """Let the libraries' C code import its own parts: it asks the builtins of the calling frame.

    A reward cannot name this function (private names are refused), and it opens nothing else.
    """
    if name.split(".")[0] not in _LIBRARY_ROOTS:
        raise ImportError(f"'{name}' cannot be imported inside a reward")
    return builtins.__import__(name, *args)


class RewardFunction:
    """A checked reward, callable on a batch of signals; build it with `load_reward`."""

    def __init__(
        self, source: RewardSource, library: Library = "numpy", *, pure: bool = True, strict: bool = False
    ) -> None:
        """With `pure` constants are frozen and the number of worlds is hidden (see `purity.py`).

        With `strict` memory keeps the shape that MEMORY gives it, and the first call on NumPy shows that
        worlds keep their axis (see `worlds.py`).
        """
        self.source = source
        self.library: Library = library
        self._pure, self._strict = pure, strict
        self._unwatched = strict and library == "numpy"
        self._backend = backend_for(library)
        self._code = compiled(source.text, operators=bool(self._backend.operators), pure=pure)
        self._functions: dict[Any, FunctionType] = {}

    @overload
    def __call__(
        self, signals: Mapping[str, Array], /, memory: Mapping[str, Array] | None = None
    ) -> RewardOutput: ...

    @overload
    def __call__(
        self, /, *, memory: Mapping[str, Array] | None = None, **named: Array
    ) -> tuple[Any, ...]: ...

    def __call__(
        self,
        signals: Mapping[str, Array] | None = None,
        /,
        memory: Mapping[str, Array] | None = None,
        **named: Array,
    ) -> tuple[Any, ...]:
        """Compute reward and components; nothing is validated or cast (see `validated`).

        Signals by keyword, as the saved file itself takes them, give back what the file returns:
        `reward, components = function(angle=..., torque=...)`, and the memory third where there is one.

        Args:
            signals: name to array `(num_rows, ...)` of the reward's library; extra names are ignored.
            memory: what the previous call returned (or `initial_memory`), for a reward with memory.
            named: the signals instead, each as a keyword of its own; other names are refused.

        Raises:
            RewardError: a signal or the memory is missing, the reward's code raised (the message names
                its line), or it did not return `(reward, components[, memory])`.
        """
        if signals is None or named:
            return self._as_written(signals, memory, named)
        try:
            arguments = {name: signals[name] for name in self.source.arguments}
        except KeyError:
            raise self._missing_signals(signals) from None
        if self.source.uses_memory:
            arguments["memory"] = self._memory_argument(memory)
        function = self._function_for(arguments)
        try:
            if self._unwatched:
                self._watch(function, arguments)
            returned = function(**arguments)
        except REWARD_FAULTS as fault:
            raise_explained(fault)
        return self._unpacked(returned)

    def _as_written(self, signals: Any, memory: Any, named: Mapping[str, Array]) -> tuple[Any, ...]:
        """Take and return what `compute_reward` in the file does."""
        unknown = [name for name in named if name not in self.source.arguments]
        if unknown or signals is not None:
            raise RewardError(
                f"The reward takes no '{unknown[0]}'." if unknown else "Signals were given in two ways.",
                allowed=f"{', '.join(self.source.arguments)}; as keywords, or in one dictionary",
                fix="Pass the signals in the reward's argument list.",
            )
        output = self(named, memory)
        return tuple(output) if self.source.uses_memory else (output.reward, output.components)

    def __reduce__(self) -> tuple[Any, ...]:
        """Let it be pickled: another process reads and checks the same text again."""
        return _loaded_again, (self.source.text, self.library, self._pure, self._strict)

    def _watch(self, function: FunctionType, arguments: Mapping[str, Array]) -> None:
        """Make one call with arrays that refuse to be counted or mixed; what it returns is not used."""
        with np.errstate(all="ignore"):
            function(**watched(arguments))
        self._unwatched = False

    def initial_memory(self, num_envs: int) -> dict[str, Array]:
        """Return the memory before an episode's first step: float32 `(num_envs, ...)` arrays."""
        initial = {name: self._initial_row(name) for name in self.source.memory_initial}
        return {
            name: self._backend.asarray(np.broadcast_to(row, (num_envs, *row.shape)).copy())
            for name, row in initial.items()
        }

    def reset_memory(self, memory: Mapping[str, Array], mask: Array) -> dict[str, Array]:
        """Return the memory with the rows of `mask` (bool, `(num_envs,)`) at their initial values."""
        return {
            name: self._backend.select_rows(mask, self._initial_row(name), values)
            for name, values in memory.items()
        }

    def _initial_row(self, name: str) -> np.ndarray:
        return np.asarray(self.source.memory_initial[name], dtype=np.float32)

    def _function_for(self, arguments: Mapping[str, Array]) -> FunctionType:
        """Constants live where the signals live: one instance of the module for each device."""
        device = None if self.library == "numpy" else self._backend.device_of(arguments)
        if device not in self._functions:
            self._functions[device] = self._instance(device)
        return self._functions[device]

    def _instance(self, device: Any) -> FunctionType:
        np_namespace, math_namespace, operators = self._backend.build(device)
        allowed = {name: getattr(builtins, name) for name in BUILTINS}
        allowed["__import__"] = _import_for_libraries
        scope: dict[str, Any] = {
            "__builtins__": allowed,
            "np": np_namespace,
            "math": math_namespace,
            **operators,
        }
        guards = Guards()
        if self._pure:
            scope.update(guards.names())  # as globals: torch.compile does not follow builtins of one's own
        given = set(scope)
        try:
            exec(self._code, scope)
        except REWARD_FAULTS as fault:
            raise_explained(fault)
        if self._pure:
            own = scope.keys() - given
            freeze_module(scope, own)
            for name in own:
                guards.know(scope[name])
        return scope[ENTRY]

    def _missing_signals(self, signals: Mapping[str, Array]) -> RewardError:
        missing = [name for name in self.source.arguments if name not in signals]
        return RewardError(
            f"The reward asks for signals that were not given: {', '.join(missing)}.",
            allowed=", ".join(sorted(signals)) or "no signals were given",
            fix="Pass every signal named in the reward's argument list.",
        )

    def _memory_argument(self, memory: Mapping[str, Array] | None) -> dict[str, Array]:
        if memory is None:
            raise RewardError(
                "This reward has memory, and none was given.",
                fix="Pass `initial_memory(num_envs)` at first, then what the last call returned.",
            )
        return dict(memory)  # the reward may write its own items; the caller's dictionary stays as it was

    def _unpacked(self, returned: Any) -> RewardOutput:
        expected = 3 if self.source.uses_memory else 2
        shape = "reward, components, memory" if expected == 3 else "reward, components"
        right = isinstance(returned, tuple) and len(returned) == expected
        if not right or not isinstance(returned[1], dict) or not isinstance(returned[-1], dict):
            got = f"{len(returned)} items" if isinstance(returned, tuple) else type(returned).__name__
            raise RewardError(
                f"The reward returned {got}.", allowed=f"return {shape}", fix=f"Return ({shape})."
            )
        if expected == 3 and set(returned[2]) != set(self.source.memory_initial):
            raise RewardError(
                f"The returned memory holds {sorted(map(str, returned[2]))}.",
                allowed=f"exactly {sorted(self.source.memory_initial)}",
                fix="Return a memory dictionary with the keys of MEMORY.",
            )
        if expected == 3 and self._strict:
            self._check_memory(returned[2])
        return RewardOutput(*returned)

    def _check_memory(self, memory: Mapping[str, Any]) -> None:
        """A new episode resets what memory holds, and so its shape must say nothing."""
        for name, value in memory.items():
            row = self._initial_row(name).shape
            got: tuple[Any, ...] = tuple(getattr(value, "shape", ()))
            if isinstance(value, (list, tuple)) or (got and got[1:] != row):
                shown = f"shape {('num_envs', *got[1:])}".replace("'", "") if got else "no shape"
                raise RewardError(
                    f"The returned memory '{name}' has {shown}; each world began with shape {row}.",
                    allowed="the shape that MEMORY gives it",
                    fix="Write the initial value out in MEMORY with its whole shape, e.g. [0.0, 0.0, 0.0].",
                )


def load_reward(
    text_or_path: str | Path,
    *,
    library: Library = "numpy",
    signals: Collection[str] | None = None,
    strict: bool = False,
) -> RewardFunction:
    """Check a reward and bind it to one array library.

    Args:
        text_or_path: the source itself, or a path to a file holding it (a `Path`, or a one-line string
            that ends in `.py`).
        library: what `np` means inside: NumPy, `jax.numpy` (traceable) or torch.
        signals: names the reward may ask for; None leaves the argument list unchecked.
        strict: refuse what earlier versions let through and saved: rewards that change their own constants,
            read how many worlds there are, or return memory of another shape than MEMORY has. Otherwise these
            load as they always did, with a UserWarning where the text shows it.

    Raises:
        RewardError: a static rule calls the source wrong; the message lists every error.
    """
    text = _text_of(text_or_path)
    impure = check_reward(text, signals, tolerated=frozenset() if strict else IMPURE_RULES)
    if impure:
        told = "; ".join(str(finding) for finding in impure[:3])
        warnings.warn(f"This reward may pay differently from call to call: {told}", stacklevel=2)
    function = RewardFunction(parse_reward(text), library, pure=not impure, strict=strict)
    function._function_for({})  # module-level constants must load now, not at the first call
    return function


def _loaded_again(text: str, library: Library, pure: bool, strict: bool) -> RewardFunction:
    check_reward(text, tolerated=frozenset() if strict else IMPURE_RULES)
    return RewardFunction(parse_reward(text), library, pure=pure, strict=strict)


def check_reward(
    text: str, signals: Collection[str] | None = None, *, tolerated: Collection[str] = ()
) -> list[Finding]:
    """Return the errors of `tolerated` rules; RewardError lists the others. Nothing is executed."""
    found = [finding for finding in check_source(text, signals) if finding.severity == "error"]
    errors = [finding for finding in found if finding.rule not in tolerated]
    if errors:
        raise RewardError(
            "The reward breaks the contract:\n" + "\n".join(f"  {finding}" for finding in errors[:20]),
            allowed="a pure function of signals in the portable subset of NumPy",
            fix=errors[0].fix,
        )
    return found


def _text_of(text_or_path: str | Path) -> str:
    if isinstance(text_or_path, str) and ("\n" in text_or_path or not text_or_path.endswith(".py")):
        return unix_newlines(text_or_path)
    path = Path(text_or_path)
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RewardError(
            f"Cannot read the reward {path}: {error}.", fix="Give a UTF-8 Python file."
        ) from error


def raise_explained(fault: BaseException) -> NoReturn:
    """Raise a RewardError that names the reward's own line, the exception's type and its message."""
    line, trace = None, fault.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILENAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    place = f"Line {line} of the reward" if line else "The reward"
    raise RewardError(
        f"{place} raised {type(fault).__name__}: {str(fault)[:500]}",
        fix="Check the shapes: scalar signals are (num_envs,), vectors (num_envs, d); reduce with axis=-1.",
    ) from fault
