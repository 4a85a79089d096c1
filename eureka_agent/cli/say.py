"""`say`: a sentence, a rating or a veto for a run that goes on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eureka_agent.cli import completing
from eureka_agent.cli.options import Json, Runs
from eureka_agent.errors import ConfigError
from eureka_agent.escaping import visible

if TYPE_CHECKING:
    from eureka_agent.api.saying import Told
    from eureka_agent.store.said import Heard

_KINDS = (
    "a sentence (with --about, --concern); --about with --stars, --thumb, --veto or --pin, and why; --better "
    "with --than, and why; --about with --more and --less (and --strength); --take-back"
)


def say(
    run: Annotated[
        str,
        typer.Argument(help="A run's name, a prefix of it, or latest.", autocompletion=completing.runs),
    ],
    sentence: Annotated[
        str, typer.Argument(help="What you want to say, or why; without anything: list what stands.")
    ] = "",
    *,
    about: Annotated[str | None, typer.Option(help="The candidate it is about, e.g. 1-03.")] = None,
    concern: Annotated[
        str | None,
        typer.Option(help="What the sentence is about: wish (the default), unsafe, failed, ugly or slow."),
    ] = None,
    stars: Annotated[int | None, typer.Option(help="Rate the candidate, from 1 to 5 (with --about).")] = None,
    thumb: Annotated[str | None, typer.Option(help="up or down (with --about).")] = None,
    better: Annotated[
        str | None, typer.Option(help="The better of two recorded episodes: 1-03, or 1-03/<seed>/<episode>.")
    ] = None,
    than: Annotated[str | None, typer.Option(help="The other one, in the same form.")] = None,
    more: Annotated[
        str | None, typer.Option(help="More of this component (with --about and --less).")
    ] = None,
    less: Annotated[str | None, typer.Option(help="Less of this component.")] = None,
    strength: Annotated[
        float | None,
        typer.Option(help="How much of --more, from 0, as it is, to 1, all the way; default: 0.5."),
    ] = None,
    veto: Annotated[
        bool, typer.Option("--veto", help="Never build on this candidate (with --about).")
    ] = False,
    pin: Annotated[
        bool, typer.Option("--pin", help="Keep this candidate among the finalists (with --about).")
    ] = False,
    take_back: Annotated[int | None, typer.Option(help="Take back what stands under this number.")] = None,
    runs: Runs = Path("runs"),
    json_output: Json = False,
) -> None:
    """Say something to a run: a sentence stands in every later prompt until you take it back."""
    from eureka_agent.api.saying import feedback_of
    from eureka_agent.api.saying import say as leave
    from eureka_agent.cli.output import print_json

    given = {
        "about": about, "concern": concern, "stars": stars, "thumb": thumb, "better": better, "than": than,
        "more": more, "less": less, "strength": strength, "veto": veto or None, "pin": pin or None,
        "take_back": take_back,
    }  # fmt: skip
    said = _said(sentence, {name: value for name, value in given.items() if value is not None})
    if said is None:
        heard = feedback_of(run, runs=runs)
        print_json(list(heard)) if json_output else _list(heard)
        return
    told = leave(run, said, runs=runs)
    if json_output:
        print_json(told)
    else:
        typer.echo(visible(_in_words(told)))
    if told.answer is not None and not told.answer.taken:
        raise typer.Exit(1)


_FORMS: Mapping[frozenset[str], str] = {
    frozenset({"take_back"}): "withdrawal",
    frozenset({"better", "than"}): "preference",
    frozenset({"about", "stars"}): "stars",
    frozenset({"about", "thumb"}): "thumb",
    frozenset({"about", "more", "less"}): "balance",
    frozenset({"about", "veto"}): "veto",
    frozenset({"about", "pin"}): "pin",
    frozenset(): "comment",
}
"""What is said by the options that it takes; some may be left out (`_MAY`)."""
_MAY: Mapping[str, frozenset[str]] = {
    "balance": frozenset({"strength"}),
    "comment": frozenset({"about", "concern"}),
}


def _said(sentence: str, given: dict[str, Any]) -> dict[str, Any] | None:
    """Return what is said as plain values; None where nothing is.

    Raises ConfigError where options do not belong together, or one is missing.
    """
    names = given.keys()
    kind = next(
        (kind for form, kind in _FORMS.items() if form <= names <= form | _MAY.get(kind, frozenset())), None
    )
    if kind is None or (sentence and kind in ("withdrawal", "balance")):
        raise _together(given, sentence)
    if kind == "comment":
        return {"kind": kind, "text": sentence, **given} if sentence or given else None
    return _made(kind, given, sentence)


def _made(kind: str, given: dict[str, Any], sentence: str) -> dict[str, Any]:
    about = given.get("about")
    match kind:
        case "withdrawal":
            return {"kind": kind, "number": given["take_back"]}
        case "preference":
            sides = {"first": _episode(given["better"]), "second": _episode(given["than"])}
            return {"kind": kind, **sides, "better": "first", "why": sentence}
        case "stars":
            return {"kind": "rating", "about": about, "value": given["stars"], "of": 5, "why": sentence}
        case "thumb":
            value = {"up": 1, "down": 0}.get(given["thumb"])
            if value is None:
                raise ConfigError(
                    f"A thumb cannot be {given['thumb']!r:.40}.", allowed="up, down", fix="Use --thumb up."
                )
            return {"kind": "rating", "about": about, "value": value, "of": 1, "why": sentence}
        case "balance":
            return {"kind": kind, **given}
        case _:
            return {"kind": kind, "about": about, "why": sentence}


def _together(given: dict[str, Any], sentence: str) -> ConfigError:
    options = [f"--{name.replace('_', '-')}" for name in given] + (["a sentence"] if sentence else [])
    return ConfigError(
        f"These cannot be said together, or something is missing: {', '.join(options)}.",
        allowed=f"one of: {_KINDS}",
        fix='Say one thing at a time, e.g. `eureka-agent say latest "land softly" --concern unsafe`.',
    )


def _episode(text: str) -> dict[str, Any]:
    name, *places = text.split("/")
    if len(places) > 2 or not all(place.isdecimal() for place in places):
        raise ConfigError(
            f"{text!r:.80} names no recorded episode.",
            allowed="a candidate, or <candidate>/<seed>/<episode> with numbers from 0",
            fix="Name it as 1-03 or 1-03/0/2.",
        )
    return {"name": name, **dict(zip(("replicate", "number"), map(int, places), strict=False))}


def _in_words(told: Told) -> str:
    if told.answer is not None:
        number = f"{told.answer.number}: " if told.answer.number is not None else ""
        return f"{number}{told.answer.text}"
    if told.worked_on:
        return "It is left for the run, which has not answered yet."
    return (
        f"Nobody works on {told.run} now. It is taken up when the run goes on: "
        f"`eureka-agent resume {told.run}`."
    )


def _list(heard: tuple[Heard, ...]) -> None:
    from eureka_agent.cli.output import print_table
    from eureka_agent.design.said import in_a_line

    if not heard:
        typer.echo("Nothing was said yet.")
        return
    rows = [
        (
            one.number,
            in_a_line(one.said),
            f"generation {one.since}",
            "taken back" if one.until is not None else "",
        )
        for one in heard
        if in_a_line(one.said)
    ]
    print_table("", ("number", "said", "from", ""), rows)
