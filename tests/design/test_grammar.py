"""Whatever a model says that is held to the grammar, it is one readable reward module."""

from __future__ import annotations

import ast
import random

import pytest
from gbnf import Grammar

from eureka_agent.design.blocks import fenced_blocks
from eureka_agent.design.grammar import reward_grammar
from eureka_agent.design.reply import extract_reward
from eureka_agent.rewards.forms import NP_FORMS
from eureka_agent.tasks.registry import find_task


@pytest.mark.parametrize("name", ["cartpole", "pendulum"])
def test_every_sentence_is_one_module_over_the_tasks_signals(name: str) -> None:
    task = find_task(name)
    grammar, draw = Grammar(reward_grammar(task)), random.Random(0)
    known = {signal.name for signal in task.all_signals}
    for _ in range(60):
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
