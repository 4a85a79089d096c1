from __future__ import annotations

import numpy as np
import pytest

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.models.encoding import Encoder
from eureka_agent.intrinsic.models.network import Network, Slopes

TEXTS = ["open the door", "", "the door is open", "a key", "open the door"]
BAGS = Encoder(dimension=32).bags(TEXTS)


def network(seed: int = 3, **changed: object) -> Network:
    return Network(**({"seed": seed, "dimension": 32, "width": 3, "hidden": 4} | changed))  # pyright: ignore


def test_gradients_agree_with_finite_differences() -> None:
    net = network(extra={"extra": 0.3}, dtype=np.float64)
    target = np.array([1.0, -0.5, 2.0, 0.0, -1.0])

    def loss() -> float:
        off = net.outputs(BAGS) - target
        return float(0.5 * (off**2).sum() + 2 * net.extra("extra") ** 2)

    slopes = Slopes(net.outputs(BAGS) - target, {"extra": 4 * net.extra("extra")})
    checked = 0
    for name, gradient in net.gradients(BAGS, slopes).items():
        values = net.parameters[name]
        for place in np.ndindex(values.shape):
            before, step = values[place], 1e-5
            values[place] = before + step
            above = loss()
            values[place] = before - step
            numeric = (above - loss()) / (2 * step)
            values[place] = before
            assert gradient[place] == pytest.approx(numeric, abs=1e-7)
            checked += numeric != 0
    assert checked > 40


def test_texts_without_n_grams_and_no_texts_have_finite_outputs() -> None:
    outputs = network().outputs(BAGS)
    assert np.isfinite(outputs).all()
    assert outputs[0] == pytest.approx(outputs[4], abs=1e-6)
    assert network().outputs(Encoder(dimension=32).bags([])).shape == (0,)
    network().update(Encoder(dimension=32).bags([""]), lambda out: Slopes(np.ones_like(out), {}))


def test_many_texts_are_computed_in_several_goes_alike() -> None:
    encoder = Encoder()
    texts = [f"caption {i}" if i % 7 else "" for i in range(600)]
    net = Network(seed=1, dimension=2**14)
    alone = np.concatenate([net.outputs(encoder.bags([text])) for text in texts])
    np.testing.assert_allclose(net.outputs(encoder.bags(texts)), alone, atol=1e-6)


def test_updates_reduce_the_loss_and_leave_other_n_grams() -> None:
    net = network(rate=0.05)
    target = np.array([1.0, 0.0, -1.0, 0.5, 1.0])
    before = net.parameters["embedding"].copy()
    first = float(((net.outputs(BAGS) - target) ** 2).sum())
    for _ in range(200):
        net.update(BAGS, lambda outputs: Slopes(outputs - target, {}))
    assert float(((net.outputs(BAGS) - target) ** 2).sum()) < 0.05 * first
    changed = np.flatnonzero((net.parameters["embedding"] != before).any(axis=1))
    assert set(changed) == set(BAGS.indices)


def test_the_seed_decides_what_it_begins_with() -> None:
    np.testing.assert_array_equal(network(3).outputs(BAGS), network(3).outputs(BAGS))
    assert (network(3).outputs(BAGS) != network(4).outputs(BAGS)).any()


def test_decay_shrinks_what_nothing_teaches() -> None:
    net = network(rate=0.1, decay=0.5)
    before = np.abs(net.parameters["hidden"]).sum()
    for _ in range(50):
        net.update(BAGS, lambda outputs: Slopes(np.zeros_like(outputs), {}))
    assert np.abs(net.parameters["hidden"]).sum() < 0.2 * before


def test_a_state_holds_what_was_learned_and_no_more() -> None:
    net = Network(seed=1, dimension=2**14)
    assert sum(array.nbytes for array in net.state_dict().values()) < 2_000
    bags = Encoder().bags(TEXTS)
    net.update(bags, lambda outputs: Slopes(outputs, {}))
    saved = net.state_dict()
    other = Network(seed=1, dimension=2**14)
    other.update(Encoder().bags(["what is forgotten"]), lambda outputs: Slopes(outputs, {}))
    other.load_state_dict(saved)
    for one in (net, other):
        one.update(bags, lambda outputs: Slopes(outputs - 1, {}))
    for name, values in net.parameters.items():
        np.testing.assert_array_equal(values, other.parameters[name])


def test_a_state_of_another_seed_or_a_damaged_one_is_refused() -> None:
    with pytest.raises(ConfigError, match="seed 3, not 4"):
        network(4).load_state_dict(network(3).state_dict())
    saved = network(3).state_dict()
    with pytest.raises(ConfigError, match=r"'hidden.rows' is missing"):
        network(3).load_state_dict({key: value for key, value in saved.items() if key != "hidden.rows"})
