"""Feedback through forms: what is left, what is refused and why, and what the run answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from door import OURS, guest, journalled, log_of, unfinished
from page_reading import Page
from starlette.testclient import TestClient
from synthetic_run import synthetic_run

from eureka_agent.design.said import said_words
from eureka_agent.evolution.hearing import Hearing
from eureka_agent.llm.auto import OFFLINE_MODEL
from eureka_agent.report.said import render_said
from eureka_agent.serve.body import MOST_BYTES
from eureka_agent.store import inbox
from eureka_agent.store.event_types import FeedbackGiven, RunStarted
from eureka_agent.store.events import EventLog, read_events
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.lock import run_lock
from eureka_agent.store.said import (
    Balance,
    Comment,
    Episode,
    Pin,
    Preference,
    Rating,
    Veto,
    Withdrawal,
)
from eureka_agent.store.state import RunState

SAY = "/run/one/say"


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return unfinished(tmp_path / "one", samples=3)


@pytest.fixture
def client(folder: RunFolder) -> TestClient:
    return guest(folder.root.parent)


def said_to(folder: RunFolder) -> list[object]:
    return [one if isinstance(one, str) else one.said for _, one in inbox.waiting(folder)]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "comment", "text": " Land\n softly ", "concern": "unsafe"},
         Comment("Land softly", None, "unsafe")),
        ({"kind": "comment", "text": "x", "about": "0-00"}, Comment("x", "0-00")),
        ({"kind": "rating", "about": "0-00", "thumb": "up", "why": "calm"}, Rating("0-00", 1, 1, "calm")),
        ({"kind": "rating", "about": "0-00", "thumb": "down", "stars": "5"}, Rating("0-00", 0, 1)),
        ({"kind": "rating", "about": "0-00", "stars": "4"}, Rating("0-00", 4, 5)),
        ({"kind": "preference", "first": "0-00", "first_replicate": "0", "first_number": "2",
          "second": "0-01", "second_replicate": "0", "second_number": "1", "better": "second",
          "why": "quieter"},
         Preference(Episode("0-00", 0, 2), Episode("0-01", 0, 1), "second", "quieter")),
        ({"kind": "balance", "about": "0-00", "first": "upright", "second": "slow", "slider": "-40"},
         Balance("0-00", "upright", "slow", 0.4)),
        ({"kind": "balance", "about": "0-00", "first": "upright", "second": "slow", "slider": "100"},
         Balance("0-00", "slow", "upright", 1.0)),
        ({"kind": "veto", "about": "0-01", "why": "it shakes"}, Veto("0-01", "it shakes")),
        ({"kind": "pin", "about": "0-01"}, Pin("0-01")),
        ({"kind": "withdrawal", "number": "3"}, Withdrawal(3)),
    ],
)  # fmt: skip
def test_a_form_leaves_what_it_says(
    folder: RunFolder, client: TestClient, fields: dict[str, str], said: object
) -> None:
    answer = client.post(SAY, data=fields, headers=OURS)
    assert answer.status_code == 200, answer.text
    assert said_to(folder) == [said]
    ((_, message),) = inbox.waiting(folder)
    assert not isinstance(message, str)
    assert message.through == "dashboard"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": "x"}, "Nothing was said"),
        ({"kind": "comment"}, "the sentence is empty"),
        ({"kind": "comment", "text": " \n "}, "the sentence is empty"),
        ({"kind": "comment", "text": "x", "concern": "rude"}, "This cannot be said"),
        ({"kind": "comment", "text": "x" * 2_001}, "2,000"),
        ({"kind": "rating", "about": "0-00"}, "choose a thumb"),
        ({"kind": "rating", "thumb": "up"}, "name the candidate"),
        ({"kind": "rating", "about": "0-00", "stars": "6"}, "This cannot be said"),
        ({"kind": "rating", "about": "0-00", "stars": "many"}, "no whole number"),
        ({"kind": "rating", "about": "0-00", "stars": "9" * 5_000}, "no whole number"),
        ({"kind": "rating", "about": "../../x", "thumb": "up"}, "This cannot be said"),
        ({"kind": "balance", "about": "0-00", "first": "a", "second": "b", "slider": "0"}, "in the middle"),
        ({"kind": "balance", "about": "0-00", "first": "a", "second": "a", "slider": "5"}, "against itself"),
        ({"kind": "preference", "first": "0-00", "second": "0-01"}, "choose which"),
        ({"kind": "preference", "first": "0-00", "second": "0-01", "better": "first"}, "Open the comparison"),
        ({"kind": "withdrawal"}, "no number was given"),
        ({"kind": "shout", "text": "x"}, "Nothing was said"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_refused_with_the_reason(
    folder: RunFolder, client: TestClient, fields: dict[str, str], words: str
) -> None:
    answer = client.post(SAY, data=fields, headers=OURS)
    assert (answer.status_code, said_to(folder)) == (400, [])
    assert words in Page(answer.text).text


def test_a_candidate_that_does_not_exist_is_named_with_those_that_do(
    folder: RunFolder, client: TestClient
) -> None:
    answer = client.post(SAY, data={"kind": "veto", "about": "0-09"}, headers=OURS)
    assert (answer.status_code, said_to(folder)) == (422, [])
    assert "There is no candidate 0-09" in answer.text
    assert "0-00, 0-01" in answer.text


def test_a_sentence_of_100_kb_is_refused_before_it_is_read(folder: RunFolder, client: TestClient) -> None:
    read: list[int] = []

    def body() -> Iterator[bytes]:
        yield b"kind=comment&text="
        for number in range(1_000):
            read.append(number)
            yield b"x" * 10_000

    told = client.post(SAY, data={"kind": "comment", "text": "x" * 100_000}, headers=OURS)
    assert told.status_code == 413
    assert "too long" in told.text
    kind = {"content-type": "application/x-www-form-urlencoded"}
    untold = client.post(SAY, content=body(), headers=OURS | kind)
    assert untold.status_code == 413
    assert said_to(folder) == []


def test_the_longest_sentence_of_the_longest_letters_is_taken(folder: RunFolder, client: TestClient) -> None:
    answer = client.post(SAY, data={"kind": "comment", "text": "🤸" * 2_000, "concern": "ugly"}, headers=OURS)
    assert answer.status_code == 200
    assert MOST_BYTES > 12 * 2_000
    assert said_to(folder) == [Comment("🤸" * 2_000, None, "ugly")]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"kind=comment&text=%FF%FE", "application/x-www-form-urlencoded", 400),
        (b"kind=comment&text=\xff", "application/x-www-form-urlencoded", 400),
        (b"", "application/x-www-form-urlencoded", 400),
        (b"&".join([b"a=1"] * 100), "application/x-www-form-urlencoded", 400),
        (b'{"kind": "comment", "text": "x"}', "application/json", 415),
        (b"kind=comment&text=x", "text/plain", 415),
        (b"kind=comment&text=x", "", 415),
    ],
)
def test_what_is_no_form_is_refused(
    folder: RunFolder, client: TestClient, content: bytes, kind: str, status: int
) -> None:
    answer = client.post(SAY, content=content, headers=OURS | {"content-type": kind})
    assert (answer.status_code, said_to(folder)) == (status, [])
    assert 'class="refused"' in answer.text


def test_the_page_tells_what_the_run_answered(folder: RunFolder, client: TestClient) -> None:
    with run_lock(folder.root):
        first = client.post(SAY, data={"kind": "comment", "text": "Land softly"}, headers=OURS)
        assert "has not answered yet" in first.text
        ((message, _),) = inbox.waiting(folder)
        Hearing(folder, *log_of(folder), 5).take_up()
        then = client.get(f"/run/one/said/{message}", headers={"hx-request": "true"})
    assert "It stands in every prompt from generation 2 on" in Page(then.text).text
    assert "hx-get" not in then.text
    listed = Page(client.get("/run/one/part/said").text).text
    assert "1 “Land softly”" in listed
    assert "from generation 2 on" in listed
    assert "the run answered: It stands in every prompt" in listed


def test_where_nobody_works_on_the_run_the_page_says_so(folder: RunFolder, client: TestClient) -> None:
    answer = client.post(SAY, data={"kind": "comment", "text": "Land softly"}, headers=OURS)
    assert "eureka-agent resume one" in answer.text
    assert "waits to be taken up" in client.get("/run/one/part/said").text
    assert "No process works on this run" in client.get("/run/one").text


def test_without_a_script_a_page_tells_it(folder: RunFolder, client: TestClient) -> None:
    sent = client.post(SAY, data={"kind": "comment", "text": "x"}, headers={"origin": OURS["origin"]})
    assert sent.status_code == 303
    page = client.get(sent.headers["location"])
    assert "Look again" in page.text
    assert page.text.startswith("<!doctype html>")
    refused = client.post(SAY, data={"kind": "comment"}, headers={"origin": OURS["origin"]})
    assert (refused.status_code, "<!doctype html>" in refused.text) == (400, True)


def test_two_people_are_both_heard_in_order(folder: RunFolder, client: TestClient) -> None:
    other = guest(folder.root.parent)
    for number, one in enumerate((client, other, client, other)):
        assert (
            one.post(SAY, data={"kind": "comment", "text": f"wish {number}"}, headers=OURS).status_code == 200
        )
    log, state = log_of(folder)
    Hearing(folder, log, state, 5).take_up()
    assert [one.said for one in state.feedback.heard] == [Comment(f"wish {number}") for number in range(4)]


def test_of_a_veto_and_a_pin_both_are_listed_and_the_later_stands(
    folder: RunFolder, client: TestClient
) -> None:
    journalled(folder, Veto("0-00", "it shakes"))
    journalled(folder, Pin("0-00"))
    text = Page(client.get("/run/one/candidate/0-00").text).text
    assert "0-00 must not be built on: “it shakes”" in text
    assert "0-00 is worth keeping" in text
    assert "It is pinned" in text
    assert "A veto stands" not in text


def test_what_stands_can_be_taken_back(folder: RunFolder, client: TestClient) -> None:
    journalled(folder, Comment("Land softly"))
    assert 'aria-label="Take back number 1"' in client.get("/run/one/part/said").text
    assert client.post(SAY, data={"kind": "withdrawal", "number": "1"}, headers=OURS).status_code == 200
    Hearing(folder, *log_of(folder), 5).take_up()
    after = client.get("/run/one/part/said").text
    assert "Take back" not in after
    assert "until it was taken back" in after


def test_a_run_that_ends_while_somebody_types_says_so(tmp_path: Path) -> None:
    folder = unfinished(tmp_path / "one", samples=3)
    client = guest(tmp_path)
    assert "<textarea" in client.get("/run/one").text
    whole = tmp_path / "whole"
    synthetic_run(whole, generations=2, samples=3)
    folder.events.write_text((whole / "events.jsonl").read_text())
    answer = client.post(SAY, data={"kind": "comment", "text": "too late"}, headers=OURS)
    assert (answer.status_code, said_to(folder)) == (409, [])
    assert "This run is over" in answer.text
    assert "<textarea" not in client.get("/run/one").text


def test_an_inbox_that_nobody_empties_is_full_at_last(folder: RunFolder, client: TestClient) -> None:
    folder.feedback.mkdir()
    for number in range(inbox.MOST_WAITING):
        (folder.feedback / f"{number:020d}-{number:08x}.json").write_text("{}")
    answer = client.post(SAY, data={"kind": "comment", "text": "x"}, headers=OURS)
    assert answer.status_code == 503
    assert "nobody takes them up" in answer.text


def test_nothing_but_the_inbox_is_written(folder: RunFolder, client: TestClient) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.root.rglob("*") if path.is_file()}
    for page in ("/", "/run/one", "/run/one/candidate/0-00", "/run/one/compare?first=0-00&second=0-01"):
        client.get(page)
    client.post(SAY, data={"kind": "comment", "text": "x"}, headers=OURS)
    after = {path: path.stat().st_mtime_ns for path in folder.root.rglob("*") if path.is_file()}
    new = [path for path in after if path not in before]
    assert {path: after[path] for path in before} == before
    assert [path.parent for path in new] == [folder.feedback]
    assert json.loads(new[0].read_text())["through"] == "dashboard"


def test_a_message_that_nobody_left_is_not_known(client: TestClient) -> None:
    for name in ("x", "..%2f..%2fevents", "0" * 20 + "-" + "0" * 8):
        answer = client.get(f"/run/one/said/{name}", headers={"hx-request": "true"})
        assert answer.status_code in (200, 404)
        assert "There is no such" in answer.text


@pytest.mark.parametrize("page", ["/run/one", "/run/one/candidate/0-00"])
def test_enter_in_a_field_chooses_none_of_several_buttons(client: TestClient, page: str) -> None:
    forms: list[list[tuple[str, dict[str, str | None]]]] = []
    for tag, attrs in Page(client.get(page).text).tags:
        if tag == "form":
            forms.append([])
        elif tag in ("button", "input"):
            forms[-1].append((tag, attrs))
    several = []
    for fields in forms:
        names = {attrs.get("name") for _, attrs in fields}
        assert not {"thumb", "stars"} <= names
        buttons = [attrs for tag, attrs in fields if tag == "button"]
        if len(buttons) > 1:
            several.append({one.get("name") for one in buttons[1:]})
            assert "disabled" in buttons[0]
    assert several == [{"thumb"}, {"kind"}]


@pytest.mark.parametrize("time", [1e18, 1e300])
def test_what_was_said_at_a_time_that_is_none_is_listed_without_it(
    folder: RunFolder, client: TestClient, time: float
) -> None:
    EventLog(folder.events, clock=lambda: time).append(
        FeedbackGiven(said=Comment("Land softly"), through="x")
    )
    assert "Land softly" in client.get("/run/one/part/said").text
    state = RunState.of(read_events(folder.events))
    assert said_words(state.feedback.heard)["lines"][0].endswith("(before generation 2)")
    assert "(from generation 2 on)" in render_said(state)


def test_nobody_waits_for_the_answer_of_a_run_that_has_ended(tmp_path: Path) -> None:
    folder = unfinished(tmp_path / "one", samples=3)
    client = guest(tmp_path)
    client.post(SAY, data={"kind": "comment", "text": "too late"}, headers=OURS)
    ((message, _),) = inbox.waiting(folder)
    piece, page = f"/run/one/said/{message}", {"hx-request": "true"}
    assert "hx-get" in client.get(piece, headers=page).text
    assert "Look again" in client.get(piece).text
    whole = tmp_path / "whole"
    synthetic_run(whole, generations=2, samples=3)
    folder.events.write_text((whole / "events.jsonl").read_text())
    told = client.get(piece, headers=page).text
    assert "This run is over, and did not take it up" in told
    assert "hx-get" not in told
    assert "Look again" not in client.get(piece).text
    assert "the run ended before it took this up" in client.get("/run/one/part/said").text


def test_who_reads_what_is_said_is_told(folder: RunFolder, client: TestClient) -> None:
    assert "It stands in every later prompt until you take it back" in client.get("/run/one").text
    text = folder.events.read_text()
    model = next(
        event.config["model"] for event in read_events(folder.events) if isinstance(event, RunStarted)
    )
    folder.events.write_text(
        text.replace(f'"model":{json.dumps(model)}', f'"model":{json.dumps(OFFLINE_MODEL)}')
    )
    assert "people read it, and the search does not" in client.get("/run/one").text
