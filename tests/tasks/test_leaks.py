"""Nothing a designer reads speaks of the native reward or of the fitness code, unless asked to."""

from __future__ import annotations

import inspect
import re

import pytest
from mujoco_fakes import MUJOCO

from eureka_agent.tasks import Task, find_task
from eureka_agent.tasks.docsections import reward_sections, without_rewards

BUNDLED = ["acrobot", "cartpole", "mountain_car", "mountain_car_weak", "pendulum", *MUJOCO]
GYM = ["CartPole-v1", "Pendulum-v1", "MountainCarContinuous-v0", "MountainCar-v0", "Acrobot-v1",
       "FrozenLake-v1", "Blackjack-v1", "CliffWalking-v1", "CliffWalking-v1"]  # fmt: skip
ALL = [*BUNDLED, *(f"gym:{name}" for name in GYM), "fake_envs:well_behaved"]

FORBIDDEN = re.compile(
    r"reward|penal|bonus|(?<![a-z])costs?(?![a-z])|angle_normalize|0\.001 ?\*|\*\* ?2 \+ 0\.1|math\.pow|"
    r"secret_number|payment|steps_beyond_terminated|fitness",
    re.IGNORECASE,
)


def read_by_designer(task: Task) -> str:
    signals = [f"{s.name} {s.unit} {s.meaning}" for s in task.all_signals]
    return "\n".join([task.name, task.description, task.safety, task.context, *signals])


@pytest.mark.parametrize("name", ALL)
def test_no_reward_reaches_the_designer(name: str) -> None:
    task = find_task(name)
    found = FORBIDDEN.search(read_by_designer(task))
    assert found is None, found
    assert task.env_reward == ""


@pytest.mark.parametrize("name", BUNDLED)
def test_no_fitness_code_reaches_the_designer(name: str) -> None:
    task = find_task(name)
    function = task.fitness_step or task.fitness_episode
    lines = [line.strip() for line in inspect.getsource(function).splitlines()[2:]]  # type: ignore[arg-type]
    assert not any(line in read_by_designer(task) for line in lines if line)


@pytest.mark.parametrize(
    ("name", "words", "code"),
    [
        ("gym:CartPole-v1", "sutton_barto_reward", "if not terminated:"),
        ("pendulum", "theta_dt<sup>2</sup>", "costs = angle_normalize(th) ** 2"),
        ("gym:MountainCarContinuous-v0", "-0.1 * action", "reward -= math.pow(action[0], 2) * 0.1"),
        ("hopper", "forward_reward_weight", "def healthy_reward"),
        ("humanoid_stand_one_leg", "healthy_reward", "def contact_cost"),
        ("acrobot", "reward of -1", "reward = -1.0 if not terminated else 0.0"),
        ("fake_envs:well_behaved", "secret_number 41", "payment = self.secret_number"),
    ],
)
def test_the_reward_is_shown_where_asked_for(name: str, words: str, code: str) -> None:
    task = find_task(name, show_env_reward=True)
    assert words in task.env_reward
    assert code in task.env_reward
    assert FORBIDDEN.search(read_by_designer(task)) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gym:CartPole-v1", ["gravity = 9.8", "x < -self.x_threshold", "Pole Angular Velocity"]),
        ("pendulum", ["max_torque = 2.0", "g = 10.0", "def _get_obs", "newthdot = np.clip("]),
        ("mountain_car", ["goal_position = 0.45", "terminated = bool(position >= self.goal_position"]),
        ("mountain_car_weak", ["power = 0.00075", "goal_position = 0.45", "terminated = bool("]),
        ("hopper_jump", ["_healthy_z_range = [0.5, inf]", "def is_healthy", "Observation Space"]),
        ("gym:Hopper-v5", ["_reset_noise_scale = 0.005", "_healthy_angle_range = (-0.2, 0.2)"]),
        ("acrobot", ["def _terminal", "def _get_ob", "MAX_VEL_1"]),
        (
            "fake_envs:well_behaved",
            ["speed_limit = 7.0", "def _get_obs", "self.count += int(min(1.0, self.speed_limit))"],
        ),
    ],
)
def test_what_helps_is_there(name: str, expected: list[str]) -> None:
    context = find_task(name).context
    assert [part for part in expected if part not in context] == []


def test_a_constant_that_only_the_reward_reads_is_not_told_though_the_text_names_it() -> None:
    assert "_contact_force_range =" not in find_task("gym:Ant-v5").context


@pytest.mark.parametrize("name", MUJOCO)
def test_the_environment_s_own_goal_does_not_stand_beside_the_task_s(name: str) -> None:
    assert (
        re.search(
            r"the goal of|goal is to|as fast as possible|forward \(right\)", find_task(name).context, re.I
        )
        is None
    )


def test_signals_named_after_rewards_are_left_out() -> None:
    names = " ".join(signal.name for signal in find_task("fake_envs:well_behaved").signals)
    assert "height" in names
    assert "reward" not in names.lower()


DOC = """Walks.

The walker pays attention. It gets a reward of 3 for each step. It has legs.

## Rewards
Three a step.

### Healthy part
Also counted.

## Observation Space
| Num | What |
| 0   | leg  |
| 1   | ctrl_cost so far |

- a leg
- a bonus, which
  goes on

Episode End
-----------
When it falls.
"""


def test_documentation_is_cut_at_headings_items_and_sentences() -> None:
    kept = without_rewards(DOC)
    assert "Three a step" not in kept
    assert "Also counted" not in kept
    assert "reward of 3" not in kept
    assert "bonus" not in kept
    assert "goes on" not in kept
    assert "ctrl_cost" not in kept
    assert "It has legs." in kept
    assert "When it falls." in kept
    assert "- a leg" in kept
    assert "Three a step" in reward_sections(DOC)
