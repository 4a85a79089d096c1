"""Numbers, times and long texts as everything that reports a run writes them."""

from __future__ import annotations

from eureka_agent.store.state import RunState


def figure(value: float | None) -> str:
    """Return four significant digits of a number; a dash where there is none."""
    return "—" if value is None else f"{value:.4g}"


def percent(share: float) -> str:
    """Return a share in percent; nothing has no sign."""
    return f"{round(share, 2) + 0.0:.0%}"


def signed(value: float) -> str:
    """Return a difference with its sign; nothing has none."""
    return f"{value:+.4g}" if value else "0"


def duration(seconds: float) -> str:
    """Return a length of time as a person would say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"


def dollars(state: RunState) -> str:
    """Return what a run's language models cost, as far as that is known."""
    unknown = f" and {state.cost_unknown} replies of unknown price" if state.cost_unknown else ""
    return f"${state.cost_usd:.2f}{unknown}"


def counted(number: int, thing: str, things: str = "") -> str:
    """Return a number with what it counts: "1 seed", "12 seeds"."""
    return f"{number:,} {thing if number == 1 else things or f'{thing}s'}"


def weight(text: str) -> int:
    """Return about how many bytes a text takes in a page, where some letters are written as five."""
    return len(text.encode(errors="replace")) + 4 * sum(map(text.count, "&<>\"'"))


def cut(text: str, most: int) -> str:
    """Return a text of at most about `most` characters; one that was cut says how long it was."""
    return text if len(text) <= most else f"{text[:most]}… (cut: {len(text):,} characters in all)"
