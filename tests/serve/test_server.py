"""Where the dashboard listens, what it says first, and what it says where it cannot begin."""

from __future__ import annotations

import errno
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eureka_agent.cli import serve as command
from eureka_agent.cli.app import app
from eureka_agent.errors import ConfigError
from eureka_agent.serve.gate import Door
from eureka_agent.serve.server import cannot_listen, door_of, greeting, listen


def test_a_taken_port_is_named_with_one_that_is_free() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError) as caught:
            listen("127.0.0.1", port)
        assert f"port {port}" in caught.value.what
        free = int(caught.value.fix.rpartition("--port ")[2].rstrip("."))
        assert free > port
        listen("127.0.0.1", free).close()


@pytest.mark.parametrize(
    ("host", "port"), [("203.0.113.1", 8765), ("no-such-host.invalid", 8765), ("127.0.0.1", 70_000)]
)
def test_an_address_that_is_none_of_this_machine_is_refused(host: str, port: int) -> None:
    with pytest.raises(ConfigError):
        listen(host, port)


def test_another_dashboard_is_blamed_only_for_a_port_that_is_taken() -> None:
    taken, forbidden = OSError(errno.EADDRINUSE, "taken"), OSError(errno.EACCES, "forbidden")
    assert "Another dashboard may run there" in cannot_listen("127.0.0.1", 8765, taken).fix
    assert "Another dashboard" not in cannot_listen("127.0.0.1", 8765, forbidden).fix


def test_it_listens_on_this_machine_only_and_says_what_another_host_means() -> None:
    with listen("127.0.0.1", 0) as found:
        assert found.getsockname()[0] == "127.0.0.1"
    here = greeting(Path("runs"), Door("127.0.0.1", 8765, "secret"))
    assert here[0].endswith("http://127.0.0.1:8765/?token=secret")
    assert not any("encrypted" in line for line in here)
    beyond = greeting(Path("runs"), Door("0.0.0.0", 8765, "secret"))
    assert "every address of this machine" in beyond[1]
    assert "nothing on the way is encrypted" in beyond[1]
    assert "gpu.lan: whoever" in greeting(Path("runs"), Door("gpu.lan", 8765, "secret"))[1]


@pytest.mark.parametrize("host", ["", "0", "0.0.0.0", "0x0"])
def test_another_way_to_say_everywhere_is_everywhere(host: str) -> None:
    with listen(host, 0) as found:
        door = door_of(host, found)
    assert "It listens on every address of this machine" in greeting(Path("runs"), door)[1]
    assert door.address.startswith(f"http://127.0.0.1:{door.port}/")
    assert door.names(f"192.168.0.7:{door.port}")


def test_a_host_that_is_one_address_keeps_its_name() -> None:
    with listen("localhost", 0) as found:
        assert door_of("localhost", found).host == "localhost"


def test_the_command_listens_on_loopback_unless_it_is_told() -> None:
    text = " ".join(CliRunner().invoke(app, ["serve", "--help"]).stdout.split())
    assert "default: 127.0.0.1]" in text
    assert "default: 8765]" in text


def test_a_taken_port_ends_the_command_with_the_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = CliRunner().invoke(
            app, ["serve", "--runs", str(tmp_path), "--port", str(taken.getsockname()[1])]
        )
    assert isinstance(done.exception, ConfigError)
    assert "is free: --port" in done.exception.fix


def test_without_its_libraries_the_command_says_what_to_install() -> None:
    with pytest.raises(ConfigError) as caught:
        command.check_installed(("starlette", "no_such_library"))
    assert "no_such_library" in caught.value.what
    assert "eureka-agent[dashboard]" in caught.value.fix
    command.check_installed()
