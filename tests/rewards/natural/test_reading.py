"""Whether code is of one world or of all is read from its axes, indices and shapes."""

from __future__ import annotations

import pytest

from eureka_agent.rewards.natural import normalise

SIGNALS = {"x": (), "v": (3,), "col": (1,)}
HEAD = "import numpy as np\n\n\ndef compute_reward(x, v, col):\n"
END = '    return r, {"r": r + 0.0 * x}\n'


def read(lines: str):
    body = "".join(f"    {line}\n" for line in lines.split("\n"))
    return normalise(HEAD + body + END, SIGNALS)


@pytest.mark.parametrize(
    ("lines", "batched"),
    [
        ("r = v[:, 0].clip(0, 1) + col[:, 0]", True),
        ("r = v.sum(axis=1) + col[:, 0]", True),
        ("r = np.zeros(len(x)) + v[:, 1]", True),
        ("r = v[0].clip(0, 1)", False),
        ("r = np.linalg.norm(v)", False),
        ("r = v.sum()", False),
        ("r = 1.0 if x > 0 else 0.0", False),
        ("r = x * 1.0\nr += 1.0", None),
        ("r = v.sum(axis=-1)", None),
    ],
)
def test_evidence_decides(lines: str, batched: bool | None) -> None:
    made = read(lines)
    assert not made.refused
    assert made.batched is batched


@pytest.mark.parametrize(
    "lines",
    [
        "r = v[:, 0] * 1.0\nif x > 0:\n    r += 1.0",
        "r = v[:, 0] + v[0].sum()",
        "r = np.linalg.norm(v) + v[:, 1]",
    ],
)
def test_mixed_evidence_is_refused(lines: str) -> None:
    made = read(lines)
    assert [finding.severity for finding in made.refused] == ["error"]
    assert made.text.startswith(HEAD)


@pytest.mark.parametrize(
    ("lines", "rule", "line"),
    [
        ("r = x * 1.0\nr += x.mean()\nr += v[:, 0]", "natural-worlds", 6),
        ("r = 2.0 * col\nr += x\nr = r[:, 0]", "natural-shape", 6),
        ("a = v * 1.0\nb = a\nb += 1.0\nr = a.sum(axis=1)", "in-place", 7),
        ("a = v * 1.0\nb = a[:, 0]\nb += 1.0\nr = a.sum(axis=1)", "in-place", 7),
        ("v[:, 0] = 0.0\nr = v.sum(axis=1)", "in-place", 5),
        ("m = v > 0\nm[:, 0] = 0.5\nr = v[:, 0] * m[:, 0]", "natural-type", 6),
        ("r = x * 1.0\nr[v[:, 0] > 0] = v[:, 1]", "natural", 6),
        ("r = np.sort(v, axis=1)[:, 0]", "call-form", 5),
        ("if x > 0:\n    r = 1.0", "natural-unset", 7),
    ],
)
def test_a_refusal_names_its_rule_and_line(lines: str, rule: str, line: int) -> None:
    (finding,) = read(lines).refused
    assert (finding.rule, finding.line) == (rule, line)
    assert finding.what
    assert finding.fix


def test_lines_of_findings_lead_back_to_the_original() -> None:
    branches = ["if v[0] > 0:  # up", "    # a bonus", "    r += 1.0", "", "elif v[1] > 0:", "    r += 2.0"]
    made = read("\n".join(["r = x * 1.0", *branches, "r = r * 2.0  # end"]))
    places = {made.text.split("\n")[i].strip(): line for i, line in enumerate(made.lines)}
    assert places["# a bonus"] == 7
    assert places["r = r * 2.0  # end"] == 12
    assert next(line for text, line in places.items() if text.endswith("r + 2.0, r)")) == 10


def test_every_comment_is_kept_where_code_goes() -> None:
    lines = ["y = (x  # first", "     + v.sum())  # second", "r = np.stack([", "    y,  # third", "    x,"]
    made = read("\n".join([*lines, "]).sum()  # fourth"]))
    assert all(f"# {word}" in made.text for word in ("first", "second", "third", "fourth"))
