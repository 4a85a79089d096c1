from __future__ import annotations

import pytest

from eureka_agent.errors import ConfigError
from eureka_agent.training.algorithm import PpoSettings


@pytest.mark.parametrize("name", ["n_envs", "n_steps", "batch_size", "n_epochs"])
def test_zero_worlds_steps_rows_or_epochs_are_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=f"'{name}'.*0"):
        PpoSettings.of({name: 0})


@pytest.mark.parametrize("name", ["glyphs", "vocabulary", "embedding"])
def test_an_encoder_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=f"'{name}'.*0"):
        PpoSettings.of({"encoder": "glyphs", name: 0})


def test_an_unknown_encoder_suggests_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'glyphs'") as caught:
        PpoSettings.of({"encoder": "glyph"})
    assert caught.value.allowed == "flat or glyphs"


def test_settings_of_an_encoder_that_is_not_chosen_are_refused_unless_flat_is_said() -> None:
    with pytest.raises(ConfigError, match="glyphs and embedding") as caught:
        PpoSettings.of({"glyphs": 9, "embedding": 4})
    assert 'encoder = "glyphs"' in caught.value.fix
    assert PpoSettings.of({"encoder": "flat", "glyphs": 9}).encoder == "flat"


def test_an_unknown_setting_suggests_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'n_envs'"):
        PpoSettings.of({"n_env": 8})
