"""`fit` in a student's kernel: the same to the bit as without us, whoever trains."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from graders.grading.isolation.confinement import Isolation
from graders.grading.isolation.kernel import StudentKernel
from graders.grading.isolation.limits import Limits
from graders.grading.isolation.sandbox import SandboxUnavailable
from graders.grading.student import trainings_line
from graders.grading.trainings.line import TrainingLine
from graders.grading.trainings.requests import EntrainementRefuse, SocketRequests
from graders.grading.trainings.service import TrainingService
from graders.grading.trainings.trainers import Trainers, TrainerSettings
from graders.grading.workshop import isolation_for
from graders.models.training import weights_digest
from tests.grading.trainings.training_lines import (
    InProcess,
    Never,
    hooked,
    line_in,
    service_of,
    trained,
)
from tests.models.portable_cases import CASES, layers, stacked

LOGISTIC = CASES["logistic regression"]


@pytest.mark.parametrize("name", ["LeNet", "nested, momentum, validation data"])
def test_the_hook_leaves_what_fit_leaves(
    service: TrainingService, name: str, tmp_path: Path
) -> None:
    expected = trained(CASES[name])
    with line_in(tmp_path / "shared", service) as line, hooked(SocketRequests(line.path)):
        assert trained(CASES[name]) == expected
    (training,) = service.ledger.trainings()
    assert training.record.verified


def test_the_ledger_knows_the_weights_a_student_ends_with(service: TrainingService) -> None:
    keras.utils.set_random_seed(0)
    model = LOGISTIC.make()
    with hooked(InProcess(service)):
        model.fit(**LOGISTIC.arguments())
    assert service.ledger.record_for(weights_digest(tuple(model.get_weights()))) is not None
    model.set_weights([weight + 1 for weight in model.get_weights()])
    assert service.ledger.record_for(weights_digest(tuple(model.get_weights()))) is None


class Counted(keras.callbacks.Callback):
    epochs = 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.epochs += 1


def test_a_callback_of_ones_own_is_called_in_the_kernel() -> None:
    callback = Counted()
    with hooked(Never()):
        LOGISTIC.make().fit(**{**LOGISTIC.arguments(), "callbacks": [callback]})
    assert callback.epochs == 2


def test_a_wrong_call_gets_the_error_of_keras() -> None:
    with hooked(Never()):
        with pytest.raises(TypeError, match="epoch"):
            LOGISTIC.make().fit(**LOGISTIC.arguments(), epoch=3)
        with pytest.raises(ValueError, match="compile"):
            stacked(layers.Dense(10)).fit(**LOGISTIC.arguments())


def test_data_that_do_not_fit_get_the_error_of_keras(service: TrainingService) -> None:
    arguments = {**LOGISTIC.arguments(), "y": np.zeros((300, 7))}
    with hooked(InProcess(service)), pytest.raises(ValueError, match="same shape"):
        LOGISTIC.make().fit(**arguments)


def test_the_hook_can_be_taken_away() -> None:
    before = keras.Model.fit
    with hooked(Never()):
        assert keras.Model.fit is not before
        assert keras.Model.fit.__doc__ == before.__doc__
    assert keras.Model.fit is before


def test_beyond_a_limit_the_cell_gets_a_message_in_french(
    trainers: Trainers, tmp_path: Path
) -> None:
    requests = InProcess(service_of(trainers, tmp_path, epochs=1))
    with hooked(requests), pytest.raises(EntrainementRefuse, match="époques") as raised:
        LOGISTIC.make().fit(**LOGISTIC.arguments())
    shown = raised.value._render_traceback_()
    assert len(shown) == 1
    assert "maximum de 1" in shown[0]


def test_without_a_host_the_kernel_trains(tmp_path: Path) -> None:
    expected = trained(LOGISTIC)
    with hooked(SocketRequests(str(tmp_path / "nobody"))):
        assert trained(LOGISTIC) == expected


CELL = """
import hashlib, keras, numpy as np
from keras import layers
keras.utils.set_random_seed(1)
x = np.random.default_rng(0).normal(size=(200, 12)).astype("float32")
y = np.eye(3)[np.arange(200) % 3]
model = keras.Sequential([keras.Input((12,)), layers.Dense(9, "relu"), layers.Dropout(0.2),
                          layers.Dense(3, "softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, epochs=2, batch_size=50, verbose=2)
seen = [*model.get_weights(), *(v.numpy() for v in model.optimizer.variables), model.predict(x)]
print(hashlib.sha256(b"".join(each.tobytes() for each in seen)).hexdigest(), history.history)
"""


def last_line(kernel: StudentKernel) -> str:
    run = kernel.execute(CELL)
    texts = [str(output.get("text", output)) for output in run.outputs]
    return "".join(texts).strip().splitlines()[-1]


def isolated(kind: str) -> Isolation:
    try:
        return isolation_for(kind)
    except SandboxUnavailable as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("kind", ["none", "sandbox"])
def test_a_students_kernel_ends_a_training_as_without_us(kind: str, tmp_path: Path) -> None:
    with (
        Trainers(TrainerSettings(slots=1)) as trainers,
        StudentKernel(isolated(kind), Limits()) as kernel,
    ):
        service = service_of(trainers, tmp_path)
        expected = last_line(kernel)
        with TrainingLine(service, kernel.shared) as line:
            assert not kernel.run_silently(trainings_line(line.path)).outputs
            assert last_line(kernel) == expected
    assert len(service.ledger.trainings()) == 1
