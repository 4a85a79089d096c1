"""Which questions are asked where there are more than may be."""

from __future__ import annotations

from caption_streams import column, said

from eureka_agent.intrinsic.annotation.rotation import Rotation
from eureka_agent.intrinsic.models.classification import Classification
from eureka_agent.intrinsic.models.settings import ModelSettings

TEXTS = [f"caption {i}" for i in range(20)]


def test_no_more_than_may_be_are_chosen_as_they_come() -> None:
    assert Rotation(9).choose(TEXTS[:4], 4) == TEXTS[:4]
    assert Rotation(9).choose([], 4) == []


def test_half_is_chosen_by_rank_and_every_other_comes_to_its_turn() -> None:
    rotation = Rotation(100)
    chosen = [rotation.choose(TEXTS, 6) for _ in range(7)]
    assert all(texts[:3] == TEXTS[:3] and len(set(texts)) == 6 for texts in chosen)
    assert {text for texts in chosen for text in texts} == set(TEXTS)
    assert chosen[6][3:] == [TEXTS[4], TEXTS[5], TEXTS[6]]


def test_a_restored_one_goes_on_alike_and_both_are_bounded() -> None:
    rotation, restored = Rotation(5), Rotation(5)
    for _ in range(4):
        rotation.choose(TEXTS, 6)
    restored.load_state_dict(rotation.state_dict())
    assert len(rotation.state_dict()["turns"]) == 6
    assert [restored.choose(TEXTS, 6) for _ in range(5)] == [rotation.choose(TEXTS, 6) for _ in range(5)]


def test_captions_that_nobody_labels_do_not_keep_others_from_being_asked() -> None:
    model = Classification(ModelSettings(questions=8), seed=1)
    refused, fine = [f"refused {i}" for i in range(8)], [f"fine {i}" for i in range(10)]
    steps = column([*refused, *refused, *fine])
    labelled = set()
    for _ in range(8):
        asked = [question.captions[0] for question in model.observe(steps)]
        labelled |= {text for text in asked if text in fine}
        model.ingest([said(text, 1.0) for text in asked if text in fine])
    assert labelled == set(fine)
