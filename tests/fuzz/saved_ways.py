"""The ways in which Python reads a file: as an import, as a script, and as the text that was checked."""

from __future__ import annotations

import ctypes
import io
import tokenize
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from types import CodeType, FunctionType
from typing import Any

from saved_watch import FILENAME, NAME

_LOADER = SourceFileLoader(NAME, FILENAME)
_FILE_INPUT = 257  # Py_file_input

_libc = ctypes.CDLL(None)
_fmemopen = _libc.fmemopen
_fmemopen.restype, _fmemopen.argtypes = ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p]
_run_file = ctypes.pythonapi.PyRun_FileExFlags
_run_file.restype = ctypes.py_object
_run_file.argtypes = [
    ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.py_object, ctypes.py_object, ctypes.c_int,
    ctypes.c_void_p,
]  # fmt: skip

Run = Callable[[], object]


def as_import(data: bytes, scope: dict[str, Any]) -> Run:
    """Compile a file as `import` does; what is returned executes it."""
    code = _LOADER.source_to_code(data, FILENAME)
    return lambda: exec(code, scope)


def as_script(data: bytes, scope: dict[str, Any]) -> Run:
    """Prepare what `python reward.py` does: the interpreter reads the file line by line, and executes it."""
    memory = ctypes.create_string_buffer(data, len(data))
    file = _fmemopen(memory, len(data), b"r")
    return lambda: _run_file(file, FILENAME.encode(), _FILE_INPUT, scope, scope, 1, None) and memory


def reads_as_script(data: bytes) -> bool:
    """Say whether `as_script` can read a file: any other encoding needs a descriptor."""
    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0] == "utf-8"
    except SyntaxError:
        return False


def as_text(data: bytes, scope: dict[str, Any]) -> Run:
    """Compile what was checked: the text, whose encoding is not asked for."""
    code = compile(data.decode(), FILENAME, "exec", dont_inherit=True)
    return lambda: exec(code, scope)


def described(scope: dict[str, Any], given: frozenset[str]) -> dict[str, str]:
    """Return what a module defined, by name, in words that are equal for equal definitions."""
    return {name: _described(value) for name, value in scope.items() if name not in given}


def _described(value: Any) -> str:
    return (
        repr(_plain(value.__code__)) + repr(value.__defaults__)
        if isinstance(value, FunctionType)
        else repr(value)
    )


def _plain(code: CodeType) -> tuple[Any, ...]:
    """Return a function's code without its place in the file."""
    constants = tuple(_plain(c) if isinstance(c, CodeType) else c for c in code.co_consts)
    return code.co_name, code.co_varnames, code.co_names, code.co_code, constants
