"""Numbers beside tensors take the type that torch and NumPy agree on."""

from __future__ import annotations

import pytest
import torch

from eureka_agent.rewards.torch_types import tensor

DTYPES = [torch.bool, torch.int32, torch.int64, torch.float16, torch.float32, torch.float64]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("number", [True, 2, 2.5])
def test_a_number_does_not_widen_a_tensor(dtype: torch.dtype, number: float) -> None:
    like = torch.zeros(3, dtype=dtype)
    assert tensor(number, like).dtype is torch.result_type(like, number)
