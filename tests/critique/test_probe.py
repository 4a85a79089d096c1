"""The probe runs rewards for real: each of these passes or nearly passes the static rules."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import pytest

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.critique import Critic, ProbeCheck, StaticCheck, refused
from eureka_agent.critique.critic import NOTHING_KNOWN
from eureka_agent.isolation.client import RewardWorker
from eureka_agent.isolation.layout import SignalLayout
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.findings import Finding
from eureka_agent.tasks.registry import find_task
from eureka_agent.trajectories import inspect_environment


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RewardSandbox]:
    with RewardSandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def probe(sandbox: RewardSandbox) -> ProbeCheck:
    task = find_task("cartpole")
    return ProbeCheck(task, inspect_environment(task, seed=0, steps=512), sandbox)


def reward(arguments: str, *lines: str, above: str = "") -> str:
    body = "\n    ".join(lines)
    return f"import numpy as np\n\n{above}\n\ndef compute_reward({arguments}):\n    {body}\n"


def rules(findings: list[Finding]) -> set[tuple[str, str]]:
    return {(finding.rule, finding.severity) for finding in findings}


def test_a_good_reward_has_nothing_said_about_it(probe: ProbeCheck) -> None:
    source = reward(
        "pole_angle, cart_position",
        "upright = np.exp(-np.square(pole_angle / 0.1))",
        "centred = -10.0 * np.abs(cart_position)",
        'return upright + centred, {"upright": upright, "centred": centred}',
    )
    assert probe(source) == []


def test_a_helper_that_hides_a_mean_over_worlds_is_found(probe: ProbeCheck) -> None:
    source = reward(
        "pole_angle",
        "stacked = np.stack([pole_angle, pole_angle], axis=-1)",
        "total = np.sum(np.sum(stacked[:, :], axis=-1)[:, None] * np.ones_like(stacked), axis=-1)",
        "mixed = pole_angle - total[::-1]",
        'return mixed, {"mixed": mixed}',
    )
    assert ("row-independence", "error") in rules(probe(source)) or refused(
        Critic([StaticCheck(find_task("cartpole"))])(source)
    )


def test_nan_is_refused_with_the_place(probe: ProbeCheck) -> None:
    (finding,) = probe(reward("pole_angle", "r = np.log(pole_angle)", 'return r, {"r": r}'))
    assert finding.severity == "error"
    assert "finite" in finding.what or "NaN" in finding.what


def test_a_wrong_shape_is_refused(probe: ProbeCheck) -> None:
    (finding,) = probe(reward("action", 'return action, {"action": action}'))
    assert finding.severity == "error"
    assert "shape" in finding.what


def test_an_exception_tells_its_type_and_line(probe: ProbeCheck) -> None:
    (finding,) = probe(
        reward(
            "pole_angle, action",
            "r = pole_angle + np.stack([action, pole_angle], axis=-1)",
            'return r, {"r": r}',
        )
    )
    assert finding.severity == "error"
    assert "ValueError" in finding.what


def test_a_constant_reward_and_an_ignored_signal_are_warnings(probe: ProbeCheck) -> None:
    constant = probe(reward("pole_angle", "r = np.ones_like(pole_angle)", 'return r, {"r": r}'))
    assert rules(constant) == {("constant-reward", "warning")}
    idle = probe(
        reward("pole_angle, cart_position", "far = np.where(cart_position > 1e6, 1.0, 0.0)",
               "r = np.abs(pole_angle)", 'return r + far, {"r": r, "far": far}')
    )  # fmt: skip
    assert ("no-reaction", "warning") in rules(idle)


def test_scale_and_dominance_are_warnings(probe: ProbeCheck) -> None:
    source = reward(
        "pole_angle, cart_position",
        "big = 1e7 * np.abs(pole_angle)",
        "small = np.abs(cart_position)",
        'return big + small, {"big": big, "small": small}',
    )
    assert {("scale", "warning"), ("dominant-component", "warning")} <= rules(probe(source))


@pytest.mark.parametrize(("seconds_a_run", "slow"), [((0.5,) * 5, True), ((0.5, 0.5, 0.01), False)])
def test_a_slow_reward_is_refused_unless_one_of_its_runs_was_fast(
    sandbox: RewardSandbox, seconds_a_run: Sequence[float], slow: bool
) -> None:
    task = find_task("cartpole")
    readings = itertools.chain.from_iterable((0.0, seconds) for seconds in seconds_a_run)
    check = ProbeCheck(
        task, inspect_environment(task, seed=0, steps=512), sandbox, clock=lambda: next(readings)
    )
    source = reward("pole_angle", "r = np.cos(pole_angle)", 'return r, {"r": r}')
    assert (("cost", "error") in rules(check(source))) == slow
    assert not list(readings)  # every run that was allowed was timed, and none after a fast one


def test_a_reward_that_hangs_is_refused_in_time(probe: ProbeCheck) -> None:
    source = reward(
        "pole_angle",
        "r = pole_angle",
        "for i in range(250):",
        "    for j in range(250):",
        "        for k in range(250):",
        "            r = np.cos(r)",
        'return r, {"r": r}',
    )
    (finding,) = probe(source)
    assert finding.severity == "error"


def test_memory_is_probed_world_by_world(probe: ProbeCheck) -> None:
    source = reward(
        "pole_angle, memory",
        'best = np.minimum(memory["best"], np.abs(pole_angle))',
        'return -best, {"best": best}, {"best": best}',
        above='MEMORY = {"best": 1.0}\n',
    )
    assert not refused(probe(source))


def test_static_errors_spare_the_probe(probe: ProbeCheck) -> None:
    asked: list[str] = []

    def never(source: str, briefing: Briefing = NOTHING_KNOWN) -> list[Finding]:
        asked.append(source)
        return []

    findings = Critic([StaticCheck(find_task("cartpole")), never])(
        "def compute_reward(pole_angel):\n    return 1\n"
    )
    assert refused(findings)
    assert not asked
    assert any("pole_angle" in str(finding) for finding in findings)


class Deadly(RewardSandbox):
    """Kills the first workers that it starts."""

    def __init__(self, sandbox: RewardSandbox, deaths: int) -> None:
        self.inner, self.deaths = sandbox, deaths

    def spawn(
        self, source_text: str, layout: SignalLayout, *, timeout_s: float = 10.0, plain: bool = False
    ) -> RewardWorker:
        worker = self.inner.spawn(source_text, layout, timeout_s=timeout_s, plain=plain)
        if self.deaths:
            self.deaths -= 1
            self.inner.kill(worker)
        return worker

    def kill(self, worker: RewardWorker) -> None:
        self.inner.kill(worker)


@pytest.mark.parametrize(("deaths", "refused"), [(1, False), (2, True)])
def test_a_reward_is_refused_for_its_workers_death_only_if_that_comes_twice(
    sandbox: RewardSandbox, deaths: int, refused: bool
) -> None:
    task = find_task("cartpole")
    check = ProbeCheck(task, inspect_environment(task, seed=0, steps=512), Deadly(sandbox, deaths))
    found = [finding.rule for finding in check(task.reference) if finding.severity == "error"]
    assert found == (["probe"] if refused else [])


def test_a_reward_that_dies_where_the_cart_may_get_is_refused(probe: ProbeCheck) -> None:
    source = reward("cart_position", "r = np.sqrt(4.0 - np.abs(cart_position))", 'return r, {"r": r}')
    errors = [finding for finding in probe(source) if finding.severity == "error"]
    assert [finding.rule for finding in errors] == ["declared-range"]
    assert "`cart_position` at -4." in errors[0].what


def test_a_reward_with_memory_is_asked_at_the_ends_of_ranges_too(probe: ProbeCheck) -> None:
    source = reward(
        "cart_position, memory",
        "r = np.sqrt(4.0 - np.abs(cart_position))",
        'return r, {"r": r}, {"last": cart_position}',
        above='MEMORY = {"last": 0.0}\n',
    )
    assert ("declared-range", "error") in rules(probe(source))


def test_components_that_do_not_add_up_are_a_warning_with_numbers(probe: ProbeCheck) -> None:
    source = reward(
        "pole_angle, cart_position",
        "upright = np.cos(pole_angle)",
        "away = np.square(cart_position)",
        'return upright - 5.0 * away, {"upright": upright, "away": away}',
    )
    (found,) = [finding for finding in probe(source) if finding.rule == "components-sum"]
    assert found.severity == "warning"
    assert "do not add up to the reward in" in found.what
    assert "the reward is" in found.what
    assert "sign and weight" in found.fix


def test_a_component_that_holds_anothers_value_is_a_warning(probe: ProbeCheck) -> None:
    source = reward(
        "pole_angle, cart_position",
        "upright, centred = np.cos(pole_angle), -np.abs(cart_position)",
        'return upright + centred, {"upright": upright, "centred": upright, "rest": centred}',
    )
    found = {finding.rule: finding.what for finding in probe(source)}
    assert found["same-component"] == "The component `centred` holds what component `upright` holds."
    whole = reward(
        "pole_angle, cart_position",
        "upright, centred = np.cos(pole_angle), -np.abs(cart_position)",
        "r = upright + centred",
        'return r, {"upright": upright, "total": r}',
    )
    found = {finding.rule: finding.what for finding in probe(whole)}
    assert found["same-component"] == "The component `total` holds what the reward itself holds."


def test_a_reward_that_reads_progress_is_asked_from_0_to_1(probe: ProbeCheck) -> None:
    moves = reward(
        "pole_angle, progress",
        "early = (1.0 - progress) * np.cos(pole_angle)",
        "late = progress * np.square(pole_angle / 0.1)",
        'return early + late, {"early": early, "late": late}',
    )
    assert probe(moves) == []
    remembers = reward(
        "pole_angle, progress, memory",
        'steps = memory["steps"] + 1.0',
        "r = np.cos(pole_angle) + progress * np.minimum(steps, 10.0)",
        'return r, {"r": r}, {"steps": steps}',
        above='MEMORY = {"steps": 0.0}',
    )
    assert probe(remembers) == []


@pytest.mark.parametrize("share", ["0.0", "0.5", "1.0", "0.25"])
def test_a_reward_that_fails_somewhere_in_a_training_is_refused(probe: ProbeCheck, share: str) -> None:
    source = reward(
        "pole_angle, progress", f"r = np.cos(pole_angle) / (progress - {share})", 'return r, {"r": r}'
    )
    (finding,) = probe(source)
    assert finding.severity == "error"
    if share == "0.25":  # between the shares that every step is asked at
        assert (finding.rule, "`progress` at 0.25" in finding.what) == ("declared-range", True)


def test_a_progress_that_changes_nothing_is_told(probe: ProbeCheck) -> None:
    idle = reward("pole_angle, progress", "r = np.cos(pole_angle) + 0.0 * progress", 'return r, {"r": r}')
    (finding,) = probe(idle)
    assert (finding.rule, "`progress`" in finding.what) == ("no-reaction", True)
