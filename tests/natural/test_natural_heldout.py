"""Rewards that the normaliser was not written for: what it accepts pays what the original pays."""

from __future__ import annotations

import pytest
from natural_corpus import FOLDERS, Case, load_cases
from natural_judging import differs, portable

from eureka_agent.rewards import check_source

VALID = [case for case in load_cases(FOLDERS["heldout"]) if case.valid]
ACCEPTED = 69
"""How many of them passed the static rules when this was measured last; never fewer."""

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")


def accepted(case: Case) -> str:
    """Return a case's portable text, or nothing where it is refused."""
    made = portable(case)
    known = [signal.name for signal in case.signals]
    wrong = made.refused or any(f.severity == "error" for f in check_source(made.text, known))
    return "" if wrong else made.text


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.name)
def test_what_is_accepted_pays_what_the_original_pays(case: Case) -> None:
    text = accepted(case)
    if text:
        assert differs(case, text) == ""


def test_no_fewer_are_accepted_than_before() -> None:
    assert sum(bool(accepted(case)) for case in VALID) >= ACCEPTED
