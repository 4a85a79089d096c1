"""What a run trains on: what was asked for, as far as it is there, and a reason where it is not."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from dataclasses import replace

import pytest

from eureka_agent.errors import ConfigError, TrainingError
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Stage, Task
from eureka_agent.training.device.choosing import DeviceChoice, choose_device
from eureka_agent.training.device.settings import MINIBATCHES, WORLDS, device_settings
from eureka_agent.training.executor import scrubbed_environment
from eureka_agent.training.simulators.mjx import mjx_missing


def there() -> str:
    return ""


def nowhere() -> str:
    return "JAX sees no GPU."


@pytest.fixture(scope="module")
def cartpole() -> Task:
    return find_task("cartpole")


@pytest.fixture(scope="module")
def hopper() -> Task:
    pytest.importorskip("mujoco")
    return find_task("hopper")


needs_mjx = pytest.mark.skipif(bool(mjx_missing()), reason="needs MJX: pip install 'eureka-agent[gpu]'")


@needs_mjx
def test_auto_takes_a_gpu_where_there_is_one_and_the_task_can_use_it(hopper: Task, cartpole: Task) -> None:
    assert choose_device("auto", "population", hopper, look=there) == DeviceChoice("gpu")
    assert choose_device("auto", "population", hopper, look=nowhere) == DeviceChoice("cpu", nowhere())
    assert "saved policy" in choose_device("auto", "population", hopper, fresh=False, look=there).why
    idle = choose_device("auto", "population", cartpole, look=there)
    assert "no version for a GPU" in idle.why
    assert idle.idle_gpu, "only who has a GPU is told that it is not used"
    assert not choose_device("auto", "population", cartpole, look=nowhere).idle_gpu


def test_the_cpu_is_taken_without_a_word_where_it_was_asked_for(cartpole: Task) -> None:
    assert choose_device("cpu", "population", cartpole, look=there) == DeviceChoice("cpu")
    assert choose_device("auto", "sb3", cartpole, look=there) == DeviceChoice("cpu")


@needs_mjx
def test_a_gpu_that_cannot_be_had_is_an_error(hopper: Task, cartpole: Task) -> None:
    with pytest.raises(TrainingError, match="sees no GPU"):
        choose_device("gpu", "population", hopper, look=nowhere)
    with pytest.raises(TrainingError, match="no version"):
        choose_device("gpu", "population", cartpole, look=there)
    with pytest.raises(TrainingError, match="sb3"):
        choose_device("gpu", "sb3", hopper, look=there)
    sde = replace(hopper, algorithm={**hopper.algorithm, "use_sde": True})
    with pytest.raises(TrainingError, match="State-dependent"):
        choose_device("gpu", "population", sde, look=there)
    staged = replace(hopper, stages=(Stage("easy", 100),))
    with pytest.raises(TrainingError, match="curriculum of hopper"):
        choose_device("gpu", "population", staged, look=there)
    with pytest.raises(TrainingError, match="saved policy"):
        choose_device("gpu", "population", hopper, fresh=False, look=there)


def test_a_device_that_is_none_is_refused(cartpole: Task) -> None:
    with pytest.raises(ConfigError, match="Did you mean 'gpu'"):
        choose_device("gpuu", "population", cartpole)


def test_settings_grow_with_the_worlds_and_stay_a_tasks_own_at_its_own_number(cartpole: Task) -> None:
    own = device_settings(cartpole, cartpole.algorithm["n_envs"])
    assert own.n_steps == cartpole.algorithm["n_steps"]
    grown = device_settings(cartpole)
    assert grown.n_envs == WORLDS
    assert grown.batch_size * MINIBATCHES == grown.rollout
    assert (grown.gamma, grown.learning_rate) == (own.gamma, own.learning_rate)


def test_only_children_that_may_use_a_gpu_see_one(tmp_path) -> None:
    source = {"CUDA_VISIBLE_DEVICES": "3", "OPENAI_API_KEY": "sk-canary"}
    assert scrubbed_environment(tmp_path, source)["CUDA_VISIBLE_DEVICES"] == ""
    seen = scrubbed_environment(tmp_path, source, gpu=True)
    assert seen["CUDA_VISIBLE_DEVICES"] == "3"
    assert "OPENAI_API_KEY" not in seen
    assert "CUDA_VISIBLE_DEVICES" not in scrubbed_environment(tmp_path, {}, gpu=True)


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="needs jax")
def test_choosing_and_asking_load_no_jax() -> None:
    """The run's own process must not take hold of a GPU, nor wait for JAX."""
    names = ("choosing", "settings", "platform", "backend")
    code = "; ".join(f"import eureka_agent.training.device.{name}" for name in names)
    code += "; import sys; print('jax' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
