"""`Line`: the host's end of the line to a student kernel; everything read from it is bounded."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from typing import NoReturn

from graders.grading.isolation.descriptors import wait_for

Message = Mapping[str, object]
_CHUNK = 1 << 18
_SEND_SECONDS = 30.0


class Line:
    """JSON objects, one a line, over a socket whose other end is in a student's hands.

    A line longer than `longest_line` bytes, or one that is not a JSON object, is dropped and
    counted in `dropped`. `received` counts all bytes; `closed` is true once the other end is gone.
    """

    def __init__(self, channel: socket.socket, longest_line: int) -> None:
        self._channel = channel
        self._longest = longest_line
        self._pending = bytearray()
        self._overlong = False
        self.received = 0
        self.dropped = 0
        self.closed = False

    def send(self, message: Message) -> None:
        """One message; when the other end does not take it within 30 s the line is closed."""
        self._channel.settimeout(_SEND_SECONDS)
        try:
            self._channel.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            self.closed = True

    def receive(self, seconds: float) -> tuple[Message, ...]:
        """The messages that have come, after waiting at most `seconds` for the first."""
        if self.closed:
            return ()
        if not wait_for(self._channel.fileno(), seconds):
            return ()
        try:
            chunk = self._channel.recv(_CHUNK)
        except ConnectionError:
            chunk = b""
        self.closed = not chunk
        self.received += len(chunk)
        return tuple(self._decode(chunk))

    def _decode(self, chunk: bytes) -> Iterator[Message]:
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            self._take(end)
            if not self._overlong:
                message = parse(bytes(self._pending))
                if message is not None:
                    yield message
                else:
                    self.dropped += 1
            self._pending.clear()
            self._overlong = False
        self._take(rest)

    def _take(self, part: bytes) -> None:
        if self._overlong:
            return
        if len(self._pending) + len(part) > self._longest:
            self._overlong = True
            self.dropped += 1
            self._pending.clear()
        else:
            self._pending += part


def parse(line: bytes) -> Message | None:
    """A JSON object, or None for anything else (NaN, an endless nest and bad text included)."""
    try:
        value = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON.")
