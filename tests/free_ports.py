"""Ports of this machine for servers that tests start."""

from __future__ import annotations

import socket
from contextlib import ExitStack


def free_ports(number: int) -> tuple[int, ...]:
    """Different ports on the loopback where nobody listens now."""
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)
        ]
        return tuple(int(each.getsockname()[1]) for each in sockets)
