"""A natural reward comes out in the portable subset, with a note for each change, or not at all."""

from __future__ import annotations

import pytest

from eureka_agent.rewards import check_source
from eureka_agent.rewards.natural import normalise

HEAD = "import numpy as np\n\n\ndef compute_reward(x, v):\n"
SIGNALS = {"x": (), "v": (3,)}


def test_what_the_critic_accepts_comes_out_byte_for_byte() -> None:
    text = HEAD + '    r = np.sum(v,  axis = -1) + x # odd  spaces\n\n    return r, {"r": r}'
    made = normalise(text, SIGNALS)
    assert (made.text, made.rewrites, made.batched) == (text, (), None)


def test_an_augmented_assignment_keeps_its_comment_and_gets_a_note() -> None:
    text = HEAD + '    r = 2.0 * x  # far\n    r *= x + 1.0  # near\n    return r, {"r": r}\n'
    made = normalise(text, SIGNALS)
    assert made.text == text.replace("r *= x + 1.0", "r = r * (x + 1.0)")
    assert [(note.line, note.what) for note in made.rewrites] == [
        (6, "`r *= x + 1.0` became `r = r * (x + 1.0)`.")
    ]


def test_torch_becomes_numpy_with_its_own_defaults() -> None:
    text = (
        "import torch\n\n\n@torch.jit.script\ndef compute_reward(x: torch.Tensor, v: torch.Tensor):\n"
        '    r = x + v.std(dim=-1)\n    return r, {"r": r}\n'
    )
    made = normalise(text, SIGNALS)
    assert not check_source(made.text, SIGNALS)
    assert "np.std(v, axis=-1) * (3 / 2) ** 0.5" in made.text
    assert made.lines[made.text.split("\n").index('    return r, {"r": r}')] == 7


@pytest.mark.parametrize(
    "line",
    ["a = v\n    a += 1.0", "v += 1.0", "r = v[:, 0:1]\n    r += x", "b = x > 0\n    b += x"],
    ids=["alias", "signal", "shape", "type"],
)
def test_writing_into_what_is_not_ones_own_is_refused(line: str) -> None:
    text = HEAD + f'    {line}\n    r = x + v[:, 0]\n    return r, {{"r": r}}\n'
    made = normalise(text, SIGNALS)
    assert made.refused
    assert made.text == text


def test_a_refusal_comes_with_what_else_no_rewriting_could_allow() -> None:
    text = (
        "import os\nimport torch\n\n\ndef compute_reward(hieght):\n"
        "    return os.getpid() + torch.rand(3), {'a': hieght}\n"
    )
    refused = normalise(text, {"height": ()}).refused
    rules = [(finding.rule, finding.line) for finding in refused]
    assert ("forbidden-import", 1) in rules
    assert ("unknown-signal", 5) in rules
    assert ("forbidden-import", 2) not in rules, "torch itself may be read"
    assert len(rules) == len(set(rules))
