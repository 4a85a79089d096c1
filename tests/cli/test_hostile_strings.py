"""A run in which everything that others wrote is hostile: a person still reads only what is true."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hostile import STRINGS
from markdown_it import MarkdownIt

sys.path.insert(0, str(Path(__file__).parents[1] / "evolution"))

from fakes import FakeTrainer, make_evolution

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.cli.progress import Progress
from eureka_agent.design.designer import Designer
from eureka_agent.escaping import visible
from eureka_agent.evolution.loop import Evolution
from eureka_agent.llm.scripted import ScriptedModel
from eureka_agent.report.run_files import write_saved_reward
from eureka_agent.training.job import TrainingFailure, TrainingJob

CHECKOUT = Path(__file__).parents[2]
SAMPLES = len(STRINGS)
STYLE = re.compile(r"\x1b\[[\d;]*m")
OWN_HEADINGS = {"Lineage", "Search", "Who proposed", "How this was made", "runs/evil"}
ODD = "[red]`a|b`\x1b[1m\u202e"
"""Stands in the names of models and tasks."""


def reply(key: str, _messages: object) -> str:
    number = int(key.split("/")[0].split("-")[1])
    words = STRINGS[number]
    source = "\n".join(
        [
            "def compute_reward(pole_angle):",
            f"    {words!r}",
            f"    term = pole_angle * {number + 1}.{key[0]}  # ```",
            "    return term, {'term': term}",
        ]
    )
    return f"{words}\n\n````python\n{source}\n````\n\n{words}"


class HostileTrainer(FakeTrainer):
    """Names of components and reasons of failures are the hostile strings."""

    def __init__(self) -> None:
        super().__init__(fail=self._failure)

    def _failure(self, job: TrainingJob) -> TrainingFailure | None:
        generation, _, index = job.name.partition("-")
        if generation == "0" and index.isdigit() and int(index) % 3 == 0:
            return TrainingFailure("failed", STRINGS[int(index)])
        return None

    def _evaluation(self, job: TrainingJob) -> Evaluation:
        evaluation = super()._evaluation(job)
        components = {f"component/{words}": (0.0, float(n)) for n, words in enumerate(STRINGS)}
        return replace(evaluation, curves={**evaluation.curves, **components}, warnings=STRINGS)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Evolution:
    root = tmp_path_factory.mktemp("work") / "runs" / "evil"
    evolution = make_evolution(
        root, trainer=HostileTrainer(), samples=SAMPLES, generations=2, confirm_seeds=2
    )
    described = replace(
        evolution.task,
        description=" ".join(STRINGS),
        safety=visible(ODD),
        reference_origin=ODD,
        fitness=replace(evolution.task.fitness, summary=ODD),
        signals=tuple(replace(s, unit=ODD, meaning=" ".join(STRINGS)) for s in evolution.task.signals),
    )
    evolution.task = described
    designer = Designer(described, ScriptedModel(reply, name=f"model {ODD}"))
    evolution.make_proposer = lambda _restart: designer
    evolution.run()
    return evolution


def command(run: Evolution, *arguments: str) -> str:
    environment = {**os.environ, "COLUMNS": "10000", "FORCE_COLOR": "1", "PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(
        [sys.executable, "-m", "eureka_agent", *arguments, "--runs", str(run.folder.root.parent)],
        cwd=run.folder.root.parents[1], env=environment, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_a_terminal_shows_words_and_obeys_none_of_them(run: Evolution) -> None:
    for shown in (command(run, "show", "evil"), command(run, "runs")):
        plain = STYLE.sub("", shown)
        assert all(letter.isprintable() or letter == "\n" for letter in plain)
    assert "[bold red]alarm[/bold red]" in STYLE.sub("", command(run, "show", "evil"))


def test_every_event_is_one_line_of_progress(run: Evolution, capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress(quiet=False)
    for event in run.log.events:
        progress.on_event(event, run.state)
        said = capsys.readouterr().out
        assert said.count("\n") <= 1
        assert all(letter.isprintable() for letter in said.rstrip("\n"))


def test_the_summary_holds_only_our_own_structure(run: Evolution) -> None:
    text = run.folder.summary.read_text()
    assert all(letter.isprintable() or letter == "\n" for letter in text)
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)
    inline = [child.type for token in tokens for child in token.children or []]
    assert not {"html_inline", "link_open", "image", "s_open"} & set(inline)
    assert not {"html_block", "fence", "code_block", "blockquote_open"} & {token.type for token in tokens}
    headings = [tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "heading_open"]
    assert set(headings) <= OWN_HEADINGS | {"evil"}
    tables = re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE)
    assert sum(len(table.splitlines()) for table in tables) > 12
    # Every row of a table has as many cells as the row above it; a bar of somebody else's would add one.
    for table in tables:
        assert len({len(re.split(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1, table


def test_a_prompt_keeps_sources_in_their_fences(run: Evolution) -> None:
    prompts = [path.read_text() for path in run.folder.root.glob("candidates/1-*/prompt.md")]
    asked = [text for text in prompts if "The reward to improve" in text]
    assert len(asked) > SAMPLES // 2
    for text in asked:
        assert all(letter.isprintable() or letter == "\n" for letter in text)
        after = text[text.index("## The reward to improve") :]
        tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(after)
        fences = [token for token in tokens if token.type == "fence"]
        assert len(fences) == 1
        assert "return term" in fences[0].content
        headings = [tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "heading_open"]
        assert headings[1:] == ["What to do"]
        bars = [line for line in after.split("\n") if line.startswith("| `")]
        assert len(bars) > len(STRINGS)
        assert {len(re.split(r"(?<!\\)\|", line)) for line in bars} == {7}


def test_an_exported_reward_is_the_program_and_nothing_else(run: Evolution, tmp_path: Path) -> None:
    tried = 0
    for name, candidate in run.state.candidates.items():
        if not name.startswith("0-") or candidate.fitness is None:
            continue
        path = tmp_path / f"reward_{tried}.py"
        write_saved_reward(path, run.folder.name, run.state, name)
        tree, own = ast.parse(path.read_text()), ast.parse(candidate.source or "")
        assert [ast.dump(node) for node in tree.body[1:]] == [ast.dump(node) for node in own.body]
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        assert module.compute_reward(1.0)[1]
        tried += 1
    assert tried > SAMPLES // 2


def test_json_gives_everything_back_as_it_was(run: Evolution) -> None:
    shown = json.loads(command(run, "show", "evil", "--json"))
    reasons = [candidate["reason"] for candidate in shown["candidates"]]
    assert reasons == [candidate.reason for candidate in run.state.archive(sign=1.0).candidates]
    assert len(set(reasons) & set(STRINGS)) > SAMPLES // 4
