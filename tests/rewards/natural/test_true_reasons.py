"""A refusal names the line that has no portable form, and not what comes with its library."""

from __future__ import annotations

import pytest

from eureka_agent.rewards.natural import normalise

SIGNALS = {"x": (), "v": (3,), "w": (2,)}
HEAD = "import torch\nfrom typing import Dict\n\n\ndef compute_reward(x: torch.Tensor, v: torch.Tensor, w):\n"
RESULT = '    return r, {"r": r}\n'


@pytest.mark.parametrize(
    ("lines", "line", "told"),
    [
        ("    r = x * 1.0\n    while x > 0:\n        r = r - 1\n", 7, "while"),
        ("    r = x * 1.0\n    with torch.no_grad():\n        r = r + 1.0\n", 7, "with"),
        ("    r = torch.quantile(v, 0.5, dim=-1)\n", 6, "torch.quantile"),
        ("    q = 2.0 * x\n    r = q.quantize(3)\n", 7, "quantize"),
        ("    r = x * UNKNOWN\n", 6, "UNKNOWN"),
        ("    r = x * v.data.sum(dim=-1)\n", 6, "v.data"),
        ("    r = x * {1.0, 2.0}.pop()\n", 6, "sets"),
    ],
)
def test_the_line_is_named_and_not_the_import(lines: str, line: int, told: str) -> None:
    finding = normalise(HEAD + lines + RESULT, SIGNALS).refused[0]
    assert finding.line == line
    assert told in finding.what
    assert finding.fix
    assert "import" not in finding.what


@pytest.mark.parametrize(
    ("term", "written"),
    [
        ("torch.sum(v ** 2)", "torch.sum(v ** 2, dim=-1)"),
        ("v.abs().mean()", "v.abs().mean(dim=-1)"),
        ("torch.norm(v)", "torch.norm(v, dim=-1)"),
        ("v.square().sum().sqrt()", "v.square().sum(dim=-1)"),
        ("v.std()", "v.std(dim=-1)"),
    ],
)
def test_a_forgotten_dim_is_refused_with_what_to_write(term: str, written: str) -> None:
    text = f"{HEAD}    d = torch.norm(w, dim=-1)\n    r = x - d - {term}\n{RESULT}"
    (finding,) = normalise(text, SIGNALS).refused
    assert (finding.rule, finding.line) == ("natural-mixed", 7)
    assert written in finding.fix
    assert not normalise(text.replace(term.removesuffix(".sqrt()"), written), SIGNALS).refused


@pytest.mark.parametrize(
    "count",
    ["num_envs = x.shape[0]", "batch_size = len(x)", "bs = x.size(0)"],
)
def test_who_counts_worlds_by_name_is_not_read_as_code_for_one(count: str) -> None:
    name = count.split(" ")[0].rstrip(",")
    text = (
        f"import torch\n\n\ndef compute_reward(x, y):\n    {count}\n"
        f"    r = torch.exp(-torch.norm(x - y, dim=-1)) / {name}\n    return r, {{'r': r}}\n"
    )
    made = normalise(text, {"x": (3,), "y": (3,)})
    assert made.refused
    assert made.refused[0].line == 5
