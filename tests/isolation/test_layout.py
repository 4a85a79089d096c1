from __future__ import annotations

import json

import numpy as np
import pytest

from eureka_agent.errors import WorkerError
from eureka_agent.isolation import SignalLayout


def test_views_do_not_overlap_and_survive_json():
    built = SignalLayout.build([("a", (), "float32"), ("b", (3,), "float32"), ("c", (2, 2), "int32")], 5, 4)
    layout = SignalLayout.from_json(json.loads(json.dumps(built.to_json())))
    assert layout == built
    region = bytearray(layout.input_bytes)
    views = layout.signal_views(region)
    assert {name: view.shape for name, view in views.items()} == {"a": (5,), "b": (5, 3), "c": (5, 2, 2)}
    for number, view in enumerate(views.values(), 1):
        view[...] = number
    layout.resets_view(region)[...] = True
    assert [float(view.min()) for view in views.values()] == [1.0, 2.0, 3.0]
    assert [float(view.max()) for view in views.values()] == [1.0, 2.0, 3.0]
    assert layout.output_view(bytearray(layout.output_bytes)).shape == (5, 5)


def test_views_over_read_only_memory_are_read_only():
    layout = SignalLayout.build([("a", (), np.float32)], 4)
    view = layout.signal_views(bytes(layout.input_bytes))["a"]
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 1.0


@pytest.mark.parametrize(
    ("signals", "capacity"),
    [([("a", (), "float64")], 4), ([("a", (), "float32"), ("a", (2,), "float32")], 4), ([], 0)],
)
def test_layouts_that_cannot_be_are_refused(signals: list, capacity: int):
    with pytest.raises(WorkerError):
        SignalLayout.build(signals, capacity)
