"""Pages are told what changed, up to a number of streams, and only while they are looked at."""

from __future__ import annotations

import asyncio
import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from door import journalled, log_of, unfinished
from real_server import served, until
from starlette.requests import ClientDisconnect
from starlette.types import Message

from eureka_agent.serve.parts import Part
from eureka_agent.serve.streams import Streams
from eureka_agent.store.event_types import Notice, TrainingCheckpoint, TrainingStarted
from eureka_agent.store.lock import run_lock
from eureka_agent.store.said import Comment


def versions(stream: http.client.HTTPResponse) -> dict[str, str]:
    """Read a stream to its next message, and return the versions in it."""
    while True:
        line = stream.fp.readline().decode()
        assert line, "the stream ended"
        if line.startswith("data: {"):
            return json.loads(line.removeprefix("data: "))


def test_what_is_appended_is_told_by_the_parts_that_it_changes(tmp_path: Path) -> None:
    folder = unfinished(tmp_path / "one", samples=3)
    with served(tmp_path) as here:
        stream = here.ask("/run/one/stream")
        assert stream.headers["content-type"].startswith("text/event-stream")
        first = versions(stream)
        assert {"now", "said", "answer", "search", "trouble"} <= first.keys()
        journalled(folder, Comment("Land softly"))
        then = versions(stream)
        assert then["said"] != first["said"]
        assert then["lineage"] == first["lineage"]
        page = here.ask("/run/one/part/said").read().decode()
        assert "Land softly" in page
        assert f'data-version="{then["said"]}"' in page


def test_a_checkpoint_changes_what_goes_on_and_no_report(tmp_path: Path) -> None:
    folder = unfinished(tmp_path / "one", samples=3)
    log, _ = log_of(folder)
    log.append(TrainingStarted(name="0-00", stage="search", replicate=1, seed=5))
    with run_lock(folder.root), served(tmp_path) as here:
        stream = here.ask("/run/one/stream")
        first = versions(stream)
        log.append(
            TrainingCheckpoint(
                name="0-00", stage="search", replicate=1, seed=5, checkpoint=0, env_steps=10, fitness=1.0,
                error=0.1,
            )
        )  # fmt: skip
        then = versions(stream)
        changed = {name for name in then if then[name] != first[name]}
        assert changed == {"now"}


def test_all_runs_are_told_in_one_stream(tmp_path: Path) -> None:
    unfinished(tmp_path / "one", samples=3)
    with served(tmp_path) as here:
        stream = here.ask("/stream")
        first = versions(stream)
        unfinished(tmp_path / "two", samples=3)
        assert versions(stream) != first
        until(lambda: "two" in here.ask("/part/runs").read().decode())


def test_more_streams_than_are_served_are_refused_with_a_sentence(tmp_path: Path) -> None:
    unfinished(tmp_path / "one", samples=3)
    with served(tmp_path, most=3) as here:
        open_ = [here.ask("/run/one/stream") for _ in range(3)]
        until(lambda: here.streams.number == 3)
        refused = here.ask("/run/one/stream")
        assert refused.status == 503
        assert "close one of them" in refused.read().decode()
        assert here.ask("/run/one").status == 200
        assert all(versions(one) for one in open_)


def test_64_streams_are_served(tmp_path: Path) -> None:
    folder = unfinished(tmp_path / "one", samples=3)
    with served(tmp_path) as here:
        open_ = [here.ask("/run/one/stream") for _ in range(64)]
        before = [versions(one)["said"] for one in open_]
        assert here.ask("/stream").status == 503
        journalled(folder, Comment("Land softly"))
        after = [versions(one)["said"] for one in open_]
        assert len(set(before)) == len(set(after)) == 1
        assert set(before) != set(after)


def test_a_stream_of_who_went_away_ends(tmp_path: Path) -> None:
    unfinished(tmp_path / "one", samples=3)
    with served(tmp_path, most=1) as here:
        stream = here.ask("/run/one/stream")
        versions(stream)
        assert here.streams.number == 1
        stream.close()
        until(lambda: here.streams.number == 0)
        again = here.ask("/run/one/stream")
        assert versions(again)


def test_a_stream_goes_on_where_the_run_vanishes_or_is_damaged(tmp_path: Path) -> None:
    folder = unfinished(tmp_path / "one", samples=3)
    content = folder.events.read_bytes()
    with served(tmp_path) as here:
        stream = here.ask("/run/one/stream")
        first = versions(stream)
        folder.events.write_bytes(content + b"no event\n")
        then = versions(stream)
        assert then["trouble"] != first["trouble"]
        assert "cannot be read now" in here.ask("/run/one/part/trouble").read().decode()
        assert "0-00" in here.ask("/run/one/part/lineage").read().decode()
        folder.events.write_bytes(content)
        assert versions(stream)["trouble"] == first["trouble"]
        folder.events.unlink()
        assert versions(stream)["trouble"] != first["trouble"]
        gone = here.ask("/run/one")
        assert gone.status == 404
        assert "moved, or deleted" in gone.read().decode()


def test_a_dashboard_that_stops_waits_for_no_page(tmp_path: Path) -> None:
    unfinished(tmp_path / "one", samples=3)
    with served(tmp_path) as here:
        stream = here.ask("/run/one/stream")
        versions(stream)
    assert b"event: over" in stream.fp.read()


def test_a_notice_reaches_the_report_while_somebody_looks(tmp_path: Path) -> None:
    folder = unfinished(tmp_path / "one", samples=3)
    log, _ = log_of(folder)
    with served(tmp_path) as here:
        stream = here.ask("/run/one/stream")
        first = versions(stream)
        log.append(Notice(text="The disk is nearly full."))
        while (then := versions(stream))["failures"] == first["failures"]:
            pass
        assert then["lineage"] == first["lineage"]
        assert "nearly full" in here.ask("/run/one/part/failures").read().decode()


class Still:
    """A page on which nothing changes."""

    def refresh(self) -> dict[str, Part]:
        return {}


async def nothing() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


def test_a_place_is_taken_when_a_stream_is_asked_for_and_given_back_if_it_never_begins() -> None:
    async def cut(_message: Message) -> None:
        raise OSError("the visitor is gone")

    async def ask() -> None:
        streams = Streams(most=2)
        asked = [streams.response("/", Still()) for _ in range(3)]
        assert [one is not None for one in asked] == [True, True, False]
        for one in filter(None, asked):
            with pytest.raises((OSError, ClientDisconnect)):
                await one({"type": "http", "asgi": {"spec_version": "2.4"}}, nothing, cut)
        assert streams.number == 0
        assert streams.response("/", Still()) is not None

    asyncio.run(ask())


def test_of_simultaneous_requests_no_more_are_served_than_there_are_places(tmp_path: Path) -> None:
    unfinished(tmp_path / "one", samples=3)
    with served(tmp_path, most=3) as here, ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(here.ask, ["/stream"] * 20))
        assert sorted(one.status for one in answers) == [200] * 3 + [503] * 17
