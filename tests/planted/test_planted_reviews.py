"""Requests are those of a run; verdicts are read by the project's own parser and counted honestly."""

from __future__ import annotations

import json
from pathlib import Path

from planted_corpus import Planted, load_planted
from planted_judging import Score, Share
from planted_reviews import (
    Opinion,
    Recorded,
    answered,
    opinion,
    read_replies,
    requests_of,
    write_replies,
    write_request,
)

from eureka_agent.design.untrained import as_if_measured
from eureka_agent.rewards.findings import Finding
from eureka_agent.tasks.registry import find_task

TASK = find_task("cartpole")
SLOW = Finding("slow", "warning", None, "It takes 9 ms.", "", "")
REMARK = {"category": "sign", "severity": "error", "what": "It pays falling."}


def reward(comments: str) -> Planted:
    return next(r for r in load_planted() if r.task == "cartpole" and r.comments == comments)


def verdict(word: str) -> str:
    remarks = [REMARK | {"category": "semantics"}] if word == "revise" else []
    return f"Thought.\n```json\n{json.dumps({'verdict': word, 'remarks': remarks})}\n```"


def said(of: Planted, **replies: str) -> Opinion | None:
    return opinion(of, TASK, {(of.name, reading): reply for reading, reply in replies.items()})


def test_a_reward_is_read_with_its_comments_and_without_them() -> None:
    asked = requests_of(reward("right"), TASK, as_if_measured(TASK), [SLOW])
    assert list(asked) == ["with", "without"]
    full, bare = (messages[1].content for messages in asked.values())
    assert '"""' in full
    assert "It takes 9 ms." in full
    assert '"""' not in bare
    assert list(requests_of(reward("missing"), TASK, as_if_measured(TASK), ())) == ["with"]


def test_no_request_tells_a_label() -> None:
    for one in (r for r in load_planted() if r.task == "cartpole"):
        for messages in requests_of(one, TASK, as_if_measured(TASK), ()).values():
            text = "\n".join(message.content for message in messages)
            assert not [word for word in (one.name, one.twin, one.what, "planted") if word in text]


def test_a_run_takes_what_both_readings_say() -> None:
    one = reward("right")
    assert said(one, **{"with": verdict("revise"), "without": verdict("revise")}) == (True, True, True)
    assert said(one, **{"with": verdict("revise"), "without": verdict("accept")}) == (True, False, False)
    assert said(one, **{"with": verdict("accept"), "without": verdict("accept")}) == (False, False, False)
    assert said(reward("missing"), **{"with": verdict("revise")}) == (True, True, True)


def test_what_is_no_verdict_accuses_nobody_and_a_missing_reply_is_no_opinion() -> None:
    one = reward("right")
    assert said(one, **{"with": "error: revise it", "without": verdict("revise")}) == (None, None, False)
    assert said(one, **{"with": verdict("revise")}) is None
    assert said(one) is None


def test_replies_are_kept_as_they_came(tmp_path: Path) -> None:
    one = reward("right")
    for reading, messages in requests_of(one, TASK, as_if_measured(TASK), ()).items():
        write_request(tmp_path, one.name, reading, messages)
    (tmp_path / f"{one.name}.with.reply.md").write_text("Höchst zweifelhaft.\n", encoding="utf-8")
    replies = list(answered(tmp_path))
    assert replies == [Recorded(reward=one.name, reading="with", reply="Höchst zweifelhaft.\n")]
    write_replies(tmp_path / "replies.jsonl", replies)
    assert read_replies(tmp_path / "replies.jsonl") == {(one.name, "with"): "Höchst zweifelhaft.\n"}
    assert read_replies(tmp_path / "none.jsonl") == {}


def test_only_judged_rewards_count() -> None:
    rewards = load_planted()[:20]
    faulty = [r.name for r in rewards if r.faulty]
    sound = [r.name for r in rewards if not r.faulty]
    score = Score.of(rewards, {faulty[0], sound[0]}, {*faulty[:4], *sound[:2]})
    assert score == Score(Share(1, 2), Share(1, 4), Share(1, 2))
    assert str(Share(1, 2)).startswith("1/2 50% [9%, 91%]")
    assert str(Share(0, 0)) == "–"
