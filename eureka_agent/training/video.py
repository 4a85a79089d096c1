"""Video files, written picture by picture: H.264 in an MP4 by PyAV, or a GIF, which needs no extra."""

from __future__ import annotations

import importlib.util
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from eureka_agent.errors import ConfigError

Array = np.ndarray
ENCODER = "libx264"
QUALITY = "26"
"""Constant rate factor of x264: smaller is better and larger; text stays sharp at 26."""
INSTALL = "pip install 'eureka-agent[play]'"


def can_encode() -> bool:
    """Tell whether an MP4 can be written here."""
    return importlib.util.find_spec("av") is not None


def check_video(path: Path) -> None:
    """Raise ConfigError if a video of this name cannot be written here."""
    if path.suffix == ".gif":
        return
    if path.suffix != ".mp4":
        raise ConfigError(f"Cannot write a video as {path.name}.", allowed="a name that ends in .gif or .mp4")
    if not can_encode():
        raise ConfigError(
            "An MP4 needs an encoder, PyAV, which is not installed.",
            allowed="a .gif, which needs no extra package",
            fix=f"Name a .gif, or install it with `{INSTALL}`.",
        )


class Video:
    """A video file at `path`, an .mp4 or a .gif: an episode of pictures need not fit into memory."""

    def __init__(self, path: Path, fps: float) -> None:
        self._path, self._fps = path, fps
        self._writer: _Mp4 | _Gif | None = None

    def __enter__(self) -> Video:
        return self

    def add(self, picture: Array) -> None:
        """Append one picture `(height, width, 3)`, uint8, of the size of the first."""
        if self._writer is None:
            kind = _Gif if self._path.suffix == ".gif" else _Mp4
            self._writer = kind(self._path, self._fps, picture)
        self._writer.add(picture)

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.close()


class _Mp4:
    """H.264 with 4:2:0 chroma, which every browser plays; sides are cut to even numbers, as that needs."""

    def __init__(self, path: Path, fps: float, picture: Array) -> None:
        import av

        self._frame = av.VideoFrame.from_ndarray
        height, width = (side - side % 2 for side in picture.shape[:2])
        self._container = av.open(str(path), "w", options={"movflags": "faststart"})
        self._stream: Any = self._container.add_stream(ENCODER, rate=Fraction(fps).limit_denominator(1000))
        self._stream.width, self._stream.height, self._stream.pix_fmt = width, height, "yuv420p"
        self._stream.options = {"crf": QUALITY, "preset": "veryfast"}
        self._height, self._width = height, width

    def add(self, picture: Array) -> None:
        cut = np.ascontiguousarray(picture[: self._height, : self._width])
        self._container.mux(self._stream.encode(self._frame(cut, format="rgb24")))

    def close(self) -> None:
        self._container.mux(self._stream.encode(None))
        self._container.close()


class _Gif:
    def __init__(self, path: Path, fps: float, _: Array) -> None:
        import imageio

        self._writer = imageio.get_writer(path, mode="I", duration=1000.0 / fps, loop=0)

    def add(self, picture: Array) -> None:
        self._writer.append_data(picture)

    def close(self) -> None:
        self._writer.close()
