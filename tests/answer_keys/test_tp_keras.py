"""The answer key: its points, its outcomes, and that it leaves everything as it was."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from graders.answer_keys import tp_keras
from graders.models.datasets import mnist
from graders.models.snapshot import Snapshot, TrainingRecord
from graders.rubric import Outcome, Result
from tests.checks.hostile import HOSTILE

NOTEBOOK = Path(__file__).parents[2] / "source" / "tp_keras" / "deep_learning_keras.ipynb"
VALUES = {
    "test_q1_parametres": ["nb_parametres_logistique"],
    "test_q4_mlp": ["mlp"],
    "test_q5_parametres": ["nb_parametres_mlp"],
    "test_q6_mlp_entrainement": ["mlp"],
    "test_q7_mlp_evaluation": ["scores_mlp", "mlp"],
    "test_q8_initialisation": ["initialisation_dense"],
    "test_q9_lenet": ["lenet"],
    "test_q10_lenet_entrainement": ["lenet"],
    "test_q11_lenet_evaluation": ["scores_lenet", "lenet"],
}


def perceptron(hidden: int = 100, activation: str = "sigmoid") -> Any:
    return keras.Sequential(
        [
            keras.Input((784,)),
            keras.layers.Dense(hidden, activation=activation),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )


def compiled(model: Any) -> Any:
    optimizer = keras.optimizers.SGD(0.5)
    model.compile(optimizer, "categorical_crossentropy", metrics=["accuracy"])
    return model


def trained(model: Any, images: int = 60_000, **changes: Any) -> Any:
    data = mnist()
    settings = {"batch_size": 300, "epochs": 10, "verbose": 0, **changes}
    compiled(model).fit(data.x_train[:images], data.y_train_one_hot[:images], **settings)
    return model


def evaluated(model: Any) -> Any:
    data = mnist()
    return model.evaluate(data.x_test, data.y_test_one_hot, verbose=0, return_dict=True)


def earned(result: Result) -> list[float]:
    return [finding.points for finding in result.findings]


def test_points_are_those_of_the_notebook() -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    marked = [cell["metadata"].get("nbgrader", {}) for cell in cells]
    points = {
        mark["grade_id"]: mark["points"]
        for mark in marked
        if mark.get("grade") and not mark["solution"]
    }
    key = {
        name: round(sum(check.points for check in question.checks), 2)
        for name, question in tp_keras.QUESTIONS.items()
    }
    assert key == points
    assert sum(key.values()) == 15


def test_each_question_reads_the_variables_its_cell_defines() -> None:
    assert {
        name: sorted({value for check in question.checks for value in check.of})
        for name, question in tp_keras.QUESTIONS.items()
    } == {name: sorted(values) for name, values in VALUES.items()}


def test_an_unknown_test_cell_or_a_missing_variable_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="Received: test_q0"):
        tp_keras.grade("test_q0")
    with pytest.raises(TypeError, match="test_q4_mlp needs mlp"):
        tp_keras.grade("test_q4_mlp", model=None)


@pytest.mark.parametrize("test_cell", VALUES)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_value_earns_nothing_and_breaks_nothing(test_cell: str, name: str) -> None:
    result = tp_keras.grade(test_cell, **dict.fromkeys(VALUES[test_cell], HOSTILE[name]))
    assert result.points == 0
    assert result.outcome in (Outcome.FAILED, Outcome.COULD_NOT_GRADE)
    assert Result.from_json(result.to_json()) == result


def test_numbers_and_names_earn_their_points() -> None:
    for test_cell, name, value in (
        ("test_q1_parametres", "nb_parametres_logistique", 7850),
        ("test_q5_parametres", "nb_parametres_mlp", 79510),
        ("test_q8_initialisation", "initialisation_dense", "glorot_uniform"),
    ):
        assert tp_keras.grade(test_cell, **{name: value}).outcome is Outcome.PASSED


def test_half_an_architecture_earns_half() -> None:
    assert earned(tp_keras.grade("test_q4_mlp", mlp=perceptron())) == [1, 1]
    assert earned(tp_keras.grade("test_q4_mlp", mlp=perceptron(50))) == [0.5, 1]
    assert earned(tp_keras.grade("test_q4_mlp", mlp=perceptron(50, "relu"))) == [0, 1]


def test_a_hidden_layer_too_many_costs_one_layer_and_not_the_whole_output() -> None:
    mlp = keras.Sequential(
        [
            keras.Input((784,)),
            keras.layers.Dense(100, activation="sigmoid"),
            keras.layers.Dense(50, activation="sigmoid"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    assert earned(tp_keras.grade("test_q4_mlp", mlp=mlp)) == [1, 0.5]


def test_a_half_built_network_keeps_the_blocks_it_has() -> None:
    # Without padding, as the former text of the assignment had it.
    lenet = keras.Sequential([keras.Input((28, 28, 1))])
    for filters in (16, 32):
        lenet.add(keras.layers.Conv2D(filters, 5, activation="sigmoid"))
        lenet.add(keras.layers.MaxPooling2D())
    with pytest.raises(ValueError, match="negative"):
        lenet.add(keras.layers.Conv2D(64, 5, activation="sigmoid"))
    assert earned(tp_keras.grade("test_q9_lenet", lenet=lenet)) == [0.4, 0.4, 0.2, 0, 0]


def test_each_step_of_a_training_question_earns_its_share() -> None:
    model = perceptron()
    assert tp_keras.grade("test_q6_mlp_entrainement", mlp=model).outcome is Outcome.FAILED
    assert earned(tp_keras.grade("test_q6_mlp_entrainement", mlp=compiled(model)))[:4] == [
        *(0.25, 0.5, 0.25),
        0,
    ]
    one_epoch = earned(tp_keras.grade("test_q6_mlp_entrainement", mlp=trained(model, epochs=1)))
    assert one_epoch[:4] == [0.25, 0.5, 0.25, 0.04]
    assert 0 < one_epoch[4] < 0.5


def test_a_right_perceptron_trained_on_all_of_mnist_earns_everything() -> None:
    model = trained(perceptron())
    values = {"mlp": model, "scores_mlp": evaluated(model)}
    for test_cell in ("test_q4_mlp", "test_q6_mlp_entrainement", "test_q7_mlp_evaluation"):
        wanted = {name: values[name] for name in VALUES[test_cell]}
        assert tp_keras.grade(test_cell, **wanted).outcome is Outcome.PASSED


def test_a_mistake_costs_its_own_question_and_not_the_next_ones() -> None:
    model = trained(perceptron(32, "relu"))
    assert tp_keras.grade("test_q4_mlp", mlp=model).points == 1
    assert tp_keras.grade("test_q6_mlp_entrainement", mlp=model).outcome is Outcome.PASSED
    scores = evaluated(model)
    assert tp_keras.grade("test_q7_mlp_evaluation", mlp=model, scores_mlp=scores).points == 1


def test_honest_scores_of_an_untrained_model_are_honest() -> None:
    model = compiled(perceptron())
    scores = evaluated(model)
    assert tp_keras.grade("test_q7_mlp_evaluation", mlp=model, scores_mlp=scores).points == 1
    claimed = {"accuracy": 0.95, "loss": 0.2}
    assert tp_keras.grade("test_q7_mlp_evaluation", mlp=model, scores_mlp=claimed).points == 0


def test_low_accuracy_of_the_convolutional_network_is_a_ramp() -> None:
    # Dense layers alone, in LeNet's place: well compiled, half way to its accuracy.
    weights = (np.zeros((784, 10), np.float32), np.eye(10, dtype=np.float32)[1])
    snapshot = Snapshot(tp_keras.LOGISTIC, None, weights, TrainingRecord(2000, 10, 200))
    result = tp_keras.grade("test_q11_lenet_evaluation", lenet=snapshot, scores_lenet=[2, 0.1135])
    assert earned(result) == [1, 0]


def state(model: Any) -> Any:
    counters = keras.src.backend.common.global_state.get_global_attribute("object_name_uids")
    variables = [*model.weights, *model.optimizer.variables, *model.metrics_variables]
    return (
        [keras.ops.convert_to_numpy(variable).tobytes() for variable in variables],
        (model.loss, id(model.optimizer), model.compiled, model.built, model.stop_training),
        (id(model.history), model.history.history),
        dict(counters),
        random.getstate(),
        str(np.random.get_state()),
        sorted(vars(model)),
    )


def test_grading_leaves_no_trace() -> None:
    keras.utils.set_random_seed(7)
    model = trained(perceptron(), images=3000, epochs=1)
    scores = evaluated(model)
    before = state(model)
    tp_keras.grade("test_q4_mlp", mlp=model)
    tp_keras.grade("test_q6_mlp_entrainement", mlp=model)
    tp_keras.grade("test_q7_mlp_evaluation", mlp=model, scores_mlp=scores)
    assert state(model) == before
    drawn = keras.random.normal((4,))
    keras.utils.set_random_seed(7)
    trained(perceptron(), images=3000, epochs=1)
    assert np.array_equal(drawn, keras.random.normal((4,)))


def test_reading_the_key_does_not_import_keras() -> None:
    code = "import sys; from graders.answer_keys import tp_keras; print('keras' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
