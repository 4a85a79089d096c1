"""Labels on disk."""

from __future__ import annotations

import json
import tempfile
import threading
from pathlib import Path

import pytest
from annotator_fakes import ask
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.errors import StoreError
from eureka_agent.intrinsic.annotation.annotators import Source
from eureka_agent.intrinsic.annotation.label_cache import LabelCache
from eureka_agent.intrinsic.annotation.questions import Label

ANYBODY = Source("model", "prompt", "reach the flag")
HEADER = '{"labels": 1}\n'


def line(**changes: object) -> str:
    data = {
        "annotator": "model",
        "prompt": "prompt",
        "goal": "reach the flag",
        "captions": ["a"],
        "value": 1.0,
        "votes": 1,
    }
    return json.dumps(data | changes) + "\n"


def test_labels_are_kept_and_of_equal_questions_the_last_counts(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "labels.jsonl"
    cache = LabelCache(path)
    cache.put(ANYBODY, [Label(ask("a"), 1.0, votes=3), Label(ask("a", "b"), 0.5)])
    cache.put(ANYBODY, [Label(ask("a", "b"), 0.0)])
    for read in (cache, LabelCache(path)):
        assert read.get(ANYBODY, ask("a")) == Label(ask("a"), 1.0, votes=3)
        assert read.get(ANYBODY, ask("a", "b")) == Label(ask("a", "b"), 0.0)
        assert (len(read), read.damaged, read.sources()) == (2, 0, (ANYBODY,))


def test_single_answers_are_kept_as_they_came_and_turn_round_with_their_pair(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    label = Label(ask("a", "b"), 0.75, 4, (1.0, 1.0, 0.0, 1.0))
    LabelCache(path).put(ANYBODY, [label])
    read = LabelCache(path)
    assert read.get(ANYBODY, ask("a", "b")) == label
    assert read.get_either(ANYBODY, ask("b", "a")) == Label(ask("b", "a"), 0.25, 4, (0.0, 0.0, 1.0, 0.0))
    assert read.kept() == [(ANYBODY.goal, ANYBODY, label)]
    assert read.get(ANYBODY, ask("a", "b"), votes=4) == label
    assert read.get(ANYBODY, ask("a", "b"), votes=5) is None


@pytest.mark.parametrize("answers", [[1.0], [1.0, 2.0], [1.0, True], [1.0, None], "ab", {"a": 1, "b": 1}])
def test_answers_that_are_none_or_not_as_many_as_votes_are_no_label(tmp_path: Path, answers: object) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text(HEADER + line(votes=2, answers=answers) + line(votes=2, answers=[1, 0.5]))
    read = LabelCache(path)
    assert (len(read), read.damaged) == (1, 1)
    assert read.get(ANYBODY, ask("a")) == Label(ask("a"), 1.0, 2, (1.0, 0.5))


def test_a_label_is_that_of_one_annotator_prompt_goal_and_order() -> None:
    cache = LabelCache()
    cache.put(ANYBODY, [Label(ask("a", "b"), 1.0)])
    others = [
        Source("x", "prompt", "reach the flag"),
        Source("model", "x", "reach the flag"),
        Source("model", "prompt", "x"),
    ]
    assert [cache.get(source, ask("a", "b")) for source in others] == [None] * 3
    assert cache.get(ANYBODY, ask("b", "a")) is None
    assert cache.get(ANYBODY, ask("a", "b", variant="v")) == Label(ask("a", "b", variant="v"), 1.0)


def test_a_person_stands_above_every_annotator_before_and_after(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    cache = LabelCache(path)
    cache.put(ANYBODY, [Label(ask("a"), 1.0)])
    cache.corrected(ask("a"), 0.0, goal=ANYBODY.goal)
    cache.put(ANYBODY, [Label(ask("a"), 1.0)])
    for read in (cache, LabelCache(path)):
        for source in (ANYBODY, Source("another", "", ANYBODY.goal)):
            assert read.get(source, ask("a")) == Label(ask("a"), 0.0)
        assert read.get(Source("model", "prompt", "another goal"), ask("a")) is None


def test_a_corrected_pair_answers_both_orders_and_the_last_correction_counts() -> None:
    cache = LabelCache()
    cache.corrected(ask("a", "b"), 1.0, goal="g")
    assert cache.get(Source("", "", "g"), ask("b", "a")) == Label(ask("b", "a"), 0.0)
    cache.corrected(ask("b", "a"), 1.0, goal="g")
    assert cache.get(Source("", "", "g"), ask("a", "b")) == Label(ask("a", "b"), 0.0)


def test_a_torn_last_line_is_left_out_and_what_follows_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text(HEADER + line() + line(captions=["b"])[:-9])
    cache = LabelCache(path)
    assert (len(cache), cache.damaged) == (1, 1)
    cache.put(ANYBODY, [Label(ask("c"), 1.0)])
    again = LabelCache(path)
    assert again.get(ANYBODY, ask("c")) == Label(ask("c"), 1.0)
    assert (len(again), again.damaged) == (2, 1)


def test_a_torn_header_is_no_other_file(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text(HEADER[:5])
    LabelCache(path).put(ANYBODY, [Label(ask("a"), 1.0)])
    assert len(LabelCache(path)) == 1


DAMAGED = [
    "no json\n", "[]\n", "null\n", "[" * 5_000 + "\n", line(value=2), line(value=-0.1), line(value=True),
    line(value="1"), line(value=None), line(votes=0), line(votes=1.5), line(votes=True), line(captions=[]),
    line(captions=[""]), line(captions=["a", "a"]), line(captions=["a", "b", "c"]), line(captions="a"),
    line(captions=[1]), line(captions=None), line(captions=["a" * 2_000]), line(goal=None), line(extra=1),
    line(annotator=["model"]), line(prompt="p" * 10_000), line(value="x")[:20] + "\n", "\xff\xfe\n",
    line().replace("1.0", "NaN"), line().replace("1.0", "1e999"), line(captions=["x" * 200_000]),
    json.dumps({"goal": "g", "captions": ["a"], "corrected": 7}) + "\n",
]  # fmt: skip


@pytest.mark.parametrize("damaged", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_line_is_counted_and_the_rest_is_read(damaged: str, tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text(HEADER + damaged + line(captions=["after"]), encoding="latin-1")
    cache = LabelCache(path)
    assert cache.get(ANYBODY, ask("after")) == Label(ask("after"), 1.0)
    assert (len(cache), cache.damaged) == (1, 1)


def test_hostile_captions_are_data(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    hostile = ['"}\n{"labels": 99}', "\ud800 \u2028 \x00", "$(touch /tmp/x)", '{"goal":"g"}']
    LabelCache(path).put(ANYBODY, [Label(ask(text), 0.25) for text in hostile])
    read = LabelCache(path)
    assert [read.get(ANYBODY, ask(text)) for text in hostile] == [Label(ask(text), 0.25) for text in hostile]
    assert read.damaged == 0
    assert path.read_text().isascii()


@given(st.binary(max_size=200))
def test_whatever_follows_the_header_is_read_without_an_error(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "labels.jsonl"
        path.write_bytes(HEADER.encode() + data)
        assert len(LabelCache(path)) == 0


def test_a_file_of_another_kind_or_a_later_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    for text, complaint in (("my notes\n", "no file of labels"), ('{"labels": 2}\n', "later version")):
        path.write_text(text)
        with pytest.raises(StoreError, match=complaint):
            LabelCache(path)
        assert path.read_text() == text


def test_links_and_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text(HEADER)
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for path in (tmp_path / "link", tmp_path):
        with pytest.raises(StoreError, match="cannot be read"):
            LabelCache(path)
    late = LabelCache(tmp_path / "late")
    (tmp_path / "late").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="Could not write"):
        late.put(ANYBODY, [Label(ask("a"), 1.0)])
    assert (tmp_path / "elsewhere").read_text() == HEADER


def test_others_may_append_at_the_same_time(tmp_path: Path) -> None:
    """Whole lines, one system call each: nothing is torn, and a second header does no harm."""
    path = tmp_path / "labels.jsonl"

    def write(who: int) -> None:
        cache = LabelCache(path)
        for number in range(30):
            cache.put(ANYBODY, [Label(ask(f"{who}-{number}-{part}"), 1.0) for part in range(5)])

    threads = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(LabelCache(path)), LabelCache(path).damaged) == (600, 0)


def test_nothing_is_written_without_a_path_or_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    LabelCache().put(ANYBODY, [Label(ask("a"), 1.0)])
    LabelCache(tmp_path / "none").put(ANYBODY, [])
    assert list(tmp_path.iterdir()) == []
