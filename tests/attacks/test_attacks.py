"""Every program of the corpus, in every mode and way: what it was after did not happen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from arena import MODES, WAYS, Arena, arena
from attack import ATTACKS, Attack
from sandbox_helpers import eventually
from scene import Scene
from table import Results, names_in_table

from eureka_agent.isolation.bubblewrap import find_bubblewrap

BY_NAME = {attack.name: attack for attack in ATTACKS}

SUCCEEDS_WITHOUT_LAYERS = {
    "secrets/environment_of_another": "it found out: key",
    "secrets/ssh_key": "it found out: home_key",
    "network/tcp": "TCP listener",
    "network/udp": "UDP listener",
    "network/unix_socket": "Unix listener",
    "network/abstract_socket": "abstract listener",
    "files/in_the_home_folder": "it made",
    "files/in_the_temporary_folder": "it made",
    "files/symbolic_link": "it made",
    "files/append": "a decoy was changed",
    "files/delete": "a decoy was changed",
    "processes/read_memory": "it found out: victim",
    "processes/memory_file": "it found out: victim",
    "processes/change_limits": "the victim was changed",
    "processes/trace": "the victim was changed",
    "processes/machine_code": "it took the prize",
    "ending/daemon": "processes live on",
    "hidden/class_tree": "it made",
    "processes/kill_another": "the victim was killed",  # last: the victim stays dead
}
"""The control: attacks and what they do where nothing stops them, so that the tests below mean something."""


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with Scene() as scene:
        yield scene


@pytest.fixture(scope="module", params=MODES)
def place(request: pytest.FixtureRequest, scene: Scene) -> Iterator[Arena]:
    if request.param == "bubblewrap" and find_bubblewrap() is None:
        pytest.skip("bubblewrap is not installed")
    with arena(request.param, scene) as place:
        yield place


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_nothing_comes_of_it(place: Arena, attack: Attack, way: str, results: Results) -> None:
    outcome = place.run(attack, way)
    results.note(attack, place.mode, way, outcome)
    assert not outcome.effects, f"{attack.says} {outcome}"


@pytest.fixture(scope="module")
def nothing() -> Iterator[Arena]:
    """A place with a scene of its own, in which no layer holds."""
    with Scene() as scene, arena("nothing", scene) as place:
        yield place


@pytest.mark.parametrize("name", SUCCEEDS_WITHOUT_LAYERS)
def test_the_same_attack_succeeds_where_nothing_stops_it(nothing: Arena, name: str) -> None:
    effects = list(nothing.run(BY_NAME[name], "raw").effects)

    def succeeded() -> bool:
        effects.extend(nothing.scene.effects(""))  # a victim that was signalled takes a moment to stop or die
        return any(SUCCEEDS_WITHOUT_LAYERS[name] in effect for effect in effects)

    assert eventually(succeeded), effects


def test_what_stands_behind_seccomp_is_noted(
    request: pytest.FixtureRequest, scene: Scene, results: Results
) -> None:
    if not request.config.getoption("--write-table", False):
        pytest.skip("only for the table in SECURITY.md")
    with arena("no seccomp", scene) as place:
        for attack in ATTACKS:
            results.note(attack, place.mode, "raw", place.run(attack, "raw"))


def test_every_attack_says_what_it_tries() -> None:
    assert len(ATTACKS) >= 60
    assert all(attack.says.endswith(".") for attack in ATTACKS)


def test_the_table_in_the_security_policy_is_of_these_attacks() -> None:
    assert names_in_table() == [attack.name for attack in ATTACKS]
