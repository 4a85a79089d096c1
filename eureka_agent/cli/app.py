"""The command line. Heavy libraries are imported inside the commands, so that `--help` is instant."""

from __future__ import annotations

import sys

import typer

from eureka_agent.cli import (
    adopt,
    analyze,
    bench,
    comparing,
    evolve,
    film,
    labels,
    oni,
    play,
    refining,
    rewards,
    runs,
    say,
    serve,
    tasks,
)
from eureka_agent.cli.output import fail, keep_stdout_for_documents
from eureka_agent.errors import EurekaError

app = typer.Typer(
    name="eureka-agent",
    help="Evolve reward functions for reinforcement learning: propose, criticise, train, judge, repeat.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"auto_envvar_prefix": "EUREKA_AGENT", "help_option_names": ["-h", "--help"]},
)

app.command("evolve")(evolve.evolve)
app.command("resume")(evolve.resume)
app.command("finish")(evolve.finish)
app.command("say")(say.say)
app.command("runs")(runs.runs)
app.command("show")(runs.show)
app.command("analyze")(analyze.analyze)
app.command("report")(runs.report)
app.command("serve")(serve.serve)
app.command("export")(runs.export)
app.command("check")(rewards.check)
app.command("train")(rewards.train)
app.command("oni")(oni.oni)
app.command("labels")(labels.labels)
app.command("prune")(refining.prune)
app.command("tune")(refining.tune)
app.command("compare")(comparing.compare)
app.command("plot")(comparing.plot)
app.command("adopt")(adopt.adopt)
app.command("film")(film.film)
app.command("play")(play.play)
app.command("tasks")(tasks.tasks)
app.command("init")(tasks.init)
app.command("doctor")(runs.doctor)
app.add_typer(bench.app, name="bench")


@app.callback(invoke_without_command=True)
def version_option(
    version: bool = typer.Option(False, "--version", help="Print the version and exit.", is_eager=True),
) -> None:
    """Take the options that stand before a command."""
    if version:
        from eureka_agent._version import __version__

        typer.echo(f"eureka-agent {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line; errors that a person can fix are printed without a traceback."""
    if "--json" in sys.argv:
        keep_stdout_for_documents()
    try:
        app()
    except EurekaError as error:
        sys.exit(fail(error))
