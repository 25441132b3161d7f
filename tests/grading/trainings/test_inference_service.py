"""The service of evaluations and predictions: each run once, within limits, nothing believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graders.grading.store import open_store
from graders.grading.trainings.array_shelf import ArrayShelf
from graders.grading.trainings.runners import NotTrained
from graders.grading.trainings.service import TrainingRefused, TrainingService
from graders.grading.trainings.trainers import (
    TrainerDied,
    TrainerLost,
    Trainers,
    TrainerSettings,
)
from graders.models.architecture import Architecture
from graders.models.inference_form import dump_request, load_result
from graders.models.operations import Dense
from graders.models.training import Data
from graders.models.training_limits import TrainingLimits
from tests.grading.trainings.trainings import (
    Counting,
    X,
    fetch,
    inference_request,
)

MOST = 10**6
ASKED = dump_request(*inference_request())


@pytest.fixture(scope="module")
def trainers() -> Iterator[Trainers]:
    with Trainers(TrainerSettings(slots=1, seconds=60)) as running:
        yield running


@pytest.fixture
def counting(trainers: Trainers) -> Counting:
    return Counting(trainers)


def service_on(trainers: Any, place: Path, **limits: Any) -> TrainingService:
    return TrainingService(
        trainers, open_store(place / "s"), ArrayShelf(place / "a"), TrainingLimits(**limits)
    )


def test_an_evaluation_is_run_once_for_two_submissions(counting: Counting, tmp_path: Path) -> None:
    services = [service_on(counting, tmp_path) for _ in range(2)]
    first, second = (each.inferences.answer(ASKED, fetch) for each in services)
    assert first == second
    assert counting.count == 1
    result = load_result(first, MOST)
    assert result.predictions is None
    assert np.isfinite(result.values).all()
    assert len(result.values) == 2


def test_a_prediction_has_a_row_for_each_sample(counting: Counting, tmp_path: Path) -> None:
    asked = dump_request(*inference_request(measured=False))
    result = load_result(service_on(counting, tmp_path).inferences.answer(asked, fetch), MOST)
    assert result.predictions is not None
    assert result.predictions.shape == (40, 3)
    assert np.allclose(result.predictions.sum(axis=1), 1)


def test_nothing_that_was_only_evaluated_counts_as_trained(
    counting: Counting, tmp_path: Path
) -> None:
    service = service_on(counting, tmp_path)
    service.inferences.answer(ASKED, fetch)
    assert not service.ledger.trainings()
    assert not service.asked


def test_a_corrupt_result_is_computed_again(counting: Counting, tmp_path: Path) -> None:
    right = service_on(counting, tmp_path).inferences.answer(ASKED, fetch)
    store = open_store(tmp_path / "s")
    (kept,) = (path.name for path in (tmp_path / "s").glob("[0-9a-f][0-9a-f]/*"))
    store.put(kept, b"nonsense")
    again = service_on(counting, tmp_path).inferences.answer(ASKED, fetch)
    assert (load_result(again, MOST).values == load_result(right, MOST).values).all()
    assert counting.count == 2


def changed(**fields: Any) -> bytes:
    """A request with other fields of its job, its weights left as they were."""
    job, weights = inference_request()
    return dump_request(replace(job, **fields), weights)


def in_header(old: str, new: str) -> bytes:
    """A request whose header says something else, of the same length or not."""
    length = int.from_bytes(ASKED[:8], "little")
    header = ASKED[8 : 8 + length].decode()
    assert old in header
    said = header.replace(old, new, 1).encode()
    return len(said).to_bytes(8, "little") + said + ASKED[8 + length :]


HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "noise": lambda: bytes(range(256)) * 4,
    "a length without end": lambda: b"\xff" * 8 + b"{}",
    "cut short": lambda: ASKED[:-1],
    "something left over": lambda: ASKED + b"\0",
    "a deep header": lambda: (200_000).to_bytes(8, "little") + b"[" * 200_000,
    "another version": lambda: in_header('"version": "1"', '"version": "2"'),
    "a field too many": lambda: in_header('"version"', '"more": 1, "version"'),
    "weights of another digest": lambda: changed(weights="0" * 64),
    "weights of another shape": lambda: changed(architecture=Architecture((6,), (Dense(4),))),
    "a layer without end": lambda: changed(architecture=Architecture((6,), (Dense(10**9),))),
    "no batch": lambda: in_header('"batch_size": 8', '"batch_size": 0'),
    "half a batch": lambda: in_header('"batch_size": 8', '"batch_size": 0.5'),
    "samples that are no number": lambda: in_header("[40, 6]", "[40, NaN]"),
    "another loss": lambda: in_header("categorical_crossentropy", "os.system('id')"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_request_is_left_to_the_students_own_kernel(name: str, tmp_path: Path) -> None:
    class Untouched:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError("a trainer was asked")

    def never(data: Data) -> memoryview:
        raise AssertionError("data were asked for")

    service = service_on(Untouched(), tmp_path)
    with pytest.raises(NotTrained):
        service.inferences.answer(HOSTILE[name](), never)
    assert service.mishaps.first is None


@pytest.mark.parametrize(
    "limits",
    [
        {"operations": 1},
        {"parameters": 20},
        {"values": 5},
        {"samples": 39},
        {"batch_values": 47},
        {"steps": 4},
        {"work": 100.0},
        {"notebook_work": 100.0},
        {"inferences": 0},
    ],
    ids=str,
)
def test_beyond_a_limit_the_kernel_does_it(
    counting: Counting, tmp_path: Path, limits: dict[str, Any]
) -> None:
    with pytest.raises(NotTrained):
        service_on(counting, tmp_path, **limits).inferences.answer(ASKED, fetch)
    assert counting.count == 0


def test_predictions_are_bounded_for_the_whole_notebook(counting: Counting, tmp_path: Path) -> None:
    asked = dump_request(*inference_request(measured=False))
    service = service_on(counting, tmp_path, predicted_bytes=40 * 3 * 4)
    service.inferences.answer(asked, fetch)
    with pytest.raises(NotTrained):
        service.inferences.answer(asked, fetch)


def test_asking_again_and_again_ends(counting: Counting, tmp_path: Path) -> None:
    service = service_on(counting, tmp_path, inferences=2)
    for _ in range(20):
        service.inferences.answer(ASKED, fetch)
    with pytest.raises(NotTrained):
        service.inferences.answer(ASKED, fetch)
    assert counting.count == 1


def test_a_shape_that_the_content_has_not_is_refused(counting: Counting, tmp_path: Path) -> None:
    lying = changed(x=Data(X.digest, "float64", (20, 6)))
    with pytest.raises(TrainingRefused, match="ont changé"):
        service_on(counting, tmp_path).inferences.answer(lying, fetch)


class Failing:
    """Trainers that fail in one way."""

    def __init__(self, trainers: Trainers, error: Exception) -> None:
        self._trainers = trainers
        self._error = error

    def environment(self) -> Any:
        return self._trainers.environment()

    def infer(self, *_: Any) -> bytes:
        raise self._error

    train = infer


@pytest.mark.parametrize(
    ("error", "machine"),
    [
        (TrainerDied("trop long"), False),
        (TrainerLost("killed"), True),
        (OSError(28, "No space left on device"), True),
    ],
    ids=["a limit", "a trainer killed from outside", "a full disk"],
)
def test_what_the_machine_has_failed_is_told_apart_from_what_a_student_asked(
    trainers: Trainers, tmp_path: Path, error: Exception, machine: bool
) -> None:
    service = service_on(Failing(trainers, error), tmp_path)
    with pytest.raises(TrainingRefused):
        service.inferences.answer(ASKED, fetch)
    assert (service.mishaps.first is error) is machine


def test_arrays_that_the_machine_cannot_keep_are_its_own_failure(
    trainers: Trainers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    service = service_on(trainers, tmp_path)
    monkeypatch.setattr(ArrayShelf, "keep", full)
    with pytest.raises(TrainingRefused, match="machine"):
        service.inferences.answer(ASKED, fetch)
    assert isinstance(service.mishaps.first, OSError)
