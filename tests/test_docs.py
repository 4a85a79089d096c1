"""Every block of code in the README and the documentation runs, or is checked where its page says why not."""

from __future__ import annotations

import ast
import functools
import re
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from doc_blocks import CHECKOUT, LANGUAGES, PAGES, Block, blocks_of
from typer.testing import CliRunner

import eureka_agent
from eureka_agent.cli.app import app

TINY: dict[str, dict[str, int]] = {
    "evolve": {"generations": 1, "samples": 1, "env_steps": 256, "confirm_top": 1, "confirm_seeds": 2},
    "train": {"env_steps": 256, "seeds": 1},
}
"""What commands and functions of these names are asked for instead: as much as shows that a block works."""

BLOCKS = [block for page in PAGES for block in blocks_of(page)]


def of(language: str) -> list[Block]:
    return [block for block in BLOCKS if block.language == language]


class Smaller(ast.NodeTransformer):
    """Gives calls the arguments of TINY."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        tiny = TINY.get(name, {})
        kept = [keyword for keyword in node.keywords if keyword.arg not in tiny]
        node.keywords = kept + [ast.keyword(key, ast.Constant(value)) for key, value in tiny.items()]
        return node


def run_python(block: Block, names: dict[str, Any]) -> None:
    tree = ast.fix_missing_locations(Smaller().visit(ast.parse(block.text)))
    exec(compile(tree, block.place, "exec"), names)


def run_command(block: Block, words: list[str]) -> None:
    program, *arguments = words
    assert program == "eureka-agent", f"{block.place}: mark it as not run; the tests do not run {program}"
    tiny = [
        word for k, v in TINY.get(arguments[0], {}).items() for word in (f"--{k.replace('_', '-')}", str(v))
    ]
    done = CliRunner().invoke(app, [*arguments, *tiny])
    assert done.exit_code == 0, f"{block.place}: {' '.join(words)}\n{done.output}"


@pytest.mark.parametrize("page", [page for page in PAGES if blocks_of(page)], ids=lambda page: page.stem)
def test_a_page_runs_from_top_to_bottom(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a page go on from what those before them left: files, runs, names."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    before, names = set(sys.modules), {}
    for block in blocks_of(page):
        for name, path in block.given.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CHECKOUT / path, name)
        if block.not_run or block.included:
            continue
        if block.title:
            Path(block.title).write_text(block.text)
        elif block.language == "python":
            run_python(block, names)
        elif block.language == "sh":
            for words in block.commands:
                run_command(block, words)
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def test_every_block_is_of_a_kind_that_is_checked() -> None:
    for block in BLOCKS:
        assert block.language in LANGUAGES, f"{block.place}: a block needs a language: {', '.join(LANGUAGES)}"
    for block in of("sh"):
        assert block.commands or not block.fenced, f"{block.place}: no command"


def test_python_compiles() -> None:
    for block in of("python"):
        if block.included:
            assert block.included.startswith(("examples/", "benchmarks/data/gallery/", "envs/")), block.place
            assert (CHECKOUT / block.included).is_file(), block.place
        else:
            compile(block.text, block.place, "exec")


def test_toml_can_be_read() -> None:
    for block in of("toml"):
        assert tomllib.loads(block.text), block.place


@functools.cache
def help_of(*command: str) -> str:
    done = CliRunner().invoke(app, [*command, "--help"])
    return done.stdout if done.exit_code == 0 else ""


def known_to(program: str, arguments: list[str]) -> str:
    """Return the text in which a command's flags are to be found; empty if there is no such command."""
    if program == "eureka-agent":
        return help_of(*arguments[: 2 if arguments[0] == "bench" else 1])
    if program == "make":
        makefile = (CHECKOUT / "Makefile").read_text()
        return (
            makefile if all(re.search(f"^{target}:", makefile, re.MULTILINE) for target in arguments) else ""
        )
    if arguments[0].endswith(".py"):
        path = CHECKOUT / arguments[0]
        return path.read_text() if path.is_file() else ""
    return "pip, venv"


def test_every_command_that_is_shown_is_one() -> None:
    for block in of("sh"):
        for program, *arguments in block.commands:
            if program == ".":
                continue
            words = [word.strip("[]") for word in arguments]
            text = known_to(program, words)
            assert text, f"{block.place}: there is no {program} {' '.join(words)}"
            for flag in (word for word in words if word.startswith("--")):
                assert re.search(rf"{re.escape(flag)}(?![\w-])", text), (
                    f"{block.place}: {program} {words[0]} knows no {flag}"
                )


def test_every_extra_that_is_shown_is_one() -> None:
    extras = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for page in PAGES:
        for name in re.findall(r"(?:eureka-agent|'\.)\[(\w+)\]", page.read_text()):
            assert name in extras, f"{page.name} names an extra {name}"


def test_every_function_that_is_named_is_there() -> None:
    readme = PAGES[0].read_text()
    sentence = readme.partition("In Python the commands are functions")[2].partition("evolve` and")[0]
    names = set(re.findall(r"`([a-z_]+)`", sentence)) - {"eureka_agent", "runs", "tasks", "init", "report"}
    assert names >= {"evolve", "show", "list_runs", "list_tasks", "write_task"}
    shown = {name for page in PAGES for name in re.findall(r"eureka_agent\.([A-Za-z_]+)\(", page.read_text())}
    for name in names | shown:
        assert callable(getattr(eureka_agent, name)), name
