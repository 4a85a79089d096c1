from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.intrinsic.models.labelled import LabelTable, is_clear, sureness, yes_share

ADDED = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from([0.0, 0.5, 1.0])), max_size=30)


@given(ADDED)
def test_keeps_the_newest_questions_with_their_last_labels(added: list[tuple[str, float]]) -> None:
    table, kept = LabelTable(3), dict[str, float]()
    for name, value in added:
        changed = table.add((name,), value)
        assert changed == (kept.get(name) != value)
        if name not in kept and len(kept) == 3:
            del kept[next(iter(kept))]  # the oldest
        kept[name] = value
        drawn = table.all()
        assert dict(zip([key[0] for key in drawn.keys], drawn.values, strict=True)) == kept
        assert all((key in table) == (key[0] in kept) for key in [(n,) for n in "abcdefgh"])


@given(ADDED, ADDED)
def test_a_restored_table_goes_on_alike(
    before: list[tuple[str, float]], after: list[tuple[str, float]]
) -> None:
    whole, restored = LabelTable(3), LabelTable(3)
    for name, value in before:
        whole.add((name,), value, weight=2.0)
    restored.load_state_dict(whole.state_dict())
    for name, value in after:
        assert whole.add((name,), value) == restored.add((name,), value)
    one, other = whole.all(), restored.all()
    assert one.keys == other.keys
    np.testing.assert_array_equal(one.values, other.values)
    np.testing.assert_array_equal(one.weights, other.weights)
    assert whole.share == restored.share


def test_draws_all_where_there_are_few_and_some_where_there_are_many() -> None:
    table, rng = LabelTable(100), np.random.default_rng(0)
    for number in range(50):
        table.add((str(number),), number % 2, weight=float(number))
    assert len(table.draw(rng, 50).keys) == 50
    drawn = table.draw(rng, 8)
    assert [int(key[0]) for key in drawn.keys] == drawn.weights.tolist()
    assert len(drawn.values) == 8
    assert table.share == 0.5


def test_ties_say_nothing() -> None:
    values = np.array([0.0, 0.5, 0.6])
    assert is_clear(values).tolist() == [True, False, True]
    np.testing.assert_allclose(sureness(values), [1.0, 0.0, 0.2])


def test_the_share_of_yes_is_of_what_labels_say() -> None:
    assert yes_share(np.array([1.0, 1.0, 0.0, 0.0])) == 0.5
    assert abs(yes_share(np.array([0.75, 0.5, 0.0])) - 1 / 3) < 1e-12
    assert yes_share(np.array([0.5])) == yes_share(np.zeros(0)) == 0.5
