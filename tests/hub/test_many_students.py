"""Fifty accounts that fetch and hand in at the same time, through the real exchange."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import nbformat
import pytest

from tests.hub.hubs import NOTEBOOK, Hub

MANY, SECONDS, ASSIGNMENT = 50, 20, "cinquante"
PROGRAM = Path(__file__).parent / "fifty_students.py"


@pytest.fixture(scope="module")
def logins(hub: Hub) -> tuple[str, ...]:
    """Fifty accounts, and an assignment that was released to them."""
    names = tuple(f"{hub.sample.prefix}e{number:02}" for number in range(MANY))
    hub.sample.add_accounts("students", names)  # the hub takes them away with itself
    for command in (
        ("cp", "-R", "source/tp_keras", f"source/{ASSIGNMENT}"),
        ("nbgrader", "generate_assignment", ASSIGNMENT),
        ("nbgrader", "release_assignment", ASSIGNMENT),
    ):
        hub.run_as_grader(*command).check_returncode()
    return names


@pytest.fixture(scope="module")
def seconds(hub: Hub, logins: tuple[str, ...]) -> float:
    """How long it took them all."""
    began = time.monotonic()
    ran = subprocess.run(
        [
            hub.sample.programs / "students" / "bin" / "python",
            PROGRAM,
            hub.sample.course,
            ASSIGNMENT,
            str(SECONDS),
            *logins,
        ],
        env={
            "PATH": "/usr/bin:/bin",
            "JUPYTER_CONFIG_PATH": str(hub.sample.state / "etc" / "people"),
            "LC_ALL": "C.UTF-8",
        },
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return time.monotonic() - began


def test_they_all_hand_in_within_the_minute(seconds: float) -> None:
    assert seconds < 60


def test_every_submission_arrives_whole_and_once(
    hub: Hub, logins: tuple[str, ...], seconds: float
) -> None:
    assert seconds
    hub.run_as_grader("nbgrader", "collect", ASSIGNMENT).check_returncode()
    arrived = list((hub.exchange / "inbound").glob(f"*+{ASSIGNMENT}+*"))
    assert sorted(path.name.split("+")[0] for path in arrived) == sorted(logins)
    for login in logins:
        handed_in = hub.sample.folder / "homes" / login / ASSIGNMENT / NOTEBOOK
        collected = hub.course / "submitted" / login / ASSIGNMENT / NOTEBOOK
        assert collected.read_bytes() == handed_in.read_bytes()
        nbformat.validate(nbformat.read(collected, as_version=4))
        assert login * 2 in collected.read_text().replace(" ", "")


def test_each_submission_belongs_to_who_handed_it_in(
    hub: Hub, logins: tuple[str, ...], seconds: float
) -> None:
    assert seconds
    owners = {
        path.owner(): path.name.split("+")[0]
        for path in (hub.exchange / "inbound").glob(f"*+{ASSIGNMENT}+*")
    }
    assert owners == {login: login for login in logins}
