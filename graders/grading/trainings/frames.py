"""Frames over a local socket: eight bytes of length, then the content; bounded in size and time.

Used by both ends of a request, so it is among the files a sandbox shows: standard
library only.
"""

from __future__ import annotations

import socket
import time
from math import inf
from typing import Any

FIT, INFERENCE = b"fit", b"inference"
"""First frame of a request: what is asked for."""

_LENGTH_BYTES = 8
_CHUNK = 1 << 20


def framed(content: bytes) -> bytes:
    """A short content as one frame."""
    return len(content).to_bytes(_LENGTH_BYTES, "little") + content


class FrameError(Exception):
    """The other end is gone, too slow, or does not keep to the form."""


class Frames:
    """One end of a connection; `seconds` is how long one frame may take (None: any time)."""

    def __init__(self, channel: socket.socket, seconds: float | None) -> None:
        self._channel = channel
        self._seconds = seconds

    def send(self, *parts: Any) -> None:
        """One frame made of bytes-like parts; raises FrameError."""
        views = [memoryview(part).cast("B") for part in parts]
        length = sum(view.nbytes for view in views)
        until = self._until()
        try:
            for view in (memoryview(length.to_bytes(_LENGTH_BYTES, "little")), *views):
                self._send_all(view, until)
        except OSError as error:
            raise FrameError(f"The other end does not listen: {error}.") from None

    def receive(self, most_bytes: int, *, seconds: float | None = None) -> bytearray:
        """The next frame, of at most `most_bytes`; raises FrameError.

        `seconds` replaces the connection's own limit for this one; it may be infinite.
        """
        until = self._until(seconds)
        length = int.from_bytes(self._receive_exactly(_LENGTH_BYTES, until), "little")
        if length > most_bytes:
            raise FrameError(f"At most {most_bytes} bytes are expected. Received: {length}.")
        return self._receive_exactly(length, until)

    def _until(self, seconds: float | None = None) -> float | None:
        limit = self._seconds if seconds is None else seconds
        return None if limit is None or limit == inf else time.monotonic() + limit

    def _send_all(self, view: memoryview, until: float | None) -> None:
        sent = 0
        while sent < view.nbytes:
            self._wait_no_longer_than(until)
            sent += self._channel.send(view[sent : sent + _CHUNK])

    def _receive_exactly(self, length: int, until: float | None) -> bytearray:
        content = bytearray(length)
        view, received = memoryview(content), 0
        while received < length:
            self._wait_no_longer_than(until)
            try:
                count = self._channel.recv_into(view[received : received + _CHUNK])
            except OSError as error:
                raise FrameError(f"The other end does not answer: {error}.") from None
            if not count:
                raise FrameError("The other end has closed the connection.")
            received += count
        return content

    def _wait_no_longer_than(self, until: float | None) -> None:
        if until is None:
            self._channel.settimeout(None)
            return
        left = until - time.monotonic()
        if left <= 0:
            raise FrameError("The other end is too slow.")
        self._channel.settimeout(left)
