"""Which GPUs there are for trainings."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping

VISIBLE = "CUDA_VISIBLE_DEVICES"
"""The variable that says which GPUs a process may use; NVIDIA's programs read it."""
NONE_VISIBLE = "-1"
_ASK_SECONDS = 30


def visible_gpus(variables: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The GPUs that a process with these environment variables may use, as they name them."""
    chosen = variables.get(VISIBLE)
    if chosen is not None:
        return tuple(name for name in chosen.split(",") if name and name != NONE_VISIBLE)
    program = shutil.which("nvidia-smi", path=variables.get("PATH"))
    if program is None:
        return ()
    told = subprocess.run(
        [program, "--query-gpu=index", "--format=csv,noheader"],
        capture_output=True,
        text=True,
        timeout=_ASK_SECONDS,
        check=False,
    )
    return tuple(told.stdout.split()) if told.returncode == 0 else ()
