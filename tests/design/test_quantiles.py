from __future__ import annotations

import numpy as np

from eureka_agent.design.quantiles import quantiles_of

RAMP = np.linspace(0.0, 1.0, 1001)


def test_short_vectors_are_told_element_by_element_and_long_ones_as_a_whole() -> None:
    told = quantiles_of(
        {
            "height": RAMP,
            "prev_height": RAMP,
            "speed": np.stack([RAMP, 100.0 * RAMP], axis=-1),
            "joints": np.stack([RAMP] * 16 + [100.0 + RAMP] * 16, axis=-1),
            "beams": np.stack([RAMP] * 20 + [100.0 + RAMP] * 20, axis=-1),
        }
    )
    assert told["height"] == "0.05, 0.5, 0.95"
    assert told["speed"] == "0.05, 0.5, 0.95; 5, 50, 95"
    assert told["joints"].split("; ")[15:17] == ["0.05, 0.5, 0.95", "1e+02, 1e+02, 1e+02"]
    assert told["beams"].split(", ")[0] == "0.1"
    assert ";" not in told["beams"]
    assert "prev_height" not in told


def test_safety_signals_are_followed_by_the_extremes_of_their_size() -> None:
    force = np.concatenate([np.full(980, -1.0), np.full(20, -9100.0)])
    told = quantiles_of({"height": RAMP, "force": force}, safety=["force"])
    assert told == {"height": "0.05, 0.5, 0.95", "force": "-1, -1, -1, 9.1e+03, 9.1e+03"}
