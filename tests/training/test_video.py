"""Videos that browsers play, and what is said where there is no encoder."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from eureka_agent.errors import ConfigError
from eureka_agent.training.video import Video, check_video


def written(path: Path, pictures: int, shape: tuple[int, int]) -> Path:
    with Video(path, 20.0) as video:
        for number in range(pictures):
            video.add(np.full((*shape, 3), 20 * number, np.uint8))
    return path


def test_an_mp4_is_h264_in_yuv420p_with_every_picture(tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    with av.open(str(written(tmp_path / "film.mp4", 7, (51, 33)))) as container:
        (stream,) = container.streams.video
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert stream.average_rate == 20
    assert len(pictures) == 7
    assert pictures[0].shape == (50, 32, 3), "4:2:0 takes even sides"
    assert abs(int(pictures[6].mean()) - 120) < 8


def test_a_gif_needs_no_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    imageio = pytest.importorskip("imageio.v3")
    monkeypatch.setitem(sys.modules, "av", None)
    path = written(tmp_path / "film.gif", 5, (8, 8))
    check_video(path)
    assert len(imageio.imread(path, index=None)) == 5


def test_without_an_encoder_a_gif_and_the_extra_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(ConfigError, match="PyAV, which is not installed") as caught:
        check_video(Path("film.mp4"))
    assert "gif" in caught.value.allowed
    assert "pip install 'eureka-agent[play]'" in caught.value.fix


def test_nothing_is_written_where_there_was_no_picture(tmp_path: Path) -> None:
    assert not written(tmp_path / "film.mp4", 0, (8, 8)).exists()
