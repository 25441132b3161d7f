from __future__ import annotations

import subprocess
import sys

ONLY_DATA = (
    "bounds",
    "operations",
    "architecture",
    "counting",
    "difference",
    "compilation",
    "snapshot",
    "portable_schema",
    "portable",
)


def test_modules_that_handle_data_import_no_deep_learning_library() -> None:
    modules = ", ".join(f"graders.models.{name}" for name in ONLY_DATA)
    program = f"import sys, {modules}; print(*sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    imported = set(answer.stdout.split())
    assert "graders.models.portable" in imported
    assert not {"keras", "tensorflow", "jax", "torch"} & imported
