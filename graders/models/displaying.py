"""What Keras displays of work that was done elsewhere."""

from __future__ import annotations

import time
from typing import Any


def set_back(callbacks: Any, seconds: float) -> None:
    """Let the progress bar of a `CallbackList` believe that it began `seconds` ago."""
    shown = callbacks._progbar
    if shown is not None and shown.progbar is not None:
        shown.progbar._start = time.time() - seconds
