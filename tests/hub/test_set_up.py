"""What `deploy/jupyterhub/set-up` refuses, before it makes anything."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "deploy" / "jupyterhub"


@pytest.fixture
def clone() -> Iterator[Path]:
    """What `set-up` looks at of a clone, where everybody may enter."""
    if os.geteuid() != 0:
        pytest.skip("set-up makes accounts, which needs root")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        made = Path(folder, "clone")
        shutil.copytree(SCRIPTS, made / "deploy" / "jupyterhub")
        (made / "source").mkdir()
        Path(folder).chmod(0o755)
        yield made


def refusal(clone: Path) -> str:
    """What the script says when it ends before it has begun: there is no such Python."""
    prefix = clone.parent / "programs"
    ran = subprocess.run(
        [clone / "deploy" / "jupyterhub" / "set-up"],
        env={**os.environ, "HUB_PREFIX": str(prefix), "HUB_PYTHON": "/no/python"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert not prefix.exists()
    return ran.stderr


def test_a_clone_whose_solutions_students_could_read_is_refused(clone: Path) -> None:
    assert refusal(clone) == (
        f"set-up: Students' accounts could read the solutions in {clone}: chmod 700 it first.\n"
    )


def test_a_clone_that_is_closed_to_them_is_taken(clone: Path) -> None:
    clone.chmod(0o700)
    assert refusal(clone) == "set-up: /no/python is needed, and is not here.\n"
