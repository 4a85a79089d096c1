"""Programs put together at random from the forms pay in the portable subset what they pay as written."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from natural_corpus import Case
from natural_judging import differs

from eureka_agent.rewards.natural import normalise
from eureka_agent.tasks.task import Signal

SIGNALS = (
    Signal("a", (), low=-2.0, high=2.0),
    Signal("b", (), low=-2.0, high=2.0),
    Signal("u", (3,), low=-1.5, high=1.5),
    Signal("w", (3,), low=-1.5, high=1.5),
)
SHAPES = {signal.name: signal.shape for signal in SIGNALS}
SLOW = settings(
    max_examples=60,
    derandomize=True,  # the same programs everywhere: a search for others is no test
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

LEAVES = {
    "numpy": ["r", "c", "a", "b", "0.5", "-1.0", "2"],
    "torch": ["r", "c", "a", "b"],
}
ROW_LEAVES = [
    "u[0]",
    "w[-1]",
    "np.sum(u)",
    "w.mean()",
    "u.max()",
    "np.linalg.norm(u - w)",
    "np.dot(u, w)",
    "u @ w",
    "np.min([a, u[1]])",
    "(u * w).sum()",
    "np.abs(u).sum()",
    "(u + a).sum()",
    "np.std(w)",
    "u[:2].sum()",
]
BATCH_LEAVES = [
    "u[:, 0]",
    "w[:, -1]",
    "u.sum(axis=1)",
    "np.mean(w, axis=-1)",
    "u.max(axis=1)",
    "np.linalg.norm(u - w, axis=1)",
    "np.einsum('ij,ij->i', u, w)",
    "np.min([a, b], axis=0)",
    "(u * a[:, None]).sum(axis=-1)",
    "np.stack([a, b]).max(axis=0)",
]
TORCH_LEAVES = [
    "u[:, 0]",
    "w[..., -1]",
    "u.sum(dim=1)",
    "w.mean(-1)",
    "u.max(dim=1)[0]",
    "torch.norm(u - w, dim=-1)",
    "u.std(dim=1)",
    "w.median(dim=1).values",
    "torch.stack([a, b]).amax(0)",
    "a.clamp(-1, 1)",
    "torch.max(a, b)",
    "torch.sigmoid(a)",
]


@st.composite
def numbers(draw: st.DrawFn, leaves: list[str], depth: int = 2) -> str:
    """Return an expression of one number a world."""
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from(leaves))
    inner = numbers(leaves, depth - 1)
    sign = draw(st.sampled_from(["+", "-", "*"]))
    return f"({draw(inner)} {sign} {draw(inner)})"


@st.composite
def conditions(draw: st.DrawFn, leaves: list[str]) -> str:
    sign = draw(st.sampled_from(["<", ">", "<=", ">="]))
    return f"({draw(numbers(leaves, 1))} + a) {sign} {draw(st.sampled_from(['0.3', '-0.5', 'b']))}"


@st.composite
def row_statements(draw: st.DrawFn, depth: int = 2, indent: str = "    ") -> list[str]:
    """Return lines of a reward for one world."""
    leaves = [*LEAVES["numpy"], *ROW_LEAVES, "min(a, b)", "max(0.1, a)", "abs(b)", "float(a)", "math.tanh(a)"]
    made = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["=", "+=", "-=", "*=", "if", "choice", "loop", "slot"]))
        if kind in ("if", "loop") and depth == 0:
            kind = "+="
        if kind == "if":
            joint = draw(st.sampled_from([" and ", " or "]))
            test = joint.join(draw(st.lists(conditions(leaves), min_size=1, max_size=2)))
            made.append(f"{indent}if {test}:")
            made += draw(row_statements(depth - 1, indent + "    "))
            if draw(st.booleans()):
                made.append(f"{indent}elif {draw(conditions(leaves))}:  # otherwise")
                made += draw(row_statements(depth - 1, indent + "    "))
            if draw(st.booleans()):
                made.append(f"{indent}else:")
                made += draw(row_statements(depth - 1, indent + "    "))
        elif kind == "loop":
            made.append(f"{indent}for i in range(3):")
            made.append(f"{indent}    r += 0.1 * u[i] * w[i]")
            made.append(f"{indent}    if u[i] > w[i]:")
            made.append(f"{indent}        c -= 0.2")
        elif kind == "choice":
            value = (
                f"{draw(numbers(leaves, 1))} if {draw(conditions(leaves))} else {draw(numbers(leaves, 1))}"
            )
            made.append(f"{indent}c = {value}")
        elif kind == "slot":
            made.append(f"{indent}v[{draw(st.integers(0, 2))}] = {draw(numbers(leaves, 1))} + 0.0 * a")
        else:
            name = draw(st.sampled_from(["r", "c"]))
            made.append(f"{indent}{name} {kind} {draw(numbers(leaves))}")
    return made


@st.composite
def batch_statements(draw: st.DrawFn, leaves: list[str], torch: bool) -> list[str]:
    """Return lines of a reward for all worlds."""
    made = []
    for _ in range(draw(st.integers(2, 6))):
        kind = draw(st.sampled_from(["=", "+=", "-=", "*=", "mask", "masked", "where", "column"]))
        name = draw(st.sampled_from(["r", "c"]))
        if kind == "mask":
            sign = draw(st.sampled_from(["=", "+=", "*="]))
            made.append(f"    {name}[{draw(conditions(leaves))}] {sign} 0.5")
        elif kind == "masked":
            made.append(f"    m = {draw(conditions(leaves))}")
            made.append(
                f"    {name}[m] = {draw(st.sampled_from(['b[m]', '2 * a[m]', 'a[m] * b[m]', '0.1']))}"
            )
        elif kind == "where":
            library = "torch" if torch else "np"
            values = f"{draw(numbers(leaves, 1))}, {draw(numbers(leaves, 1))}"
            made.append(f"    {name} = {library}.where({draw(conditions(leaves))}, {values}) + 0.0 * a")
        elif kind == "column":
            made.append(f"    v[:, {draw(st.integers(0, 2))}] = {draw(numbers(leaves, 1))}")
        elif kind == "=":
            made.append(f"    {name} = 1.0 * {draw(numbers(leaves))} + 0.0 * a")  # an array, to write into
        else:
            made.append(f"    {name} {kind} {draw(numbers(leaves))}")
    return made


def assert_pays_the_same(folder: Path, library, batched: bool, lines: list[str]) -> None:
    head = {"numpy": "import math\nimport numpy as np\n", "torch": "import torch\n"}[library]
    end = f"v.sum({'axis=1' if library == 'numpy' else 'dim=1'})" if batched else "np.sum(v)"
    text = "\n".join(
        [head, "", "def compute_reward(a, b, u, w):", *lines, f"    r = r + {end} + 0.0 * (a + b)",
         f"    c = c + 0.0 * (u[{':, 0' if batched else '0'}] + w[{':, 0' if batched else '0'}])",
         '    return r, {"c": c, "r": r}', ""]
    )  # fmt: skip
    path = folder / "reward.py"
    path.write_text(text)
    case = Case("generated", path, library, "", batched, True, "", "compute_reward", SIGNALS)
    made = normalise(text, SHAPES)
    assert not made.refused, f"{made.refused}\n{text}"
    difference = differs(case, made.text)
    assert difference == "", f"{difference}\n{text}\n{made.text}"


@SLOW
@given(lines=row_statements())
def test_a_reward_for_one_world(tmp_path_factory, lines: list[str]) -> None:
    start = ["    r = a * 1.0", "    c = 0.0", "    v = np.zeros(3)"]
    assert_pays_the_same(tmp_path_factory.mktemp("row"), "numpy", False, [*start, *lines])


@SLOW
@given(lines=batch_statements([*LEAVES["numpy"], *BATCH_LEAVES], torch=False))
def test_a_reward_for_all_worlds(tmp_path_factory, lines: list[str]) -> None:
    start = ["    r = a * 1.0", "    c = np.zeros_like(b)", "    v = np.zeros_like(u)"]
    assert_pays_the_same(tmp_path_factory.mktemp("batch"), "numpy", True, [*start, *lines])


@SLOW
@given(lines=batch_statements([*LEAVES["torch"], *TORCH_LEAVES], torch=True))
def test_a_torch_reward_for_all_worlds(tmp_path_factory, lines: list[str]) -> None:
    start = ["    r = a * 1.0", "    c = torch.zeros_like(b)", "    v = torch.zeros(u.shape[0], 3)"]
    assert_pays_the_same(tmp_path_factory.mktemp("torch"), "torch", True, [*start, *lines])
