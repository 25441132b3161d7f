"""A course copied for a test; all of them keep their trainings in one store."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

Run = Callable[..., None]

# For the one whose loop never ends. Processor time, for a training inside a kernel (11 s) lasts
# however long on a busy machine; trainings by the trainers are not counted.
_SHORTER = """
c.ExecuteIsolated.limits = {**c.ExecuteIsolated.limits, "cell_cpu_seconds": 40}
"""


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the results of every end-to-end test are kept: what one trains, all have."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="session")
def new_course(tmp_path_factory: pytest.TempPathFactory, store: Path) -> Callable[[], Path]:
    """Makes copies of the course, with an empty gradebook."""

    def make() -> Path:
        folder = tmp_path_factory.mktemp("course")
        shutil.copytree(ROOT / "source", folder / "source")
        configuration = (ROOT / "nbgrader_config.py").read_text() + _SHORTER
        (folder / "nbgrader_config.py").write_text(configuration)
        (folder / "data").symlink_to(ROOT / "data", target_is_directory=True)
        (folder / ".graders").mkdir()
        (folder / ".graders" / "store").symlink_to(store, target_is_directory=True)
        return folder

    return make


@pytest.fixture(scope="session")
def run_in() -> Run:
    """Runs a command in a course as in an activated environment; a failure shows its last words."""

    def run(course: Path, *command: str, expected: int = 0) -> None:
        log = course / f"{'-'.join(command[:2])}.log"
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        with log.open("w") as output:
            process = subprocess.run(
                command,
                cwd=course,
                env={**os.environ, "PATH": path},
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if process.returncode != expected:
            pytest.fail(
                f"{' '.join(command)} ended with {process.returncode}:\n{log.read_text()[-3000:]}"
            )

    return run
