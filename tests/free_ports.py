"""Ports of this machine for servers that tests start."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterable
from contextlib import ExitStack


def free_ports(number: int) -> tuple[int, ...]:
    """Different ports on the loopback where nobody listens now."""
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)
        ]
        return tuple(int(each.getsockname()[1]) for each in sockets)


def free_port_with(distances: Iterable[int]) -> int:
    """A port on the loopback where nobody listens now, nor at these distances above it."""
    # Below 32768 the system gives none away by itself.
    candidates = range(10_000, 30_000, 100)
    for port in random.sample(candidates, len(candidates)):
        if all(_is_free(port + distance) for distance in (0, *distances)):
            return port
    raise OSError(f"No free port has free ones {sorted(distances)} above it.")


def _is_free(port: int) -> bool:
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False
