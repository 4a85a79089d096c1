"""A short fuzzing of saved rewards; `benchmarks/fuzz_saved.py` goes on for long."""

from __future__ import annotations

import pytest
from fuzzed_saved import Tally, fuzz_saved, try_input
from saved_grammar import given
from saved_importer import Importer
from saved_writers import WRITERS

SEED = 0
FILES, CONTROLS = 2_000, 2_000
SEPARATOR = "\u2028"


@pytest.fixture(scope="module")
def tally() -> Tally:
    return fuzz_saved(range(FILES), seed=SEED)


def test_no_saved_file_does_anything_when_it_is_imported(tally: Tally) -> None:
    assert tally.effects == []


def test_every_saved_file_is_what_was_checked_and_pays_what_is_trained_on(tally: Tally) -> None:
    assert tally.disagreements == []
    assert tally.compared > FILES // 25


def test_enough_files_get_as_far_as_an_import(tally: Tally) -> None:
    assert tally.files == FILES
    assert tally.imported >= FILES // 5
    assert tally.unwritten == 0


def test_the_fuzzing_finds_the_hole_that_the_header_writer_once_had() -> None:
    numbers = [number for number in range(CONTROLS) if SEPARATOR in given(SEED, number).source]
    effects = fuzz_saved(numbers, seed=SEED, writer="old").effects
    without = Tally()
    with Importer() as importer:
        for fault in effects:
            input_ = given(SEED, fault.number)
            spaces = input_._replace(source=input_.source.replace(SEPARATOR, " "))
            try_input(without, importer, WRITERS["old"], fault.number, spaces)
    assert len(effects) > len(without.effects)
    assert any("import of os" in word for fault in effects for word in fault.words)


def test_equal_numbers_give_equal_files() -> None:
    assert [given(SEED, number) for number in range(50)] == [given(SEED, number) for number in range(50)]
    assert given(SEED, 0) != given(SEED + 1, 0)
