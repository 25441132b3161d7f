"""One hub for all these tests, with accounts of its own; it needs root, and is skipped aloud."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.jupyterhub.machine import everyone_reaches, python_for_all
from deploy.jupyterhub.sample_hub import SampleHub
from tests.browser.conftest import browser as browser  # noqa: PLC0414 - a fixture
from tests.hub.hubs import Hub

BUILD = Path(__file__).parents[2] / "build"


@pytest.fixture(scope="session")
def hub() -> Iterator[Hub]:
    if os.geteuid() != 0:
        pytest.skip("a hub's accounts are the system's: they need root")
    for program in ("npm", "useradd", "setpriv"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not here, which a hub needs")
    for path in (BUILD, Path(python_for_all())):
        if not everyone_reaches(path):
            pytest.skip(f"{path} is not where every account may enter, as a hub's must be")
    sample = SampleHub(BUILD / "hub-tests", BUILD / "hub-programs", "essai", 8400, "essai-")
    with _alone_on_this_machine():
        sample.remove()  # what an interrupted run has left
        try:
            sample.set_up()
            sample.start()
            hub = Hub(sample)
            _hand_out_and_in(hub)
            yield hub
        finally:
            sample.remove()


@contextmanager
def _alone_on_this_machine() -> Iterator[None]:
    """Accounts are the machine's: another run of these tests, in another clone, is waited for."""
    with (Path(tempfile.gettempdir()) / "graders-hub-tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _hand_out_and_in(hub: Hub) -> None:
    """Something of the grader's and something of a student's in the exchange, to be tried on."""
    released = hub.exchange / "outbound" / "sample"
    handed_in = hub.exchange / "inbound" / "handed-in-by-student"
    for who, folder, file in (
        ("grader", released, "notebook.ipynb"),
        ("student", handed_in, "work.ipynb"),
    ):
        script = 'umask 022; mkdir "$0"; touch "$0/$1"'
        hub.run_as(hub.login(who), "sh", "-c", script, folder, file).check_returncode()
