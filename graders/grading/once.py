"""Making a thing once in a process, for all its threads."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Made = TypeVar("Made")


def once(make: Callable[Arguments, Made]) -> Callable[Arguments, Made]:
    """`make`, called once for the same arguments: other threads wait for the first.

    `functools.cache` alone calls it again while it is being called; then two processes are
    started and one is lost sight of. What it raises is not kept.
    """
    lock = threading.Lock()
    kept = functools.cache(make)

    @functools.wraps(make)
    def get(*arguments: Arguments.args, **named: Arguments.kwargs) -> Made:
        with lock:
            return kept(*arguments, **named)  # type: ignore[arg-type]

    return get
