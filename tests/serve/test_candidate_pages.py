"""A candidate is followed: its page, two of them side by side, and pictures drawn outside the run."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from door import guest, unfinished
from page_reading import Page

import eureka_agent
from eureka_agent.api.reporting import look_at
from eureka_agent.report.views.candidate import candidate_view
from eureka_agent.serve.episodes import middle_episode
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.ownership import is_own
from eureka_agent.store.state import RunState


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A small run that was trained, with its recordings."""
    runs = tmp_path_factory.mktemp("runs")
    eureka_agent.evolve(
        "cartpole", model="search", generations=2, samples=2, env_steps=2_048, confirm_seeds=2, confirm_top=1,
        runs=runs, film=False,
    )  # fmt: skip
    (root,) = runs.iterdir()
    return RunFolder(root)


def test_the_view_of_a_candidate_tells_what_the_log_says(tmp_path: Path) -> None:
    folder = unfinished(tmp_path / "run", samples=9)
    state = RunState.of(read_events(folder.events))
    trained = candidate_view(state, "0-00")
    assert [(one.where, one.replicate) for one in trained.scores] == [("in the search", 0)]
    assert trained.learning is not None
    assert trained.code == state.candidates["0-00"].source
    assert "upright" in trained.component_names
    refused = candidate_view(state, "0-07")
    assert (refused.step.how, refused.learning, refused.scores) == ("refused", None, ())
    assert refused.objections[0].fix == "Drop `[:, 0]`."
    leader = state.candidates["1-00"].parents[0]
    assert "1-00" in candidate_view(state, leader).children
    with pytest.raises(LookupError):
        candidate_view(state, "9-99")


def test_a_page_of_each_kind_of_candidate(tmp_path: Path) -> None:
    unfinished(tmp_path / "run", samples=9)
    client = guest(tmp_path)
    told = {
        name: Page(client.get(f"/run/run/candidate/{name}").text).text for name in ("0-00", "0-04", "0-07")
    }
    assert "How it learned" in told["0-00"]
    assert "not finite" in told["0-04"]
    assert "What the critic found" in told["0-07"]
    assert all("Its reward" in text for text in told.values())
    gone = client.get("/run/run/candidate/0-99")
    assert gone.status_code == 404
    assert "There is no candidate 0-99 in this run" in gone.text


def test_what_was_not_recorded_is_not_compared(tmp_path: Path) -> None:
    unfinished(tmp_path / "run", samples=9)
    client = guest(tmp_path)
    for query, words in (
        ("first=0-00&second=0-01", "No episode of 0-00 is recorded"),
        ("first=0-00&second=0-00", "compared with itself"),
        ("first=0-00&second=9-99", "No episode of 0-00 is recorded"),
        ("", "compared with itself"),
    ):
        answer = client.get(f"/run/run/compare?{query}")
        assert (answer.status_code, words in answer.text) == (404, True), query


def test_a_contact_sheet_is_drawn_once_and_outside_the_run(real: RunFolder) -> None:
    client = guest(real.root.parent)
    before = sorted(real.root.rglob("*"))
    address = f"/run/{real.name}/candidate/0-00"
    assert f'hx-get="{address}/picture"' in client.get(address).text
    piece = Page(client.get(f"{address}/picture").text)
    (picture,) = [attrs for tag, attrs in piece.tags if tag == "img"]
    assert "frames of 0-00" in (picture["alt"] or "")
    sheet = client.get(picture["src"] or "")
    assert sheet.headers["content-type"] == "image/jpeg"
    assert sheet.content.startswith(b"\xff\xd8\xff")
    assert client.get(picture["src"] or "").content == sheet.content
    assert sorted(real.root.rglob("*")) == before


def test_two_episodes_are_compared_by_their_numbers(real: RunFolder, tmp_path: Path) -> None:
    going = RunFolder(tmp_path / "going")
    shutil.copytree(real.root, going.root)
    lines = going.events.read_text().splitlines(keepends=True)
    end = next(number for number, line in enumerate(lines) if '"finalists_named"' in line)
    going.events.write_text("".join(lines[:end]))
    state = RunState.of(read_events(going.events))
    page = Page(guest(tmp_path).get("/run/going/compare?first=0-00&second=0-01").text)
    fields = {
        attrs["name"]: attrs["value"]
        for tag, attrs in page.tags
        if tag == "input" and attrs["type"] == "hidden"
    }
    for side, name in (("first", "0-00"), ("second", "0-01")):
        middle = middle_episode(going, state, name)
        assert middle is not None
        told = [fields[side], fields[f"{side}_replicate"], fields[f"{side}_number"]]
        assert told == [name, str(middle.replicate), str(middle.number)]


def test_in_a_run_that_is_over_nobody_is_asked_which_is_better(real: RunFolder) -> None:
    page = Page(guest(real.root.parent).get(f"/run/{real.name}/compare?first=0-00&second=0-01").text)
    assert "This run is over" in page.text
    assert not [attrs for tag, attrs in page.tags if tag == "form" and attrs["method"] == "post"]


def test_both_episodes_of_a_pair_are_filmed(real: RunFolder) -> None:
    client = guest(real.root.parent)
    before = sorted(real.root.rglob("*"))
    query = "first=0-00&first_replicate=0&first_number=0&second=0-01&second_replicate=0&second_number=0"
    piece = Page(client.get(f"/run/{real.name}/compare/films?{query}").text)
    films = [attrs for tag, attrs in piece.tags if tag == "video"]
    assert len(films) == 2
    for film in films:
        assert client.get(film["src"] or "").content[4:8] == b"ftyp"
    assert sorted(real.root.rglob("*")) == before


def test_the_pair_that_tells_most_is_asked_about(real: RunFolder) -> None:
    client = guest(real.root.parent)
    (wanted,) = eureka_agent.questions(real.root, count=1)
    answer = client.get(f"/run/{real.name}/question", follow_redirects=True)
    assert answer.status_code == 200
    asked = parse_qs(answer.url.query.decode())
    for side, episode in zip(("first", "second"), wanted, strict=True):
        assert asked[side] == [episode.name]
        assert asked[f"{side}_replicate"] == [str(episode.replicate)]
        assert asked[f"{side}_number"] == [str(episode.number)]
        place = f"replicate={episode.replicate}&amp;number={episode.number}"
        assert f"/candidate/{episode.name}/picture?{place}" in answer.text


def test_a_numbered_episode_is_the_one_that_is_drawn(real: RunFolder) -> None:
    client = guest(real.root.parent)
    address = f"/run/{real.name}/candidate/0-00"
    piece = client.get(f"{address}/picture?replicate=0&number=2").text
    assert "Recorded episode 2 of training 0." in piece
    sheets = [client.get(f"{address}/sheet?replicate=0&number={n}").content for n in (0, 2)]
    assert sheets[0] != sheets[1]
    assert "not recorded any more" in client.get(f"{address}/picture?replicate=0&number=77").text


def test_no_other_place_is_an_episode(real: RunFolder) -> None:
    client = guest(real.root.parent)
    for query in (
        "replicate=../..&number=0",
        "replicate=0",
        "replicate=-1&number=0",
        "replicate=0&number=9999999",
    ):
        answer = client.get(f"/run/{real.name}/candidate/0-00/picture?{query}")
        assert (answer.status_code, "named by the number" in answer.text) == (404, True), query


def test_of_a_run_without_recordings_nothing_is_asked(tmp_path: Path) -> None:
    unfinished(tmp_path / "run", samples=9)
    answer = guest(tmp_path).get("/run/run/question")
    assert answer.status_code == 404
    assert "no pair of recorded episodes left" in answer.text


def test_of_a_run_of_somebody_else_with_code_of_its_own_nothing_is_drawn(
    real: RunFolder, tmp_path: Path
) -> None:
    strange = tmp_path / "strange"
    strange.mkdir()
    for path in real.root.rglob("*"):
        if path.is_file():
            target = strange / path.relative_to(real.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    log = strange / "events.jsonl"
    folder = tmp_path / "task_of_theirs"
    text = log.read_text()
    own = next(event.config["task"]["value"] for event in read_events(log) if event.type == "run_started")
    log.write_text(text.replace(own, str(folder)))
    folder.mkdir()
    (folder / "task.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    answer = guest(tmp_path).get("/run/strange/candidate/0-00/picture")
    assert "not recorded as one of yours" in answer.text
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("linked", ["candidates", "candidates/0-00", "candidates/0-00/search-0"])
def test_no_link_leads_out_of_a_run_of_somebody_else(real: RunFolder, tmp_path: Path, linked: str) -> None:
    strange = RunFolder(tmp_path / "strange")
    shutil.copytree(real.root, strange.root)
    strange.events.write_text(strange.events.read_text().replace('"env_steps":2048', '"env_steps":2049', 1))
    state = RunState.of(read_events(strange.events))
    assert not is_own(state.run_id, state.config)
    assert middle_episode(strange, state, "0-00") is not None
    assert look_at(strange, state, "0-00", {}) is not None
    place = strange.root / linked
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")
    assert middle_episode(strange, state, "0-00") is None
    assert look_at(strange, state, "0-00", {}) is None
    assert guest(tmp_path).get("/run/strange/candidate/0-00/picture").status_code == 404
