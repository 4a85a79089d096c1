"""Flags and environment variables are an interface: scripts hold them, so they are recorded here by hand."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from typer.testing import CliRunner

from eureka_agent.cli.app import app
from eureka_agent.cli.options import OF_A_RUN, OF_A_TASK, takes
from eureka_agent.config import make_config
from eureka_agent.config.run_config import declared

CLI = Path(__file__).parents[2] / "eureka_agent" / "cli"

EVOLVE = """
    env goal max-episode-steps show-env-reward? stages? envs
    generations samples restarts search-seeds target seed-reward reflection? history?
    model base-url temperature max-reply-tokens effort stream? grammar? max-parallel-requests reply-cache?
    seed env-steps init-policy after trainer halving? device worlds parallel critic? repair-turns
    critic-model analyzer-model analyzer-queries? draft selection
    confirm-seeds confirm-top choose-seeds human-reward film? fitness questions
    intrinsic intrinsic-goal intrinsic-kind intrinsic-coefficient intrinsic-beta intrinsic-message
    intrinsic-questions
    budget-steps budget-usd budget-minutes track unsafe-isolation?
    quick one-generation? runs new dry-run feedback feedback-wait json
"""
"""Every flag of `evolve`; those with `?` have a negation."""

RESUME = "trust task env envs model base-url track unsafe-isolation feedback feedback-wait runs json"
TRAIN = """
    reward seeds seed env-steps trainer device worlds stages? init-policy
    output env envs unsafe-isolation? json
"""
ONI = """
    goal annotator wordings votes check-annotator labels budget-usd most-requests
    model-kind reward-coefficient coefficient coefficient-end beta ensemble blend captions message window
    features
    reward seeds seed env-steps trainer output env envs unsafe-isolation? json
"""
PLAY = "task episodes seed reward video frames env envs unsafe-isolation? json"
ADOPT = "task function map set output force env envs json"
SERVE = "runs port host"
FILM = "output sheet episode seed moments force trust task runs env envs unsafe-isolation? json"
CHECK = "task env envs unsafe-isolation? json"
REFINE = """
    seeds confirm-seeds env-steps seed trainer device worlds output runs trust env envs unsafe-isolation? json
"""
SPEED = "case peers? candidates peer-candidates env-steps set unsafe-isolation? json"

VARIABLES = {"json": "JSON_OUTPUT", "set": "SETTING", "map": "MAPPED", "trust": None}
"""Those that are not called like their flag; consent is for one run, so that it has none."""


@pytest.mark.parametrize(
    ("command", "recorded"),
    [("evolve", EVOLVE), ("resume", RESUME), ("train", TRAIN), ("oni", ONI), ("play", PLAY), ("check", CHECK),
     ("film", FILM), ("serve", SERVE), ("adopt", ADOPT), ("prune", REFINE), ("tune", REFINE),
     ("bench speed", SPEED)],
)  # fmt: skip
def test_a_command_has_the_flags_and_the_variables_that_it_always_had(command: str, recorded: str) -> None:
    text = CliRunner().invoke(app, [*command.split(), "--help"]).stdout
    names = [name.rstrip("?") for name in recorded.split()]
    negations = {f"no-{name.rstrip('?')}" for name in recorded.split() if name.endswith("?")}
    assert set(re.findall(r"--([a-z][a-z-]*)", text)) - {"help"} == {*names, *negations}
    prefix = f"EUREKA_AGENT_{command.replace(' ', '_').upper()}_"
    variables = (VARIABLES.get(name, name.replace("-", "_").upper()) for name in names)
    expected = {f"{prefix}{variable}" for variable in variables if variable}
    assert set(re.findall(rf"{prefix}[A-Z_]+", text)) == expected


def taken_by_evolve(*arguments: str, **variables: str) -> dict[str, Any]:
    """Return what a command with the options of `evolve` gets from the command line."""
    got: dict[str, Any] = {}
    small = typer.Typer(context_settings={"auto_envvar_prefix": "SMALL"})

    @small.command()
    @takes(*OF_A_TASK, *OF_A_RUN)
    def command(task: Annotated[str | None, typer.Argument()] = None, **options: Any) -> None:
        got.update(options, task=task)

    done = CliRunner().invoke(small, arguments, env=variables)
    assert done.exit_code == 0, done.output
    return got


def test_what_is_not_typed_is_the_default_of_the_configuration() -> None:
    got = taken_by_evolve()
    flat = make_config({"task": {"kind": "folder", "value": "cartpole"}}).to_json()
    typed = {name: got[name] for name in OF_A_RUN}
    assert typed == {name: value for name, value in flat.items() if name in OF_A_RUN} | {
        "model": "auto",
        "after": None,
    }


def test_options_are_read_from_flags_negations_and_variables() -> None:
    got = taken_by_evolve(
        "cartpole", "--samples", "4", "--no-critic", "--stream", "--seed-reward", "mine.py", "--no-stages",
        SMALL_BUDGET_USD="2", SMALL_REFLECTION="no", SMALL_DEVICE="cpu",
    )  # fmt: skip
    assert got["task"] == "cartpole"
    assert (got["samples"], got["budget_usd"], got["device"]) == (4, 2.0, "cpu")
    assert (got["critic"], got["stream"], got["stages"], got["reflection"]) == (False, True, False, False)
    assert got["seed_reward"] == Path("mine.py")


def test_a_command_may_say_it_in_its_own_words() -> None:
    small = typer.Typer(rich_markup_mode=None)

    @small.command()
    @takes("env", seed="Root seed of the episodes.")
    def command(**options: Any) -> None:
        typer.echo(sorted(options))

    text = " ".join(CliRunner().invoke(small, ["--help"]).stdout.split())
    assert "Root seed of the episodes." in text
    assert "The environment: an id, module:Id-v0, or a constructor module:function." in text
    assert CliRunner().invoke(small, []).stdout == "['env', 'seed']\n"


def test_no_help_sentence_is_written_in_two_places() -> None:
    written: Counter[str] = Counter(option.about.help for option in declared())
    for path in CLI.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("Option", "Argument")):
                texts = [keyword.value for keyword in node.keywords] + node.args[:1]
                written.update(str(text.value) for text in texts if isinstance(text, ast.Constant))
    assert not {text for text, times in written.items() if times > 1 and " " in text}


def test_help_says_which_numbers_an_option_takes() -> None:
    text = " ".join(CliRunner().invoke(app, ["evolve", "--help"]).stdout.split())
    about = {option.name: option.about for option in declared()}
    for name in (name for name in OF_A_RUN if not about[name].derived):
        low, above, high = about[name].ge, about[name].gt, about[name].le
        if low is None and above is None:
            continue
        shown = re.search(rf"--{name.replace('_', '-')} .*?(?=--[a-z]|$)", text)
        assert shown is not None
        least = f"More than {above:g}." if low is None else f"At least {low:g}."
        assert (least if high is None else f"From {low:g} to {high:g}.") in shown.group(), name


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_can_be_taught_the_commands(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_EUREKA_AGENT_COMPLETE", f"source_{shell}")
    shown = CliRunner().invoke(app, [], prog_name="eureka-agent")
    assert "_EUREKA_AGENT_COMPLETE=complete_" in shown.stdout
    monkeypatch.setenv("_EUREKA_AGENT_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "eureka-agent ev")
    monkeypatch.setenv("COMP_CWORD", "1")
    assert CliRunner().invoke(app, [], prog_name="eureka-agent").stdout.split() == ["evolve"]
