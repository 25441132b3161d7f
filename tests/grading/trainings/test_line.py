"""The line to the trainers: a student may say anything on it, and disturbs only himself."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

import pytest

from graders.grading.trainings.frames import FIT, INFERENCE, framed
from graders.grading.trainings.line import TrainingLine
from graders.grading.trainings.requests import SocketRequests
from graders.grading.trainings.service import TrainingRefused, TrainingService
from tests.grading.trainings.training_lines import hooked, line_in, trained
from tests.models.portable_cases import CASES

PROJECT = Path(__file__).parents[3]
LOGISTIC = CASES["logistic regression"]


def connected(line: TrainingLine) -> socket.socket:
    channel = socket.socket(socket.AF_UNIX)
    channel.connect(line.path)
    return channel


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xff" * 8,
        framed(b"trash"),
        framed(b"trash") * 2,
        framed(b"a kind of a name too long"),
        framed(FIT) + framed(b"trash"),
        framed(INFERENCE) + framed(b"trash"),
        framed(INFERENCE) + b"\xff" * 8,
    ],
    ids=[
        "nothing",
        "another protocol",
        "an endless frame",
        "no request",
        "an unknown kind",
        "a long kind",
        "no training",
        "no inference",
        "an endless inference",
    ],
)
def test_nonsense_on_the_line_does_not_disturb_the_next_request(
    service: TrainingService, tmp_path: Path, said: bytes
) -> None:
    with line_in(tmp_path / "shared", service) as line:
        with connected(line) as channel:
            channel.sendall(said)
        with hooked(SocketRequests(line.path)):
            trained(LOGISTIC)
    assert len(service.ledger.trainings()) == 1


def test_a_silent_client_holds_the_line_for_a_while_only(
    service: TrainingService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graders.grading.trainings.line._FRAME_SECONDS", 0.2)
    with line_in(tmp_path / "shared", service) as line, connected(line) as channel:
        channel.settimeout(10)
        assert channel.recv(1) == b""


def test_an_error_of_ours_sends_the_training_back_to_the_kernel(
    service: TrainingService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bytes:
        raise RuntimeError("a bug")

    monkeypatch.setattr(service, "answer", broken)
    expected = trained(LOGISTIC)
    with line_in(tmp_path / "shared", service) as line, hooked(SocketRequests(line.path)):
        assert trained(LOGISTIC) == expected


def test_attending_lasts_as_long_as_the_training(
    service: TrainingService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, finish = threading.Event(), threading.Event()

    def slow(*_: object) -> bytes:
        started.set()
        finish.wait(10)
        raise TrainingRefused("non")

    monkeypatch.setattr(service, "answer", slow)
    with line_in(tmp_path / "shared", service) as line, connected(line) as channel:
        monkeypatch.setattr("graders.grading.trainings.line._ATTEND_SECONDS", 10)
        began = time.monotonic()
        assert not line.attend()
        assert time.monotonic() - began < 5
        channel.sendall(framed(FIT) + framed(b""))
        assert started.wait(10)
        began = time.monotonic()
        monkeypatch.setattr("graders.grading.trainings.line._ATTEND_SECONDS", 0.1)
        assert line.attend()
        monkeypatch.setattr("graders.grading.trainings.line._ATTEND_SECONDS", 10)
        threading.Timer(0.3, finish.set).start()
        assert not line.attend()
        assert time.monotonic() - began > 0.2


def test_a_link_in_place_of_the_socket_leads_nowhere(
    service: TrainingService, tmp_path: Path
) -> None:
    (tmp_path / "shared").mkdir()
    target = tmp_path / "target"
    target.touch(0o600)
    (tmp_path / "shared" / "trainings").symlink_to(target)
    with line_in(tmp_path / "shared", service) as line, hooked(SocketRequests(line.path)):
        trained(LOGISTIC)
    assert target.stat().st_mode & 0o777 == 0o600
    assert len(service.ledger.trainings()) == 1
