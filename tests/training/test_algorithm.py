from __future__ import annotations

import pytest

from eureka_agent.errors import ConfigError
from eureka_agent.training.algorithm import PpoSettings


@pytest.mark.parametrize("name", ["n_envs", "n_steps", "batch_size", "n_epochs"])
def test_zero_worlds_steps_rows_or_epochs_are_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=f"'{name}'.*0"):
        PpoSettings.of({name: 0})


def test_an_unknown_setting_suggests_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'n_envs'"):
        PpoSettings.of({"n_env": 8})
