"""What `deploy/` names is there, and its scripts are read by a shell without a complaint."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
IMAGES = sorted((DEPLOY / "kubernetes" / "images").glob("*.Dockerfile"))
SCRIPTS = [
    DEPLOY / "jupyterhub" / "set-up",
    DEPLOY / "jupyterhub" / "add-accounts",
    DEPLOY / "kubernetes" / "images" / "start",
]


@pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.stem)
def test_all_that_an_image_copies_is_there(image: Path) -> None:
    copied = re.findall(r"^COPY (.+) \S+$", image.read_text(), re.MULTILINE)
    paths = [ROOT / path for line in copied for path in line.split()]
    assert paths
    assert [path for path in paths if not path.exists()] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_shell_reads_each_script(script: Path) -> None:
    subprocess.run(["sh", "-n", script], check=True)
    assert script.stat().st_mode & 0o111


def test_the_staff_has_the_versions_that_the_tests_have() -> None:
    tested = _versions(ROOT / "requirements.lock")
    for name in ("staff", "students"):
        has = _versions(DEPLOY / "jupyterhub" / f"{name}.lock")
        assert has
        assert {package: tested.get(package) for package in has} == has


def test_students_are_not_given_the_grader_nor_its_cluster() -> None:
    has = _versions(DEPLOY / "jupyterhub" / "students.lock")
    assert not {"tp-keras", "distributed", "dask-gateway"} & set(has)


def _versions(lock: Path) -> dict[str, str]:
    pinned = re.findall(r"^([a-z0-9._-]+)==([^ \\;]+)", lock.read_text(), re.MULTILINE)
    return dict(pinned)
