"""`labels --picture`, and what `oni` leaves: a drawing of the best and the least paid captions."""

from __future__ import annotations

from pathlib import Path

from eureka_agent.errors import ConfigError
from eureka_agent.report.html.caption_chart import captions_picture
from eureka_agent.report.html.picture import Picture
from eureka_agent.training.learned_rewards import CAPTIONS, read_paid

PICTURE = "captions.svg"


def caption_picture(folder: Path | str) -> Picture:
    """Return the captions of a training by what they are paid, the best on top; a notebook shows it.

    `folder` is that of a training (`oni/seed-0`) or the one that `oni` wrote, whose first training that ended
    is meant. Raises ConfigError where no training left captions.
    """
    found = _trained(Path(folder))
    try:
        tally, rows = read_paid(found)
    except (OSError, ValueError, TypeError, KeyError) as damage:
        raise ConfigError(
            f"{found / CAPTIONS} cannot be read ({damage}).",
            allowed="the file as a training wrote it",
            fix="Train again, or name another folder.",
        ) from damage
    return captions_picture(rows, tally.steps, f"Captions of {_called(found)}, by what they are paid")


def draw_captions(folder: Path | str, to: Path | str) -> Path:
    """Write `caption_picture` as an SVG file, and return its path; ConfigError for another kind of file."""
    path = Path(to)
    if path.suffix != ".svg":
        raise ConfigError(
            f"Captions cannot be drawn as {path.name}.",
            allowed="a name that ends in .svg",
            fix="A browser opens an SVG file, and can print it.",
        )
    return caption_picture(folder).save(path)


def _trained(folder: Path) -> Path:
    if (folder / CAPTIONS).is_file():
        return folder
    found = sorted(folder.glob(f"seed-*/{CAPTIONS}"), key=lambda path: (len(path.parent.name), path))
    if not found:
        raise ConfigError(
            f"No training in {folder} left captions.",
            allowed="the folder that `oni` wrote to, or one of its trainings' (seed-0)",
            fix="Check the path; a training that failed leaves none.",
        )
    return found[0].parent


def _called(folder: Path) -> str:
    resolved = folder.resolve()
    return f"{resolved.parent.name}/{resolved.name}"
