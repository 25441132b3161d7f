"""How much processor time a piece of code takes, whatever other tests have left behind."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def using_at_most(seconds: float) -> Iterator[None]:
    """Fails when the block takes more processor time than that, in this thread.

    Threads of earlier tests are not counted, and what those left in memory, which may be
    gigabytes, is not searched for garbage meanwhile.
    """
    gc.collect()
    gc.freeze()
    began = time.thread_time()
    try:
        yield
    finally:
        used = time.thread_time() - began
        gc.unfreeze()
    assert used < seconds, f"expected less than {seconds} s of processor time. Received: {used:.1f}"
