"""Captions of a training as a drawing."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eureka_agent.api.caption_pictures import draw_captions
from eureka_agent.cli.app import app
from eureka_agent.errors import ConfigError
from eureka_agent.files import write_json
from eureka_agent.intrinsic.captioning.paid_captions import PaidCaption
from eureka_agent.intrinsic.learned import Tally
from eureka_agent.intrinsic.models.standing import Standing
from eureka_agent.training.learned_rewards import CAPTIONS


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    for seed, caption in ((2, "of seed 2"), (10, "of seed 10")):
        folder = tmp_path / "oni" / f"seed-{seed}"
        folder.mkdir(parents=True)
        rows = [asdict(PaidCaption(caption, 5, 1.0, 1.0))]
        told = {"tally": asdict(Tally(steps=10)), "standing": asdict(Standing()), "captions": rows}
        write_json(folder / CAPTIONS, told)
    return tmp_path / "oni"


def test_the_first_training_is_drawn_unless_another_is_named(trained: Path, tmp_path: Path) -> None:
    drawn = draw_captions(trained, tmp_path / "first.svg").read_text()
    assert "of seed 2" in drawn
    assert "50 %" in drawn
    assert "oni/seed-2" in drawn
    assert "of seed 10" in draw_captions(trained / "seed-10", tmp_path / "other.svg").read_text()


def test_the_command_draws(trained: Path, tmp_path: Path) -> None:
    path = tmp_path / "captions.svg"
    result = CliRunner().invoke(app, ["labels", str(trained), "--picture", str(path)])
    assert result.exit_code == 0, result.output
    assert "of seed 2" in path.read_text()


def test_what_cannot_be_drawn_is_refused(trained: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot be drawn as captions\.png"):
        draw_captions(trained, tmp_path / "captions.png")
    with pytest.raises(ConfigError, match="left captions"):
        draw_captions(tmp_path / "nowhere", tmp_path / "captions.svg")
    (trained / "seed-2" / CAPTIONS).write_text('{"tally": {"steps": 1, "more": 2}}')
    with pytest.raises(ConfigError, match="cannot be read"):
        draw_captions(trained, tmp_path / "captions.svg")
