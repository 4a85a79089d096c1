"""Captions by what a learned reward pays for them: a bar each, the best paid on top, the least paid below."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from eureka_agent.escaping import one_line
from eureka_agent.intrinsic.captioning.paid_captions import PaidCaption, most_and_least
from eureka_agent.report import svg
from eureka_agent.report.html.marks import ACCENT, FAINT, GRID, INK
from eureka_agent.report.html.picture import Picture
from eureka_agent.report.html.scale import Scale, short

EACH = 8
"""Captions at either end."""
WIDTH, MARGIN, TOP = 760.0, 16.0, 44.0
VALUES, SHARES = 62.0, 150.0
"""Room for what is paid at the left of the bars, and for the shares of steps at their right."""
SIZE, LINE = 13, 17.0
BAR, GAP, HEAD = 9.0, 15.0, 32.0
LINES = 2
"""Lines that a caption may take; the rest of it is told where a pointer rests on it."""
ROOM = 84.0
"""Letters of usual width in a line."""
NARROW, WIDE = frozenset({"Mn", "Me", "Cf"}), frozenset("WF")
"""Categories of letters that take no room, and widths of East Asian ones that take twice as much."""
SLIM, BROAD = frozenset("iljtfr.,:;'|! ()[]"), frozenset("MWmw@%—…")
SHARE_BAR = 60.0


def captions_picture(rows: Sequence[PaidCaption], steps: int, title: str, *, each: int = EACH) -> Picture:
    """Return the `each` best and least paid of `rows`, which are the best first.

    `steps` is how many steps there were in all, with a caption or without. Where there are no more captions
    than twice `each`, all of them are drawn.
    """
    most, least = (list(rows), []) if len(rows) <= 2 * each else most_and_least(rows, each)
    shown = [*most, *least]
    bars = _scale([one.now for one in shown])
    shapes = [
        svg.text(MARGIN, 24, _shortened(title, ROOM * SIZE / 16), size=16, fill=INK, bold=True),
        svg.text(MARGIN, TOP, "paid", size=11, fill=FAINT),
        svg.text(WIDTH - MARGIN, TOP, "share of all steps", size=11, anchor="end", fill=FAINT),
    ]
    y = TOP + 6
    y = _section(shapes, most, y, bars, steps)
    if least:
        left = len(rows) - len(shown)
        between = f"{left:,} captions between these are not shown" if left else ""
        shapes += _break(y, between)
        y = _section(shapes, sorted(least, key=lambda one: (-one.now, one.steps)), y + HEAD, bars, steps)
    if not shown:
        shapes.append(svg.text(MARGIN, y + LINE, "No step had a caption.", size=SIZE, fill=INK))
        y += LINE + GAP
    return Picture(WIDTH, y, shapes, title, _described(shown, steps))


def _scale(values: Sequence[float]) -> Scale:
    """Return where what is paid lies; zero is always on it."""
    low, high = min([0.0, *values]), max([0.0, *values])
    return Scale(low, high if high > low else low + 1.0, MARGIN + VALUES, WIDTH - MARGIN - SHARES)


def _section(shapes: list[str], rows: Sequence[PaidCaption], y: float, bars: Scale, steps: int) -> float:
    """Draw rows from `y` on; return where they end."""
    for row in rows:
        lines = wrapped(row.caption)
        height = LINE * len(lines) + BAR + GAP
        share = row.steps / steps if steps else 0.0
        told = f"{row.caption}: paid {_paid(row.now)} now, {_share(share)} of all steps ({row.steps:,})"
        shapes.append(svg.hinted(_row(lines, row, y, bars, share), told))
        y += height
    return y


def _row(lines: Sequence[str], row: PaidCaption, y: float, bars: Scale, share: float) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield svg.text(bars.start, y + LINE * (number + 1) - 5, line, size=SIZE, fill=INK)
    top = y + LINE * len(lines) + 2
    yield svg.text(
        bars.start - 8, top + BAR - 0.5, _paid(row.now), size=12, anchor="end", fill=INK, bold=True
    )
    zero, end = bars(0.0), bars(row.now)
    yield svg.line(bars.start, top + BAR / 2, bars.end, top + BAR / 2, svg.Stroke(GRID, "", 0.8))
    yield svg.box(min(zero, end), top, abs(end - zero), BAR, fill=ACCENT if row.now > 0 else FAINT)
    yield svg.line(zero, top - 2, zero, top + BAR + 2, svg.Stroke(INK, "", 1.2))
    begin = WIDTH - MARGIN - SHARES + 26
    yield svg.line(begin, top + BAR / 2, begin + SHARE_BAR, top + BAR / 2, svg.Stroke(GRID, "", 0.8))
    yield svg.box(begin, top, SHARE_BAR * min(1.0, share), BAR, fill=FAINT)
    yield svg.text(WIDTH - MARGIN, top + BAR - 0.5, _share(share), size=12, anchor="end", fill=INK)


def _break(y: float, words: str) -> Iterator[str]:
    """Yield the line between both ends."""
    yield svg.line(MARGIN, y + 4, WIDTH - MARGIN, y + 4, svg.Stroke(FAINT, "3 3", 1.0))
    yield svg.text(MARGIN + VALUES, y + 21, words, size=11, fill=FAINT)


def _share(share: float) -> str:
    """Return a share of steps; what is rare is not 0 %."""
    if 0.0 < share < 0.001:
        return "< 0.1 %"
    return f"{100 * share:.1f} %" if 0.0 < share < 0.0995 else f"{100 * share:.0f} %"


def _paid(value: float) -> str:
    return short(value).replace("-", "−")


def _described(shown: Sequence[PaidCaption], steps: int) -> str:
    if not shown:
        return "No step had a caption."
    best, worst = shown[0], min(shown, key=lambda one: one.now)
    return (
        f"Of {steps:,} steps. Paid most, {_paid(best.now)}: {one_line(best.caption)[:80]}. "
        f"Paid least, {_paid(worst.now)}: {one_line(worst.caption)[:80]}."
    )


def wrapped(caption: str, room: float = ROOM, lines: int = LINES) -> list[str]:
    """Return a caption in at most so many lines, each of a width of `room` usual letters; the rest is cut."""
    found: list[str] = []
    left = one_line(caption)
    while left and len(found) < lines:
        if len(found) == lines - 1 or _width(left) <= room:
            found.append(_shortened(left, room))
            break
        cut = _fitting(left, room)
        space = left.rfind(" ", cut // 2, cut + 1)
        cut = space if space > 0 else cut
        found.append(left[:cut].rstrip())
        left = left[cut:].lstrip()
    return found or ["�"]


def _shortened(text: str, room: float) -> str:
    return text if _width(text) <= room else f"{text[: _fitting(text, room - 1)].rstrip()}…"


def _fitting(text: str, room: float) -> int:
    """Return how many letters of a text fit, at least one."""
    taken = 0.0
    for place, letter in enumerate(text):
        taken += _letter(letter)
        if taken > room:
            return max(place, 1)
    return len(text)


def _width(text: str) -> float:
    return sum(map(_letter, text))


def _letter(letter: str) -> float:
    """Return about how wide a letter is in a wide font of the usual ones; 1 is usual, and 0.6 of its size."""
    if unicodedata.category(letter) in NARROW:
        return 0.0
    if letter in SLIM:
        return 0.7
    if unicodedata.east_asian_width(letter) in WIDE or letter in BROAD:
        return 1.7
    return 1.25 if letter.isupper() or not letter.isascii() else 1.05
