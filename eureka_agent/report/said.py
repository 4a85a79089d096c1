"""What people said of a run, for its summary: in their words, and whether it still stands."""

from __future__ import annotations

from datetime import UTC

from eureka_agent.design.said import in_a_line
from eureka_agent.escaping import markdown, moment
from eureka_agent.store.said import Heard
from eureka_agent.store.state import RunState


def render_said(state: RunState) -> str:
    """Return a list of what was said, in its order; empty where nothing was."""
    lines = [line for one in state.feedback.heard if (line := _line(one))]
    return "\n".join(["## What you said", "", *lines]) if lines else ""


def _line(one: Heard) -> str:
    told = in_a_line(one.said)
    if not told:
        return ""
    at = moment(one.time, "%d %b %H:%M UTC, ", UTC)
    ended = "" if one.until is None else f"; taken back before generation {one.until}"
    return f"{one.number}. {markdown(told)} ({at}from generation {one.since} on{ended})"
