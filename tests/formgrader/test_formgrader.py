"""formgrader's own pages, in Jupyter's own server, with this project's extension beside it."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from statistics import median

import pytest

from graders.grading.course import Course
from graders.grading.isolation.sandbox import SandboxUnavailable, find_bwrap
from graders.grading.release import generate_release
from tests.free_ports import free_ports
from tests.grading.tiny_course import ASSIGNMENT, hand_in, make_course

_TOKEN = "of-the-test"
_START_SECONDS = 60


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    try:
        find_bwrap()
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    opened = make_course(tmp_path_factory.mktemp("course"))
    generate_release(opened, ASSIGNMENT, logging.Logger("quiet"))
    for student, answer in {"alice": "the_answer = 42", "bob": "the_answer = 41"}.items():
        folder = hand_in(opened, student, {"answer": answer})
        (folder / "timestamp.txt").write_text("2026-01-02 03:04:05 UTC")
    return opened


@pytest.fixture(scope="module")
def address(course: Course) -> Iterator[str]:
    """Where formgrader is, in a server of this environment."""
    (port,) = free_ports(1)
    enabled = ("nbgrader.server_extensions.formgrader", "graders.formgrader")
    extensions = json.dumps(dict.fromkeys(enabled, True)).replace("true", "True")
    command = [
        *(sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"),
        *("--ip=127.0.0.1", f"--port={port}", f"--IdentityProvider.token={_TOKEN}"),
        *("--ServerApp.port_retries=0", f"--ServerApp.jpserver_extensions={extensions}"),
    ]
    environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(course.root / "jupyter")}
    with (course.root / "server.log").open("w") as log:
        server = subprocess.Popen(command, cwd=course.root, env=environment, stdout=log, stderr=log)
        try:
            found = f"http://127.0.0.1:{port}/formgrader"
            _await_answer(f"{found}/manage_assignments")
            yield found
        finally:
            server.terminate()
            server.wait(30)


def test_the_page_of_submissions_has_a_button_for_the_class(address: str) -> None:
    page = _asked(f"{address}/manage_submissions/{ASSIGNMENT}")
    assert "Grade the class" in page
    assert "Generate Feedback" in page


def test_the_autograde_button_answers_as_nbgraders_does_and_blocks_nobody(address: str) -> None:
    answers: list[str] = []
    grade = f"{address}/api/submission/{ASSIGNMENT}/alice/autograde"
    grading = threading.Thread(target=lambda: answers.append(_asked(grade, "POST")))
    grading.start()
    waits = []
    while grading.is_alive():
        began = time.monotonic()
        _asked(f"{address}/api/submissions/{ASSIGNMENT}")
        waits.append(time.monotonic() - began)
        time.sleep(0.2)
    assert len(waits) > 3
    assert median(waits) < 3
    answer = json.loads(answers[0])
    assert answer["success"]
    assert "[1/1] alice: graded" in answer["log"]


def test_a_submission_that_is_not_there_is_an_error_with_its_reason(address: str) -> None:
    answer = json.loads(_asked(f"{address}/api/submission/{ASSIGNMENT}/nobody/autograde", "POST"))
    assert not answer["success"]
    assert answer["error"].startswith("graders: No submission of")


def test_a_class_is_started_once_followed_and_its_marks_are_shown(
    address: str, course: Course
) -> None:
    grade = f"{address}/api/class/{ASSIGNMENT}/autograde"
    assert json.loads(_asked(grade))["state"] == "none"
    assert json.loads(_asked(grade, "POST"))["state"] == "running"
    with pytest.raises(urllib.error.HTTPError, match="409"):
        _asked(grade, "POST")
    while (run := json.loads(_asked(grade)))["state"] == "running":
        time.sleep(0.2)
    assert (run["code"], run["done"], run["total"]) == (0, 2, 2)
    shown = json.loads(_asked(f"{address}/api/submissions/{ASSIGNMENT}"))
    assert {one["student"]: one["autograded"] for one in shown} == {"alice": True, "bob": True}


def test_nobody_grades_without_the_token(address: str) -> None:
    for path in (f"class/{ASSIGNMENT}/autograde", f"submission/{ASSIGNMENT}/bob/autograde"):
        request = urllib.request.Request(f"{address}/api/{path}", data=b"", method="POST")
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(request, timeout=10)


def _asked(url: str, method: str = "GET") -> str:
    headers = {"Authorization": f"token {_TOKEN}"}
    data = b"" if method == "POST" else None
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=120) as answer:
        return str(answer.read().decode())


def _await_answer(url: str) -> None:
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            _asked(url)
        except OSError:
            assert time.monotonic() < until, f"nobody answers at {url}"
            time.sleep(0.3)
        else:
            return
