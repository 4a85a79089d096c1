from __future__ import annotations

import threading
import time

import pytest

from eureka_agent.budget import Ledger
from eureka_agent.errors import BudgetExhaustedError, ModelError

GO, STOP = threading.Event(), threading.Event()
STOP.set()


def test_what_is_settled_counts_and_the_reservation_is_given_back() -> None:
    ledger = Ledger(1.0)
    with ledger.reserved(0.9, GO) as reservation:
        reservation.settle(0.1)
    with ledger.reserved(0.9, GO) as reservation:
        reservation.settle(0.2)
    with pytest.raises(BudgetExhaustedError, match="may be spent"), ledger.reserved(0.8, GO):
        pass


@pytest.mark.parametrize(("cost", "lost", "left"), [(None, 0, 0.6), (0.1, 1, 0.5), (0.0, 0, 1.0)])
def test_what_is_unknown_or_lost_counts_at_its_worst(cost: float | None, lost: int, left: float) -> None:
    ledger = Ledger(1.0)
    with ledger.reserved(0.4, GO) as reservation:
        reservation.settle(cost, lost=lost)
    with ledger.reserved(left - 1e-9, GO):
        pass
    with pytest.raises(BudgetExhaustedError), ledger.reserved(left + 1e-9, GO):
        pass


def test_a_request_that_never_settles_counts_at_its_worst() -> None:
    ledger = Ledger(1.0)
    with pytest.raises(ModelError), ledger.reserved(0.7, GO):
        raise ModelError("no answer")
    with pytest.raises(BudgetExhaustedError), ledger.reserved(0.4, GO):
        pass


def test_what_was_spent_before_counts_and_free_requests_always_fit() -> None:
    ledger = Ledger(1.0, spent_usd=1.0)
    with ledger.reserved(0.0, GO):
        pass
    with pytest.raises(BudgetExhaustedError), ledger.reserved(0.01, GO):
        pass


def test_an_unknown_price_fits_no_budget_and_needs_none() -> None:
    with (
        pytest.raises(BudgetExhaustedError, match="price of a request is unknown"),
        Ledger(1.0).reserved(None, GO),
    ):
        pass
    with Ledger(None).reserved(None, GO):
        pass


def test_a_request_waits_until_another_is_settled() -> None:
    ledger, order = Ledger(1.0), []

    def second() -> None:
        with ledger.reserved(0.8, GO) as reservation:
            order.append("second")
            reservation.settle(0.1)

    with ledger.reserved(0.8, GO) as reservation:
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.05)
        order.append("first")
        reservation.settle(0.1)
    thread.join(60)
    assert order == ["first", "second"]


def test_waiting_for_money_ends_when_the_person_stops() -> None:
    ledger = Ledger(1.0)
    with ledger.reserved(0.8, GO), pytest.raises(ModelError, match="stopped"), ledger.reserved(0.8, STOP):
        pass


def test_many_threads_never_reserve_more_than_there_is() -> None:
    ledger, running, most = Ledger(1.0), [0.0], [0.0]
    lock = threading.Lock()

    def ask() -> None:
        with ledger.reserved(0.3, GO) as reservation:
            with lock:
                running[0] += 0.3
                most[0] = max(most[0], running[0])
            time.sleep(0.002)
            with lock:
                running[0] -= 0.3
            reservation.settle(0.001)

    threads = [threading.Thread(target=ask) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert 0.3 <= most[0] <= 1.0
