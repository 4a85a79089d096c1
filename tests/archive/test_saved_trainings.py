"""What early stops saved is counted in whole trainings, and never more than was saved."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.archive.candidate import Candidate, EarlyStop, Evaluation, Status
from eureka_agent.archive.saved_trainings import trainings_saved

PLANNED = 100


def trained(index: int, steps: int, *, stopped: bool = False, stage: str = "search") -> Candidate:
    stop = EarlyStop(checkpoint=1, env_steps=steps, of=PLANNED, behind=1.0, allowed=0.5) if stopped else None
    one = Evaluation(stage, 0, 0, 1.0, (1.0,), steps, 0.0, 0, stopped=stop)
    status = Status.STOPPED if stopped else Status.TRAINED
    return Candidate(0, index, "seed", status=status, evaluations=(one,))


def test_whole_trainings_alone_count() -> None:
    whole = [trained(0, 100), trained(1, 90)]
    assert trainings_saved(whole) == 0
    assert trainings_saved([*whole, trained(2, 40, stopped=True)]) == 0
    assert trainings_saved([*whole, trained(2, 40, stopped=True), trained(3, 60, stopped=True)]) == 1


def test_where_nobody_went_to_the_end_nothing_is_known_to_be_saved() -> None:
    assert trainings_saved([trained(0, 10, stopped=True), trained(1, 10, stopped=True)]) == 0
    assert trainings_saved([]) == 0
    assert trainings_saved([trained(0, 100, stage="confirm"), trained(1, 1, stopped=True)]) == 0


@given(st.lists(st.tuples(st.integers(0, PLANNED), st.booleans()), max_size=20))
def test_what_is_paid_for_fits_into_what_was_planned(drawn: list[tuple[int, bool]]) -> None:
    candidates = [trained(n, steps, stopped=stopped) for n, (steps, stopped) in enumerate(drawn)]
    used = sum(steps for steps, _ in drawn)
    assert used + trainings_saved(candidates) * PLANNED <= len(drawn) * PLANNED
