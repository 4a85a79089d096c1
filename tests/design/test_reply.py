from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eureka_agent.design.reply import extract_reward

F = "def compute_reward(x):\n    r = x * 2.0\n    return r, {'r': r}\n"
OLD = "def compute_reward(x):\n    old = x\n    return old, {'old': old}\n"
NP = "import numpy as np\n"


def source_of(text: str) -> str:
    extracted = extract_reward(text)
    assert extracted.source is not None, extracted.problems
    assert extracted.problems == ()
    ast.parse(extracted.source)
    return extracted.source


def rule_of(text: str) -> str:
    extracted = extract_reward(text)
    assert extracted.source is None
    (finding,) = extracted.problems
    assert finding.what
    assert finding.fix
    return finding.rule.removeprefix("reply-")


def fenced(code: str, info: str = "python", fence: str = "```") -> str:
    return f"{fence}{info}\n{code}{fence}\n"


@pytest.mark.parametrize(
    "text",
    [
        fenced(F),
        "Analysis: x matters.\n\n" + fenced(F) + "\nThis should work.",
        fenced(F, info=""),
        fenced(F, info="Python3"),
        fenced(F, info="py title=reward.py"),
        fenced(F, fence="~~~"),
        fenced(F, fence="````"),
        fenced(F).replace("\n", "\r\n"),
        fenced(F).replace("\n", "\r"),
        "\ufeff" + fenced(F),
        "1. Do this:\n" + "".join(f"   {line}\n" for line in fenced(F).splitlines()),
        "".join(f"> {line}\n" for line in fenced(F).splitlines()),
        "```python\n" + F,
        "```python\n" + F + "\nThis pays for x, which is good.",
        fenced(F.rstrip("\n")).replace("}```", "}\n```"),
        "```python\n" + F.rstrip("\n") + "```\nDone.",
        F,
        "Here is my reward function:\n\n" + F + "\nNote: it doubles x (and nothing else.",
        "Reasoning: I choose x.\n" + F,
        "<think>maybe\n" + fenced(OLD) + "</think>\n" + fenced(F),
        "maybe\n" + fenced(OLD) + "</think>\n" + fenced(F),
        "<reasoning>" + OLD + "</reasoning>" + F,
        "Before:\n" + fenced(OLD) + "After:\n" + fenced(F),
        fenced(OLD) + "```python\n" + F,
        fenced(OLD + "\n\n" + F),
        fenced(F) + "How to install:\n" + fenced("pip install numpy\n", info="bash"),
        fenced('{"weights": [1, 2]}\n', info="json") + fenced(F),
        fenced(F) + fenced("result = compute_reward(3)\nprint(result)\n"),
        fenced(F + "\nprint(compute_reward(1.0))\n"),
        fenced(F + "\n# Example usage\nx = 3.0\nreward, parts = compute_reward(x)\nprint(reward)\n"),
        fenced(F + "\nif __name__ == '__main__':\n    print(compute_reward(1.0))\n"),
        fenced("print('loading')\n" + F),
        fenced(F + "\nassert compute_reward(1.0)[0] == 2.0\n"),
        fenced("Here is the code you asked for\n" + F),
        "```python\n" + OLD + "\nand now\n```python\n" + F + "```",
        fenced(F) + "A sketch for later:\n```python\ndef compute_reward(x):\n    r = np.exp(",
    ],
)
def test_the_meant_function_is_taken(text: str) -> None:
    source = source_of(text)
    assert "x * 2.0" in source
    for foreign in ("old", "print", "Example", "__name__", "pip", "assert", "reward, parts"):
        assert foreign not in source


def test_helpers_constants_imports_and_memory_come_along() -> None:
    code = (
        f'"""A module."""\n{NP}import math\n\nSCALE = 0.5  # m\nMEMORY = {{"best": 0.0}}\n\n\n'
        "def squash(x):\n    return np.tanh(x / SCALE)\n\n\n"
        "def compute_reward(x, memory):\n    r = squash(x) * math.pi\n"
        "    return r, {'r': r}, {'best': memory['best']}\n"
    )
    assert source_of(fenced(code)) == code


def test_helpers_of_earlier_blocks_are_joined_in_order() -> None:
    text = (
        fenced(NP + "def inner(x):\n    return np.abs(x)\n\ndef outer(x):\n    return inner(x) / SCALE\n")
        + fenced("SCALE = 2.0\nUNUSED = 3.0\n")
        + fenced("def compute_reward(x):\n    return outer(x), {'x': outer(x)}\n")
    )
    source = source_of(text)
    assert source.startswith(NP)
    assert all(word in source for word in ("def inner", "def outer", "SCALE = 2.0"))
    assert "UNUSED" not in source


def test_the_nearest_earlier_definition_of_a_helper_wins() -> None:
    text = (
        fenced("def h(x):\n    return x\n")
        + fenced("def h(x):\n    return 3 * x\n")
        + fenced("def compute_reward(x):\n    return h(x), {'h': h(x)}\n")
    )
    assert "3 * x" in source_of(text)


def test_a_helper_of_the_quoted_old_version_is_found() -> None:
    old = "def h(x):\n    return x\n\n\n" + OLD
    source = source_of(fenced(old) + fenced("def compute_reward(x):\n    return h(x), {'h': h(x)}\n"))
    assert "def h" in source
    assert "old" not in source


def test_a_forgotten_numpy_import_is_added() -> None:
    source = source_of(
        fenced("def compute_reward(x):\n    r = np.abs(x) + math.pi\n    return r, {'r': r}\n")
    )
    assert source.startswith("import numpy as np\nimport math\n\n\ndef")


def test_comments_and_layout_of_the_code_survive() -> None:
    code = NP + "\n\ndef compute_reward(x):\n    # why\n    r = x  # m\n\n    return r, {'r': r}\n"
    assert source_of(fenced(code)) == code


def test_statements_that_share_a_line_are_told_apart() -> None:
    source = source_of(fenced("import math; print('x')\n" + F))
    assert "import math" in source
    assert "print" not in source


def test_bad_things_are_left_for_the_critic() -> None:
    source = source_of(fenced("import os\n" + F + "\nfor i in range(3):\n    os.remove('x')\n"))
    assert "import os" in source
    assert "os.remove" in source


def test_constants_below_the_function_stay_with_what_they_are_made_of() -> None:
    code = "def compute_reward(x):\n    return x * B, {'x': x}\n\n\nA = 2.0\nB = A * 2.0\n"
    assert source_of(fenced(code)) == code


def test_another_function_can_be_asked_for() -> None:
    code = fenced("def judge(x):\n    return x\n")
    assert extract_reward(code, "judge").source == "def judge(x):\n    return x\n"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "empty"),
        (" \n\t\r\n", "empty"),
        ("<think>only thoughts</think>", "empty"),
        ("<think>thoughts that never end\n" + fenced(F), "empty"),
        ("I'm sorry, but I cannot help with that.", "refusal"),
        ("As an AI I will not write this.", "refusal"),
        ("The reward should pay for speed and punish effort.", "no-code"),
        (fenced("x = 3\n"), "no-code"),
        (fenced("compute_reward = lambda x: (x, {})\n"), "no-code"),
        (fenced("def reward_function(x):\n    return x, {}\n"), "wrong-name"),
        (fenced("def compute_rewards(x):\n    return x, {}\n"), "wrong-name"),
        ("```python\ndef compute_reward(x):\n    r = np.exp(-x", "truncated"),
        ("```python\ndef compute_reward(x):\n    r = x\n", "truncated"),
        (
            "```python\ndef compute_reward(x):\n    r = x\n    if x.ndim > 1:\n        return r, {}\n",
            "truncated",
        ),
        ("```python\nimport numpy as np\n\ndef squash(x", "truncated"),
        ("def compute_reward(x):\n    r = np.exp(-x", "syntax"),
        (fenced("def compute_reward(x):\n    r = x +\n    return r, {}\n"), "syntax"),
        (fenced("def helper(x:\n    return x\n\n" + F), "syntax"),
        (fenced("def compute_reward(x):\nreturn x, {}\n"), "syntax"),
        (fenced("class Reward:\n    def compute_reward(self, x):\n        return x, {}\n"), "not-a-function"),
        (fenced("async def compute_reward(x):\n    return x, {}\n"), "not-a-function"),
        (
            fenced(
                "def make():\n    def compute_reward(x):\n        return x, {}\n    return compute_reward\n"
            ),
            "not-a-function",
        ),
    ],
)
def test_what_cannot_be_taken_is_explained(text: str, rule: str) -> None:
    assert rule_of(text) == rule


def test_a_syntax_error_names_its_line() -> None:
    (finding,) = extract_reward(fenced("def compute_reward(x):\n    r = x +\n    return r, {}\n")).problems
    assert finding.line == 2
    assert "`r = x +`" in finding.what


def test_the_wrong_name_is_told_with_the_nearest() -> None:
    text = fenced("def helper(x):\n    return x\n\n\ndef computeReward(x):\n    return x, {}\n")
    (finding,) = extract_reward(text).problems
    assert "`computeReward` seems to be meant" in finding.fix


def test_deep_nesting_is_no_crash() -> None:
    assert (
        extract_reward(fenced("def compute_reward(x):\n    return " + "(" * 5000 + "x" + ")" * 5000)).source
        is None
    )
    chain = "def compute_reward(x):\n    r = " + "+".join(["x"] * 3000) + "\n    return r, {}\n"
    extract_reward(fenced("import math; print(1)\n" + chain))


PIECES = st.sampled_from(
    [F, OLD, "```", "```python\n", "~~~", "\n", "\r\n", "> ", "    ", "<think>", "</think>", "def ", "(", ")",
     '"""', "compute_reward", "class A:\n", "    return x, {}\n", "x = 1\n", "import os; ", "@", "if x:\n",
     "else:\n", "#", "Note: this\n", "\x00", "\\", "\ud800", "é", "lambda: ", "print(1)\n", "MEMORY = {}\n",
     "'", "{", "}"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=25).map("".join)))
def test_extraction_never_raises_and_never_invents(text: str) -> None:
    extracted = extract_reward(text)
    if extracted.source is None:
        assert extracted.problems
    else:
        tree = ast.parse(extracted.source)
        assert any(isinstance(n, ast.FunctionDef) and n.name == "compute_reward" for n in tree.body)
