"""Several arrays in one file: written atomically, read without executing anything."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from eureka_agent.errors import StoreError
from eureka_agent.files import write_atomic


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays of any shape to a compressed npz file without pickles; StoreError if writing fails."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    write_atomic(path, buffer.getvalue())


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Return what `write_arrays` wrote; StoreError where the file is no such file. Nothing is unpickled."""
    try:
        with np.load(path, allow_pickle=False) as data:
            return {name: data[name] for name in data.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise StoreError(
            f"{path} cannot be read as arrays: {error}.",
            allowed="an npz file as this program writes it",
            fix="Restore the file, or make it again.",
        ) from error
