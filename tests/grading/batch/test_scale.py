from __future__ import annotations

import hashlib
import resource
import time

import pytest
from distributed import Client

from graders.grading.batch.class_grading import Examinations
from graders.grading.batch.tasks import Examination
from graders.grading.workshop import GradingSettings

_SUBMISSIONS = 1000
_NOTEBOOK_BYTES = 50_000


def test_a_thousand_notebooks_pass_quickly_and_in_little_memory(
    cluster: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    examinations = Examinations(cluster, GradingSettings(), lambda _: None, nothing_to_do)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    received = 0
    for number in range(_SUBMISSIONS):
        examinations.send(_trivial(number))
        while examinations.awaited >= examinations.ahead:
            received += len(list(examinations.receive()))
    while examinations.awaited:
        received += len(list(examinations.receive()))
    seconds = time.monotonic() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    with capsys.disabled():
        print(  # noqa: T201 - it is a measure
            f"\n{received / seconds:.0f} notebooks a second; "
            f"{grown:.0f} MB more in the process that coordinates, peak {before / 1024 + grown:.0f}"
        )
    assert received == _SUBMISSIONS
    assert seconds < 120
    assert grown < 300


def nothing_to_do(asked: Examination, _settings: GradingSettings) -> bytes:
    """What a worker does here: it gives the notebook back."""
    return asked.content


def _trivial(number: int) -> Examination:
    content = f"{number:0{_NOTEBOOK_BYTES}}".encode()
    digest = hashlib.sha256(content).hexdigest()
    return Examination(content, digest, "tiny", f"student-{number}", "nobody-listens")
