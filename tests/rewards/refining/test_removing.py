"""A component is taken out of a reward and nothing else of what it pays changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.errors import RewardError
from eureka_agent.rewards.loader import check_reward, load_reward
from eureka_agent.rewards.refining.agreement import disagreement
from eureka_agent.rewards.refining.removing import component_names, without_component
from eureka_agent.rewards.refining.summands import NotASummandError
from eureka_agent.rewards.source import parse_reward

FORWARD = """import numpy as np


def compute_reward(x, y, z):
    forward = x
    upright = np.exp(-np.square(y - 1.25) / 0.1)
    effort = -0.001 * np.square(z)
    reward = forward + 0.5 * upright + effort
    return reward, {"forward": forward, "upright": upright, "effort": effort}
"""
LOOP = """def compute_reward(x):
    parts = {"a": x}
    for n in range(2):
        parts["a"] = parts["a"] + x
    return x, parts
"""

ENVS = Path(__file__).parents[3] / "envs"

SIGNALS = {name: np.random.default_rng(n).normal(size=64).astype(np.float32) for n, name in enumerate("xyz")}

TERMS = (
    "x", "np.square(y)", "np.exp(-np.abs(z))", "x * y", "np.where(z > 0.0, 1.0, 0.0)", "np.tanh(x + z)",
    "0.3 * y", "-z", "np.clip(x - y, -1.0, 1.0)", "bent(z)",
)  # fmt: skip
HEAD = "import numpy as np\n\nWIDTH = 2.0\n\n\ndef bent(value):\n    return value * WIDTH\n\n\n"


def paid(text: str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    reward, components = load_reward(text)(SIGNALS)[:2]
    return np.broadcast_to(reward, 64), {n: np.broadcast_to(v, 64) for n, v in components.items()}


@st.composite
def sums(draw: Any, names: list[str], held: Callable[[str], str]) -> str:
    """A sum of names in random order, with weights, signs and brackets."""
    order = draw(st.permutations(names))
    weight = st.sampled_from(("", "0.5 * ", "2.0 * ", "WIDTH * "))
    text = draw(st.sampled_from(("", "-"))) + draw(weight) + held(order[0])
    for name in order[1:]:
        sign = draw(st.sampled_from((" + ", " - ")))
        text += sign + draw(weight) + held(name)
        if draw(st.booleans()):
            text = draw(st.sampled_from(("({})", "2.0 * ({})", "-({})", "({}) / 4.0"))).format(text)
    return text


@st.composite
def rewards(draw: Any) -> str:
    """A reward of two to five components, its total written in one of the ways that people write it."""
    terms = draw(st.lists(st.sampled_from(TERMS), min_size=2, max_size=5, unique=True))
    parts = {f"part_{n}": term for n, term in enumerate(terms)}
    form = draw(st.sampled_from(("names", "table", "two sums", "in turn", "values", "returned")))
    lines = []
    if form in ("table", "values"):
        lines = ["parts = {}", *(f'parts["{name}"] = {term}' for name, term in parts.items())]
        total = (
            draw(sums([*parts], lambda name: f'parts["{name}"]'))
            if form == "table"
            else "sum(parts.values())"
        )
        return _reward([*lines, f"total = {total}", "return total, parts"])
    commented = draw(st.booleans())  # one above a single assignment of several may be about all of them
    for name, term in parts.items():
        lines += [f"# {name} pays.", f"{name} = {term}"] if commented else [f"{name} = {term}"]
    table = "{" + ", ".join(f'"{name}": {name}' for name in parts) + "}"
    names = [*parts]
    total = draw(sums(names, str))
    if form == "two sums":
        cut = draw(st.integers(1, len(names) - 1))
        lines += [f"first = {draw(sums(names[:cut], str))}"]
        total = f"{draw(sums(names[cut:], str))} + first"
    elif form == "in turn":
        lines += [f"total = {names[0]}", *(f"total = total + {name}" for name in names[1:])]
        return _reward([*lines, f"return total, {table}"])
    elif form == "returned":
        return _reward([*lines, f"return {total}, {table}"])
    return _reward([*lines, f"total = {total}", f"return total, {table}"])


def _reward(lines: list[str]) -> str:
    body = "".join(f"    {line}\n" for line in lines)
    return f'{HEAD}def compute_reward(x, y, z):\n    """Pay."""\n{body}'


@given(rewards(), st.data())
def test_what_is_left_pays_the_rest_and_every_other_component_keeps_its_value(text: str, data: Any) -> None:
    name = data.draw(st.sampled_from(component_names(text)))
    removal = without_component(text, name)
    assert set(component_names(removal.text)) == set(component_names(text)) - {name}
    assert not disagreement(name, removal.weight, full=paid(text), pruned=paid(removal.text))
    assert f"{name} " not in removal.text, "its code and its comment are gone"
    assert "total = total\n" not in removal.text


@given(rewards(), st.data())
def test_removing_all_but_one_leaves_that_one(text: str, data: Any) -> None:
    order = data.draw(st.permutations(component_names(text)))
    left, weight = text, 0.0
    for name in order[:-1]:
        left = without_component(left, name).text
    whole, components = paid(left)
    weight = float(
        np.dot(whole, components[order[-1]]) / np.dot(components[order[-1]], components[order[-1]])
    )
    np.testing.assert_allclose(whole, weight * components[order[-1]], rtol=1e-4, atol=1e-5)
    with pytest.raises(NotASummandError, match="only component"):
        without_component(left, order[-1])


def test_signals_helpers_constants_and_imports_that_nothing_needs_any_longer_go() -> None:
    text = (
        "import math\nimport numpy as np\n\nGAIN = 2.0  # a gain\n# how wide\nWIDTH = 0.5\n\n\n"
        "def near(x):\n    # helper\n    return np.exp(-np.square(x / WIDTH)) * math.pi\n\n\n"
        "def compute_reward(x, y):\n    # Stay near.\n    close = near(x)\n\n    up = GAIN * y  # up\n"
        '    return close + up, {"close": close, "up": up}\n'
    )
    assert without_component(text, "close").text == (
        "GAIN = 2.0  # a gain\n\n\n"
        'def compute_reward(y):\n    up = GAIN * y  # up\n    return up, {"up": up}\n'
    )


def test_comments_go_with_the_line_that_they_are_about_and_others_stay() -> None:
    text = (
        "import numpy as np\n\n\ndef compute_reward(x, y, z):\n"
        "    far = x  # metres\n    # Both of these are small.\n    up = y\n    calm = -0.1 * np.square(z)\n"
        "    reward = (\n        far  # first of all\n        # not too much\n        + 0.5 * up  # half\n"
        "        + calm  # at last\n    )\n"
        '    return reward, {\n        "far": far,\n        # as it is\n        "up": up,  # says\n'
        '        "calm": calm,\n    }\n'
    )
    removal = without_component(text, "up")
    assert removal.weight == 0.5
    assert removal.text == (
        "import numpy as np\n\n\ndef compute_reward(x, z):\n"
        "    far = x  # metres\n    # Both of these are small.\n    calm = -0.1 * np.square(z)\n"
        "    reward = (\n        far  # first of all\n        + calm  # at last\n    )\n"
        '    return reward, {\n        "far": far,\n        "calm": calm,\n    }\n'
    )


def test_code_that_was_unused_before_stays() -> None:
    text = FORWARD.replace("    forward =", "    spare = 2.0 * y\n    forward =")
    assert "spare = 2.0 * y" in without_component(text, "effort").text


def test_a_component_that_another_is_made_of_stays_in_the_code() -> None:
    text = (
        "def compute_reward(x, y):\n    near = -x\n    both = near * y\n"
        '    return near + both, {"near": near, "both": both}\n'
    )
    removal = without_component(text, "near")
    assert "near = -x" in removal.text
    assert parse_reward(removal.text).components == ("both",)


REFUSED = {
    "a product": ("reward = a * b", "line 4 has `a \\* b`"),
    "clipped": ("reward = np.clip(a + b, -1.0, 1.0)", "line 4 has `np.clip"),
    "both ways": ("reward = a + a * b", "line 4 has `a \\* b`"),
    "chosen": ("reward = np.where(x > 0.0, a, b)", "line 4 has `np.where"),
    "not paid": ("reward = b + 1.0", "No term of the total is `a`: it is only reported"),
    "nothing else": ("reward = 2.0 * a", "Nothing else is paid than `a`"),
    "changed since": ("reward = a + b\n    a = a * 2.0", "not visibly|No term"),
    "changed later": (
        "reward = a + b\n    reward = np.where(x > 3.0, reward - 1.0, reward)",
        "line 5 has `np.where",
    ),
    "in a loop": ("reward = b\n    for n in range(2):\n        reward = reward + a", "line 7 has `reward`"),
}


@pytest.mark.parametrize("form", REFUSED)
def test_what_is_not_plainly_a_term_of_a_sum_is_left_alone_with_a_sentence(form: str) -> None:
    lines, why = REFUSED[form]
    head = "import numpy as np\ndef compute_reward(x, y):\n    a, b = x, y * y\n"
    text = f'{head}    {lines}\n    return reward, {{"a": a, "b": b}}\n'
    with pytest.raises(NotASummandError, match=why):
        without_component(text, "a")


@pytest.mark.parametrize("task", [path.parent.name for path in sorted(ENVS.glob("*/reference.py"))])
def test_shipped_rewards_lose_one_component_or_say_why_not(task: str) -> None:
    text = (ENVS / task / "reference.py").read_text()
    names = component_names(text)
    left_alone: dict[str, str] = {}
    for name in names:
        try:
            removal = without_component(text, name)
        except NotASummandError as error:
            left_alone[name] = str(error)
            continue
        check_reward(removal.text)
        assert component_names(removal.text) == tuple(other for other in names if other != name)
    assert all("line" in why and f"`{name}`" in why for name, why in left_alone.items())
    assert len(left_alone) <= len(names) // 2


def test_layout_leaves_correct_python_behind() -> None:
    text = (
        "def compute_reward(x, y, z):\n    total = x \\\n        + y \\\n        + z\n"
        '    return total, {"x": x, "y": y, "z": z}\n'
    )
    assert "total = x \\\n        + y\n" in without_component(text, "z").text
    assert "total = x \\\n        + z\n" in without_component(text, "y").text
    text = "def compute_reward(x, y):\n    return (x - y) * 2 - (y), {'x': x, 'y': y}\n"
    assert "return x * 2, {'x': x}" in without_component(text, "y").text


def test_two_names_for_one_value_are_left_alone() -> None:
    text = 'def compute_reward(x, y):\n    return x + y, {"a": x, "b": 2.0 * x, "c": y}\n'
    with pytest.raises(NotASummandError, match="`a` and `b` are the same value"):
        without_component(text, "a")


def test_a_sum_that_is_used_again_is_left_alone() -> None:
    text = (
        "def compute_reward(x, y, z):\n    a = x\n    b = y\n    both = a + b\n    c = both * z\n"
        '    return both + c, {"a": a, "b": b, "c": c}\n'
    )
    with pytest.raises(NotASummandError, match="`both`, of which `a` is a part, is used more than once"):
        without_component(text, "a")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (LOOP, "changes `parts` in a branch or a loop"),
        ("def compute_reward(x):\n    return x, {'a': x, 'a': x}\n", "named twice"),
        ("def compute_reward(x):\n    if 1:\n        return x, {}\n    return x, {}\n", "single return"),
        ("def compute_reward(x):\n    return x, dict(a=x)\n", "dict"),
    ],
)  # fmt: skip
def test_components_that_the_text_does_not_show_are_an_error(text: str, why: str) -> None:
    with pytest.raises((RewardError, NotASummandError), match=why):
        without_component(text, component_names(text)[0])


def test_what_rests_on_recorded_steps_says_where_it_differs() -> None:
    removal = without_component(FORWARD, "upright")
    assert removal.weight == 0.5
    full = (np.array([3.0, 4.0]), {"forward": np.array([1.0, 2.0]), "upright": np.array([4.0, 4.0])})
    left = {"forward": np.array([1.0, 2.0])}
    assert not disagreement("upright", 0.5, full=full, pruned=(np.array([1.0, 2.0]), left))
    said = disagreement("upright", 1.0, full=full, pruned=(np.array([1.0, 2.0]), left))
    assert "2 instead of 0" in said or "1 instead of -1" in said
    assert "`forward` is another" in disagreement(
        "upright", 0.5, full=full, pruned=(full[0], {"forward": np.zeros(2)})
    )
    assert "components are" in disagreement("upright", 0.5, full=full, pruned=(full[0], {}))
