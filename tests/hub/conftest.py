"""One hub for all these tests, with accounts of its own; it needs root, and is skipped aloud."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.jupyterhub.machine import everyone_reaches, python_for_all
from deploy.jupyterhub.sample_hub import PORTS_ABOVE, SampleHub
from tests.browser.conftest import browser as browser  # noqa: PLC0414 - a fixture
from tests.free_ports import free_port_with
from tests.hub.hubs import Hub

BUILD = Path(__file__).parents[2] / "build"
HUBS = BUILD / "hub-tests"


@pytest.fixture(scope="session")
def hub() -> Iterator[Hub]:
    if os.geteuid() != 0:
        pytest.skip("a hub's accounts are the system's: they need root")
    for program in ("npm", "useradd", "setpriv"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not here, which a hub needs")
    HUBS.mkdir(parents=True, exist_ok=True)
    for path in (HUBS, Path(python_for_all())):
        if not everyone_reaches(path):
            pytest.skip(f"{path} is not where every account may enter, as a hub's must be")
    with _alone_in_this_clone():
        for left in HUBS.iterdir():  # by an interrupted run
            _hub_in(left).remove()
        sample = _hub_in(HUBS / secrets.token_hex(3), free_port_with(PORTS_ABOVE))
        try:
            sample.set_up()
            sample.start()
            hub = Hub(sample)
            _hand_out_and_in(hub)
            yield hub
        finally:
            sample.remove()


def _hub_in(folder: Path, port: int = 0) -> SampleHub:
    """Accounts and ports are the machine's: they bear the name of the run."""
    name = f"essai-{folder.name}"
    return SampleHub(folder, BUILD / "hub-programs", name, port, f"{name}-")


@contextmanager
def _alone_in_this_clone() -> Iterator[None]:
    """Another run of these tests is waited for: both would install the same programs."""
    with (BUILD / "hub-tests.lock").open("w") as lock:
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
