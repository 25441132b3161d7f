"""Waiting for what a file descriptor stands for."""

from __future__ import annotations

import select


def wait_for(descriptor: int, seconds: float) -> bool:
    """Whether there is something to read (for a pidfd: the process has ended) within `seconds`."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(max(seconds, 0) * 1000))
