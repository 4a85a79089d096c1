"""Children that say something on their channel, well-behaved or not."""

from __future__ import annotations

import json
import os
import socket
import struct
import time
from typing import Any

from eureka_agent.isolation.messages import receive_message, send_message


def act(_payload: dict[str, Any], fds: list[int]) -> None:
    channel = socket.socket(fileno=fds[0])
    received = receive_message(channel)
    assert received is not None
    request, passed = received
    match request["do"]:
        case "echo":
            text = os.read(passed[0], 100).decode()
            send_message(channel, {"type": "echo", "text": text})
            send_message(channel, {"type": "bye"})
        case "repeat two":
            for _ in range(2):
                told = receive_message(channel)
                assert told is not None
                send_message(channel, told[0])
        case "take eight late":
            send_message(channel, {"type": "waiting"})
            time.sleep(1.0)  # what does not fit into the channel's buffer waits
            told = [receive_message(channel) for _ in range(8)]
            taken = sum(len(message[0]["text"]) for message in told if message is not None)
            send_message(channel, {"type": "taken", "bytes": taken})
        case "nonsense":
            channel.sendall(b"\xff" * 64)
            time.sleep(60)
        case "half":
            body = json.dumps({"type": "half"}).encode()
            channel.sendall(struct.pack("<I", len(body)) + body[:3])
            time.sleep(60)
        case "hang up":
            channel.close()
            time.sleep(0.3)
            os._exit(7)
        case "flood":
            while True:
                send_message(channel, {"type": "flood"})
        case "leave somebody":
            if os.fork() == 0:
                os.setsid()
                while True:
                    send_message(channel, {"type": "left behind"})
            os._exit(3)
