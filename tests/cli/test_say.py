"""`say`: what options say together, and which do not belong together."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from eureka_agent.cli.app import app
from eureka_agent.errors import ConfigError
from eureka_agent.store import inbox
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.said import Balance, Comment, Episode, Pin, Preference, Rating, Veto, Withdrawal

RECORDED = Path(__file__).parents[1] / "store" / "recorded" / "search" / "events.jsonl"


def said(tmp_path: Path, *options: str) -> object:
    """Return what a message says that the command leaves in the inbox of a run that nobody works on."""
    folder = RunFolder(tmp_path / "one")
    folder.root.mkdir()
    folder.events.write_text("".join(RECORDED.read_text().splitlines(keepends=True)[:4]))
    done = CliRunner().invoke(app, ["say", "one", *options, "--runs", str(tmp_path)])
    if done.exception is not None:
        raise done.exception
    assert "It is taken up when the run goes on: `eureka-agent resume one`" in done.stdout
    ((_, message),) = inbox.waiting(folder)
    assert not isinstance(message, str)
    return message.said


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["land softly"], Comment("land softly")),
        (["it hits", "--about", "0-01", "--concern", "unsafe"], Comment("it hits", "0-01", "unsafe")),
        (["steady", "--about", "0-01", "--stars", "4"], Rating("0-01", 4, why="steady")),
        (["--about", "0-01", "--thumb", "down"], Rating("0-01", 0, of=1)),
        (
            ["--better", "0-01/0/2", "--than", "0-00"],
            Preference(Episode("0-01", 0, 2), Episode("0-00"), "first"),
        ),
        (["--about", "0-01", "--more", "a", "--less", "b"], Balance("0-01", "a", "b")),
        (
            ["--about", "0-01", "--more", "a", "--less", "b", "--strength", "0.2"],
            Balance("0-01", "a", "b", 0.2),
        ),
        (["no", "--about", "0-01", "--veto"], Veto("0-01", "no")),
        (["--about", "0-01", "--pin"], Pin("0-01")),
        (["--take-back", "1"], Withdrawal(1)),
    ],
)
def test_options_say_something_together(tmp_path: Path, options: list[str], expected: object) -> None:
    assert said(tmp_path, *options) == expected


@pytest.mark.parametrize(
    "options",
    [
        ["--about", "0-01", "--stars", "3", "--concern", "unsafe"],
        ["--take-back", "1", "--about", "0-01"],
        ["x", "--strength", "0.5"],
        ["--better", "0-00", "--than", "0-01", "--about", "0-01"],
        ["--stars", "3"],
        ["--better", "0-00"],
        ["x", "--about", "0-01", "--more", "a", "--less", "b"],
        ["--about", "0-01", "--veto", "--pin"],
    ],
)
def test_what_does_not_belong_together_is_refused(tmp_path: Path, options: list[str]) -> None:
    with pytest.raises(ConfigError, match="cannot be said together"):
        said(tmp_path, *options)


def test_a_thumb_is_up_or_down(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="A thumb cannot be 'sideways'"):
        said(tmp_path, "--about", "0-01", "--thumb", "sideways")
