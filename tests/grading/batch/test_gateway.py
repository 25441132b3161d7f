"""A class graded on a real Dask Gateway: its own server, with processes in place of pods."""

from __future__ import annotations

import logging
import os
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from graders.grading.course import Course
from graders.grading.release import generate_release
from tests.deploy.chart_values import gateway_config
from tests.free_ports import free_ports
from tests.grading.batch.commands import graded, grading_command, line_with, started
from tests.grading.batch.processes import all_gone, awaited
from tests.grading.batch.training_course import answer, make_training_course, points
from tests.grading.tiny_course import ASSIGNMENT, hand_in

_CONFIGURATION = """
c.DaskGateway.backend_class = "dask_gateway_server.backends.local.UnsafeLocalBackend"
c.DaskGateway.address = "127.0.0.1:{port}"
c.Proxy.address = "127.0.0.1:{proxy}"
c.Authenticator.password = "of the test"
c.UnsafeLocalBackend.clusters_directory = "{folder}"
c.UnsafeLocalBackend.worker_start_timeout = 60
c.ClusterConfig.worker_cmd = {deployed.worker_cmd}
c.ClusterConfig.scheduler_cmd = {deployed.scheduler_cmd}
c.ClusterConfig.worker_threads = 2
c.ClusterConfig.environment = {{"CUDA_VISIBLE_DEVICES": ""}}
"""


@contextmanager
def _open_gateway(folder: Path, *settings: str) -> Iterator[str]:
    """The address of a gateway on this machine; what it has started has to end before it does."""
    port, proxy = free_ports(2)
    # As in an image, where programs are on the path.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    (folder / "config.py").write_text(
        _CONFIGURATION.format(
            port=port,
            proxy=proxy,
            folder=folder,
            deployed=gateway_config().KubeClusterConfig,
        )
        + "\n".join(settings)
    )
    server = (sys.executable, "-m", "dask_gateway_server", "-f", str(folder / "config.py"))
    with started(("env", f"PATH={path}", *server), home=folder) as gateway:
        address = f"http://127.0.0.1:{proxy}"
        awaited(lambda: _answer(address))
        try:
            yield address
            assert all_gone(_of_clusters(psutil.Process(gateway.pid)), seconds=60)
        finally:
            gateway.terminate()  # killed, it would leave what it has started
            gateway.wait(60)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    opened = make_training_course(tmp_path / "course")
    generate_release(opened, ASSIGNMENT, logging.Logger("quiet"))
    return opened


@pytest.fixture(autouse=True)
def _known_to_the_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASK_GATEWAY__AUTH__TYPE", "basic")
    monkeypatch.setenv("DASK_GATEWAY__AUTH__KWARGS", '{"password": "of the test"}')


def test_a_class_is_graded_on_workers_that_a_gateway_starts_and_ends(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {"right": answer(), "wrong": answer(units=9)}
    for student, source in answers.items():
        hand_in(course, student, {"answer": source})
    command = grading_command(course, "--scheduler", "gateway", "--workers", "1")
    with _open_gateway(tmp_path) as address:
        monkeypatch.setenv("DASK_GATEWAY__ADDRESS", address)
        with started(command) as run:
            line_with(run, "2 submissions in")
            assert run.wait(60) == 0
    assert points(course, answers) == {"right": 2, "wrong": 1}


def test_a_gateway_whose_cluster_does_not_start_is_one_line(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(course, "somebody", {"answer": answer()})
    with _open_gateway(tmp_path, 'c.ClusterConfig.scheduler_cmd = ["no-such-program"]') as address:
        monkeypatch.setenv("DASK_GATEWAY__ADDRESS", address)
        ended = graded(course, "--scheduler", "gateway")
    assert ended.returncode == 2
    assert ended.stderr.startswith("graders: Dask Gateway gives no cluster")
    assert "failed to start" in " ".join(ended.stderr.split())


def test_no_gateway_is_one_line(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_in(course, "somebody", {"answer": answer()})
    monkeypatch.setenv("DASK_GATEWAY__ADDRESS", "http://127.0.0.1:1")
    ended = graded(course, "--scheduler", "gateway")
    assert ended.returncode == 2
    assert ended.stderr.startswith("graders: Dask Gateway gives no cluster")


def _of_clusters(gateway: psutil.Process) -> list[psutil.Process]:
    """Schedulers and workers that it has started."""
    below = gateway.children(recursive=True)
    return [process for process in below if "dask-gateway-proxy" not in process.name()]


def _answer(address: str) -> int | None:
    """The status of a gateway's answer, once it gives one."""
    try:
        with urllib.request.urlopen(f"{address}/api/health", timeout=2) as answered:
            return int(answered.status)
    except OSError:
        return None
