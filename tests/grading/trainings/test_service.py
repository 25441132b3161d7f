"""The service of trainings: each run once, within limits, and noted where none can forge."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graders.grading.store import open_store
from graders.grading.trainings.array_shelf import ArrayShelf
from graders.grading.trainings.service import NotTrained, TrainingRefused, TrainingService
from graders.grading.trainings.trainers import Trainers, TrainerSettings
from graders.models.architecture import Architecture
from graders.models.compilation import Optimizer
from graders.models.operations import Dense
from graders.models.training import (
    Data,
    TrainingJob,
    TrainingState,
    weights_digest,
)
from graders.models.training_form import dump_request, load_result
from graders.models.training_limits import TrainingLimits
from tests.grading.trainings.trainings import (
    LOGISTIC,
    SGD,
    Counting,
    X,
    Y,
    fetch,
    request,
    state_of,
)


@pytest.fixture(scope="module")
def trainers() -> Iterator[Trainers]:
    with Trainers(TrainerSettings(slots=2, seconds=60)) as running:
        yield running


@pytest.fixture
def counting(trainers: Trainers) -> Counting:
    return Counting(trainers)


@pytest.fixture
def service(counting: Counting, tmp_path: Path) -> TrainingService:
    return TrainingService(counting, open_store(tmp_path / "s"), ArrayShelf(tmp_path / "a"))


def another(service: TrainingService, tmp_path: Path, trainers: Any, **limits: Any) -> Any:
    """The service of another submission, on the same store."""
    return TrainingService(
        trainers, open_store(tmp_path / "s"), ArrayShelf(tmp_path / "a"), TrainingLimits(**limits)
    )


def test_a_training_changes_the_weights_and_notes_its_epochs(service: TrainingService) -> None:
    job, start = request()
    result = load_result(service.answer(dump_request(job, start), fetch), 10**6)
    assert result.epochs == (0, 1)
    assert not np.array_equal(result.end.weights[0], start.weights[0])
    assert result.end.iterations == 10
    assert result.seconds > 0
    assert result.peak_memory > 10**7


def test_the_same_training_is_run_once_for_two_submissions(
    service: TrainingService, counting: Counting, tmp_path: Path
) -> None:
    asked = dump_request(*request())
    other = another(service, tmp_path, counting)
    assert service.answer(asked, fetch) == other.answer(asked, fetch)
    assert counting.count == 1
    assert len(other.ledger.trainings()) == 1


def test_two_submissions_that_ask_together_share_one_training(
    service: TrainingService, counting: Counting, tmp_path: Path
) -> None:
    asked = dump_request(*request())
    services = [service, *(another(service, tmp_path, counting) for _ in range(2))]
    answers: list[bytes] = []
    threads = [
        threading.Thread(target=lambda each=each: answers.append(each.answer(asked, fetch)))
        for each in services
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1
    assert len(answers) == 3
    assert counting.count == 1


def test_an_array_is_sent_once(service: TrainingService) -> None:
    sent: list[Data] = []

    def counted(data: Data) -> memoryview:
        sent.append(data)
        return fetch(data)

    service.answer(dump_request(*request()), counted)
    service.answer(dump_request(*request(epochs=1)), counted)
    assert sent == [X, Y]


def test_an_array_that_is_not_what_its_digest_says_is_refused(service: TrainingService) -> None:
    with pytest.raises(TrainingRefused, match="ont changé"):
        service.answer(dump_request(*request()), lambda data: memoryview(bytes(data.nbytes)))


def test_the_record_of_a_training_is_found_by_its_weights(service: TrainingService) -> None:
    result = load_result(service.answer(dump_request(*request()), fetch), 10**6)
    record = service.ledger.record_for(weights_digest(result.end.weights), SGD)
    assert record is not None
    assert record.verified
    assert (record.epochs, record.batch_size, record.samples) == (2, 8, 40)
    assert (record.x_digest, record.y_digest) == (X.digest, Y.digest)
    assert (record.iterations, record.steps_per_epoch) == (10, 5)
    assert [name for name, _ in record.history] == ["loss", "categorical_accuracy"]


def test_weights_that_no_trainer_made_have_no_record(service: TrainingService) -> None:
    service.answer(dump_request(*request()), fetch)
    assert service.ledger.record_for(weights_digest(state_of(LOGISTIC).weights)) is None


def test_a_model_compiled_otherwise_after_its_training_has_no_record(
    service: TrainingService,
) -> None:
    result = load_result(service.answer(dump_request(*request()), fetch), 10**6)
    adam = replace(SGD, optimizer=Optimizer("adam", 0.001))
    assert service.ledger.record_for(weights_digest(result.end.weights), adam) is None


def test_steps_add_up_when_a_training_goes_on(service: TrainingService) -> None:
    first = load_result(service.answer(dump_request(*request()), fetch), 10**6)
    asked = dump_request(*request(start=first.end))
    second = load_result(service.answer(asked, fetch), 10**6)
    record = service.ledger.record_for(weights_digest(second.end.weights))
    assert record is not None
    assert (record.iterations, record.epochs) == (20, 2)


def test_steps_that_a_student_claims_are_not_counted(service: TrainingService) -> None:
    start = state_of(LOGISTIC)
    forged = replace(start, optimizer=(np.array(10**6), start.optimizer[1]))
    result = load_result(service.answer(dump_request(*request(start=forged)), fetch), 10**6)
    record = service.ledger.record_for(weights_digest(result.end.weights))
    assert record is not None
    assert record.iterations == 10


def forged_requests() -> dict[str, bytes]:
    job, start = request()
    whole = dump_request(job, start)
    other = state_of(LOGISTIC, seed=1)
    return {
        "nothing": b"",
        "noise": bytes(range(256)) * 4,
        "cut": whole[:-1],
        "too long": whole + b"\0",
        "another state": dump_request(job, other),
        "another rate": dump_request(*request(start=state_of(LOGISTIC, rate=0.0))),
        "weights of another shape": dump_request(
            *request(start=state_of(Architecture((7,), LOGISTIC.operations)))
        ),
        "no optimizer": dump_request(*request(start=replace(start, optimizer=()))),
        "shapes that do not fit": dump_request(
            *request(architecture=Architecture((6,), (Dense(3), Dense(2))), start=start)
        ),
    }


@pytest.mark.parametrize("name", forged_requests())
def test_a_request_that_is_not_one_is_refused(
    service: TrainingService, counting: Counting, name: str
) -> None:
    with pytest.raises(TrainingRefused, match="mal formé"):
        service.answer(forged_requests()[name], fetch)
    assert counting.count == 0


def wide(units: int, epochs: int = 1) -> tuple[TrainingJob, TrainingState]:
    return request(architecture=Architecture((6,), (Dense(units), Dense(3))), epochs=epochs)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"parameters": 100}, "paramètres"),
        ({"samples": 39}, "exemples"),
        ({"epochs": 1}, "époques"),
        ({"steps": 9}, "lots"),
        ({"work": 1000.0}, "fois le calcul"),
        ({"notebook_work": 1000.0}, "ensemble"),
        ({"values": 10}, "entre deux couches"),
        ({"batch_values": 100}, "batch"),
        ({"data_bytes": 100}, "trop volumineuses"),
        ({"jobs": 0}, "entraînements"),
        ({"state_bytes": -(2**18)}, "trop grand"),
    ],
)
def test_a_training_beyond_a_limit_is_refused_in_french(
    service: TrainingService, counting: Counting, tmp_path: Path, limits: Any, reason: str
) -> None:
    limited = another(service, tmp_path, counting, **limits)
    with pytest.raises(TrainingRefused, match=reason):
        limited.answer(dump_request(*wide(100, epochs=2)), fetch)
    assert counting.count == 0


def test_limits_on_a_notebook_add_up(
    service: TrainingService, counting: Counting, tmp_path: Path
) -> None:
    limited = another(service, tmp_path, counting, jobs=1)
    limited.answer(dump_request(*request()), fetch)
    with pytest.raises(TrainingRefused, match="2 entraînements"):
        limited.answer(dump_request(*request(epochs=1)), fetch)


def test_the_time_of_a_notebook_adds_up(
    service: TrainingService, counting: Counting, tmp_path: Path
) -> None:
    limited = another(service, tmp_path, counting, notebook_seconds=0.001)
    limited.answer(dump_request(*request()), fetch)
    with pytest.raises(TrainingRefused, match="ont déjà duré"):
        limited.answer(dump_request(*request(epochs=1)), fetch)


def test_what_keras_refuses_is_left_to_keras(service: TrainingService) -> None:
    with pytest.raises(NotTrained):
        service.answer(dump_request(*request(y=X)), fetch)
    assert not service.ledger.trainings()


def test_a_corrupt_result_is_trained_again(
    service: TrainingService, counting: Counting, tmp_path: Path
) -> None:
    asked = dump_request(*request())
    expected = load_result(service.answer(asked, fetch), 10**6)
    for path in (tmp_path / "s").glob("??/*"):
        path.write_bytes(path.read_bytes()[:-40])
    received = load_result(service.answer(asked, fetch), 10**6)
    assert received.end.digest() == expected.end.digest()
    assert counting.count == 2
