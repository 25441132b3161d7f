"""`evaluate` and `predict` in a student's kernel: the same to the bit as without us."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from graders.grading.trainings.requests import EntrainementRefuse, Requests, SocketRequests
from graders.grading.trainings.service import TrainingRefused, TrainingService
from graders.models import portable_inference
from tests.grading.trainings.training_lines import InProcess, Never, hooked, line_in
from tests.models.portable_cases import CASES, Case, flat, one_hot

LOGISTIC = CASES["logistic regression"]


@pytest.fixture
def whatever_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portable_inference, "LEAST_WORK", 0)


class Noting:
    """Requests that are noted on their way."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self.kinds: list[bytes] = []

    def ask(self, kind: bytes, request: bytes, arrays: Any) -> bytes:
        self.kinds.append(kind)
        return self._requests.ask(kind, request, arrays)


def measured(case: Case) -> list[Any]:
    """What a trained model gives, and its metrics afterwards."""
    keras.utils.set_random_seed(3)
    model = case.make()
    with contextlib.redirect_stdout(io.StringIO()):
        model.fit(**case.arguments())
        scores = model.evaluate(case.x(), case.y(), return_dict=True)
        predictions = model.predict(case.x())
    state = [variable.numpy().tobytes() for variable in model.metrics_variables]
    return [scores, predictions.tobytes(), state]


@pytest.mark.usefixtures("whatever_the_work")
@pytest.mark.parametrize("name", ["LeNet", "functional, validation split"])
def test_the_hook_gives_what_keras_gives(
    service: TrainingService, name: str, tmp_path: Path
) -> None:
    expected = measured(CASES[name])
    with line_in(tmp_path / "shared", service) as line:
        noting = Noting(SocketRequests(line.path))
        with hooked(noting):
            assert measured(CASES[name]) == expected
    assert noting.kinds == [b"fit", b"inference", b"inference"]


def test_little_work_is_not_asked_for() -> None:
    model = LOGISTIC.make()
    with hooked(Never()):
        assert model.predict(flat()[:3], verbose=0).shape == (3, 10)


@pytest.mark.usefixtures("whatever_the_work")
def test_a_wrong_call_gets_the_error_of_keras() -> None:
    with hooked(Never()):
        with pytest.raises(TypeError, match="sample"):
            LOGISTIC.make().predict(flat(), sample=3)
        with pytest.raises(ValueError, match="compile"):
            keras.Sequential([keras.layers.Dense(2)]).evaluate(flat(), one_hot())


@pytest.mark.usefixtures("whatever_the_work")
def test_labels_that_do_not_fit_get_the_error_of_keras(service: TrainingService) -> None:
    model = LOGISTIC.make()
    model.fit(flat(), one_hot(), verbose=0)
    with hooked(InProcess(service)), pytest.raises(ValueError, match="same shape"):
        model.evaluate(flat(), np.zeros((300, 7)), verbose=0)


@pytest.mark.usefixtures("whatever_the_work")
def test_without_a_host_the_kernel_measures(tmp_path: Path) -> None:
    expected = measured(LOGISTIC)
    with hooked(SocketRequests(str(tmp_path / "nobody"))):
        assert measured(LOGISTIC) == expected


@pytest.mark.usefixtures("whatever_the_work")
def test_a_refusal_is_told_in_the_cell(
    service: TrainingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(request: bytes, fetch: Any) -> bytes:
        raise TrainingRefused("non")

    monkeypatch.setattr(service.inferences, "answer", refused)
    with hooked(InProcess(service)), pytest.raises(EntrainementRefuse, match="non"):
        LOGISTIC.make().predict(flat(), verbose=0)


@pytest.mark.usefixtures("whatever_the_work")
def test_the_validation_of_a_training_in_the_kernel_stays_there() -> None:
    class Watching(keras.callbacks.Callback):
        pass

    with hooked(Never()):
        history = LOGISTIC.make().fit(
            flat(),
            one_hot(),
            validation_data=(flat(), one_hot()),
            callbacks=[Watching()],
            verbose=0,
        )
    assert "val_loss" in history.history
