"""Natural rewards pay in the portable subset what they pay in their own library; wrong ones do not pass."""

from __future__ import annotations

import pytest
from natural_corpus import FOLDERS, Case, load_cases
from natural_judging import differs

from eureka_agent.rewards import check_source
from eureka_agent.rewards.natural import Normalised, normalise

CASES = load_cases(FOLDERS["tuning"])

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")


def normalised(case: Case) -> Normalised:
    shapes = {signal.name: signal.shape for signal in case.signals}
    return normalise(case.text, shapes, dtypes={signal.name: signal.dtype for signal in case.signals})


def errors(text: str, case: Case) -> list[str]:
    found = check_source(text, [signal.name for signal in case.signals])
    return [str(finding) for finding in found if finding.severity == "error"]


@pytest.mark.parametrize("case", [c for c in CASES if c.valid], ids=lambda case: case.name)
def test_a_valid_one_pays_what_its_original_pays(case: Case) -> None:
    made = normalised(case)
    assert not made.refused
    assert not errors(made.text, case)
    assert differs(case, made.text) == ""


@pytest.mark.parametrize("case", [c for c in CASES if c.valid], ids=lambda case: case.name)
def test_what_came_out_comes_out_again_as_it_is(case: Case) -> None:
    once = normalised(case)
    shapes = {signal.name: signal.shape for signal in case.signals}
    assert normalise(once.text, shapes).text == once.text
    assert len(once.lines) == once.text.count("\n") + 1
    assert set(once.lines) <= set(range(1, case.text.count("\n") + 2))


@pytest.mark.parametrize("case", [c for c in CASES if c.valid], ids=lambda case: case.name)
def test_comments_stay(case: Case) -> None:
    comments = {line[line.index("# ") :].strip() for line in case.text.split("\n") if "# " in line}
    assert all(comment in normalised(case).text for comment in comments)


@pytest.mark.parametrize("case", [c for c in CASES if c.valid], ids=lambda case: case.name)
def test_it_is_read_as_it_was_written(case: Case) -> None:
    assert normalised(case).batched in (case.batched, None)


@pytest.mark.parametrize("case", [c for c in CASES if not c.valid], ids=lambda case: case.name)
def test_a_wrong_one_does_not_pass(case: Case) -> None:
    made = normalised(case)
    assert made.refused or errors(made.text, case), case.why
