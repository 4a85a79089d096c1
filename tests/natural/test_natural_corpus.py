"""The corpus is what it says: valid originals run in their own library, world by world; wrong ones do not."""

from __future__ import annotations

import ast

import numpy as np
import pytest
from natural_corpus import FOLDERS, Case, load_cases, original_output, random_signals
from natural_judging import differs

CASES = [case for folder in FOLDERS.values() if folder.exists() for case in load_cases(folder)]
VALID = [case for case in CASES if case.valid]

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.name)
def test_a_valid_original_pays_each_world_by_its_own_row(case: Case) -> None:
    signals = random_signals(case)
    with np.errstate(all="ignore"):
        whole = original_output(case, signals)
        few = original_output(case, {name: array[7:10] for name, array in signals.items()})
    assert np.ptp(whole.reward) > 0
    np.testing.assert_allclose(few.reward, whole.reward[7:10], rtol=1e-4, atol=1e-4)
    for name, values in whole.components.items():
        np.testing.assert_allclose(few.components[name], values[7:10], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("folder", [f for f in FOLDERS.values() if f.exists()], ids=lambda f: f.name)
def test_every_file_is_a_case_and_every_case_a_file(folder) -> None:
    cases = load_cases(folder)
    assert {case.path.name for case in cases} == {path.name for path in folder.glob("*.py")}
    assert all(case.why for case in cases if not case.valid)


def test_arguments_are_signals_unless_that_is_what_is_wrong() -> None:
    for case in VALID:
        function = next(
            node for node in ast.parse(case.text).body
            if isinstance(node, ast.FunctionDef) and node.name == case.function
        )  # fmt: skip
        assert [a.arg for a in function.args.args][: len(case.signals)] == [s.name for s in case.signals], (
            case.name
        )


def test_a_reward_that_pays_something_else_is_told_from_its_original() -> None:
    case = next(case for case in CASES if case.name == "plain_hopper")
    assert differs(case, case.text) == ""
    assert "reward is" in differs(case, case.text.replace("-1.0, 4.0", "-1.0, 3.9"))
    assert "components" in differs(case, case.text.replace('"effort"', '"cost"'))
