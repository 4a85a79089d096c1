"""Who may ask for anything: a token, a name, an origin; each is tried without the others' help."""

from __future__ import annotations

from pathlib import Path

import pytest
from door import HOME, OURS, PORT, TOKEN, guest, stranger, unfinished
from starlette.websockets import WebSocketDisconnect

from eureka_agent.serve.gate import HEADERS, Door
from eureka_agent.serve.parts import Renderer
from eureka_agent.serve.runs import Runs

PAGES = ("/", "/part/runs", "/stream", "/static/style.css", "/run/one", "/run/one/part/now", "/no/such/page")
COMMENT = {"kind": "comment", "text": "Land softly"}


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    unfinished(tmp_path / "one", samples=3)
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_without_the_token_nothing_is_shown(runs: Path, page: str) -> None:
    answer = stranger(runs).get(page)
    assert answer.status_code == 403
    assert "token" in answer.text
    assert "cartpole" not in answer.text


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], f"{TOKEN}x", "é", "%00"])
def test_another_token_opens_nothing(runs: Path, token: str) -> None:
    client = stranger(runs)
    assert client.get(f"/?token={token}").status_code == 403
    client.cookies.set(f"eureka_agent_{PORT}", token.encode("ascii", "replace").decode())
    assert client.get("/").status_code == 403


def test_the_token_becomes_a_cookie_and_leaves_the_address(runs: Path) -> None:
    client = stranger(runs)
    answer = client.get(f"/?token={TOKEN}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie  # a link of another site leads here, its forms do not
    assert client.get("/").status_code == 200


def test_dashboards_on_other_ports_have_other_cookies() -> None:
    assert Door("127.0.0.1", 1).cookie != Door("127.0.0.1", 2).cookie


def test_tokens_differ_and_are_long() -> None:
    tokens = {Door("127.0.0.1", 1).token for _ in range(20)}
    assert len(tokens) == 20
    assert min(map(len, tokens)) >= 40
    assert TOKEN not in repr(Door("127.0.0.1", 1, TOKEN))


@pytest.mark.parametrize(
    "host",
    ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:1", f"127.0.0.1.evil.example:{PORT}", "",
     f"192.168.0.7:{PORT}", f"localhost:{PORT}:{PORT}"],
)  # fmt: skip
def test_another_name_is_refused_even_with_the_cookie(runs: Path, host: str) -> None:
    client = guest(runs)
    assert client.get("/", headers={"host": host}).status_code == 403


@pytest.mark.parametrize(
    "host", [f"127.0.0.1:{PORT}", f"localhost:{PORT}", f"LOCALHOST:{PORT}", f"[::1]:{PORT}"]
)
def test_the_names_of_this_machine_are_ours(host: str) -> None:
    assert Door("127.0.0.1", PORT).names(host)


def test_a_given_host_is_a_name_too_and_one_that_listens_everywhere_takes_any_number() -> None:
    assert Door("gpu.lan", PORT).names(f"gpu.lan:{PORT}")
    assert not Door("gpu.lan", PORT).names(f"192.168.0.7:{PORT}")
    everywhere = Door("0.0.0.0", PORT)
    assert everywhere.names(f"192.168.0.7:{PORT}")
    assert not everywhere.names(f"evil.example:{PORT}")
    assert Door("127.0.0.1", 80).names("127.0.0.1")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://evil.example"},
        {"origin": f"http://127.0.0.1:{PORT + 1}"},
        {"origin": f"https://127.0.0.1:{PORT}"},
        {"origin": "null"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": HOME, "sec-fetch-site": "cross-site"},
        {"origin": HOME, "sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ],
)
def test_what_another_page_sends_is_not_taken(runs: Path, headers: dict[str, str]) -> None:
    answer = guest(runs).post("/run/one/say", data=COMMENT, headers=headers)
    assert answer.status_code == 403
    assert not (runs / "one" / "feedback").exists()


@pytest.mark.parametrize(
    "headers",
    [{"origin": HOME}, {"origin": HOME, "sec-fetch-site": "same-origin"},
     {"origin": "null", "sec-fetch-site": "same-origin"}, {"sec-fetch-site": "same-origin"}],
)  # fmt: skip
def test_what_our_own_pages_send_is_taken(runs: Path, headers: dict[str, str]) -> None:
    answer = guest(runs).post("/run/one/say", data=COMMENT, headers=headers)
    assert answer.status_code == 303
    assert len(list((runs / "one" / "feedback").glob("*.json"))) == 1


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_there_are_no_other_ways_to_change_something(runs: Path, method: str) -> None:
    client = guest(runs)
    assert client.request(method, "/run/one/say", headers=OURS).status_code == 405
    assert client.request(method, "/run/one").status_code == 403


@pytest.mark.parametrize("page", PAGES[:2] + PAGES[3:])
def test_every_answer_forbids_what_no_page_needs(runs: Path, page: str) -> None:
    for client in (guest(runs), stranger(runs)):
        answer = client.get(page)
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    policy = HEADERS["content-security-policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    "name",
    ["%2e%2e", "..%2fone", "%2fetc%2fpasswd", "one%2f..%2fone", "latest", "on", "one%00", "link"],
)
def test_a_name_in_an_address_is_never_a_path(runs: Path, tmp_path: Path, name: str) -> None:
    outside = unfinished(tmp_path.parent / f"{tmp_path.name}-outside", samples=3)
    (runs / "link").symlink_to(outside.root)
    answer = guest(runs).get(f"/run/{name}")
    assert answer.status_code == 404
    assert "cartpole" not in answer.text


@pytest.mark.parametrize("name", ["..", ".", "", "one/", "/", "../x/one", "one\0", "latest"])
def test_only_names_that_are_listed_are_runs(runs: Path, name: str) -> None:
    known = Runs(runs, Renderer())
    assert known.shown("one") is not None
    assert known.shown(name) is None
    assert known.shown(str(runs / "one")) is None


def test_a_log_that_is_a_link_is_no_run(runs: Path) -> None:
    (runs / "two").mkdir()
    (runs / "two" / "events.jsonl").symlink_to(runs / "one" / "events.jsonl")
    client = guest(runs)
    assert client.get("/run/two").status_code == 404
    assert "two" not in client.get("/").text


def test_films_are_those_of_the_run_and_no_links(runs: Path) -> None:
    best = runs / "one" / "best"
    (best / "films").mkdir(parents=True)
    secret = runs / "secret"
    secret.write_text("secret")
    (best / "films" / "reference.mp4").write_bytes(b"film")
    client = guest(runs)
    assert client.get("/run/one/best/films/reference.mp4").content == b"film"
    for name in ("../../../secret", "..%2f..%2f..%2fsecret", "nobody.mp4", "0-00.mp4"):
        assert client.get(f"/run/one/best/films/{name}").status_code == 404
    (best / "film.mp4").symlink_to(secret)
    assert client.get("/run/one/best/film.mp4").status_code == 404


def test_a_web_socket_is_closed(runs: Path) -> None:
    with pytest.raises(WebSocketDisconnect), guest(runs).websocket_connect("/stream"):
        pass
