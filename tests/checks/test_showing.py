"""What a result shows of a model: the student's own layers and figures, never the answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from graders.answer_keys.tp_keras import LENET, LOGISTIC, PERCEPTRON, grade
from graders.checks.describing import described, described_input
from graders.checks.showing import confusion, layers_beside, learning_curve
from graders.checks.subject import Subject
from graders.exhibits import Confusion, Curve, LayersTable
from graders.models.architecture import Architecture
from graders.models.operations import (
    Activation,
    AveragePool,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePool,
    GlobalMaxPool,
    MaxPool,
    Opaque,
    Operation,
    Rescaling,
    Reshape,
    ZeroPad,
)
from graders.models.snapshot import Snapshot, TrainingRecord

SIGMOID, SOFTMAX = Activation("sigmoid"), Activation("softmax")


def rows(*operations: Operation, expected: Architecture = PERCEPTRON) -> list[tuple[str, str]]:
    table = layers_beside(expected)("mlp", Architecture(expected.input_shape, operations))
    return [(row.layer or row.remark, row.state) for row in table.rows[1:]]


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (Dense(100), "Dense, 100 neurones"),
        (Dense(1, use_bias=False), "Dense, 1 neurone, sans biais"),
        (Conv2D(16, (5, 5), padding="same"), "Conv2D, 16 filtres 5 × 5, padding same"),
        (
            Conv2D(1, (3, 5), (2, 2), groups=1, use_bias=False),
            "Conv2D, 1 filtre 3 × 5, padding valid, pas 2 × 2, sans biais",
        ),
        (
            Conv2D(8, (3, 3), dilation_rate=(2, 2), groups=4),
            "Conv2D, 8 filtres 3 × 3, padding valid, dilatation 2 × 2, groups 4",
        ),
        (MaxPool((2, 2), (2, 2)), "MaxPooling2D, fenêtre 2 × 2"),
        (
            AveragePool((2, 2), (1, 1), "same"),
            "AveragePooling2D, fenêtre 2 × 2, pas 1 × 1, padding same",
        ),
        (GlobalMaxPool(), "GlobalMaxPooling2D"),
        (GlobalAveragePool(), "GlobalAveragePooling2D"),
        (SIGMOID, "Activation sigmoid"),
        (Flatten(), "Flatten"),
        (Reshape((28, 28, 1)), "Reshape, 28 × 28 × 1"),
        (Dropout(0.25), "Dropout, taux 0,25"),
        (BatchNormalization(), "BatchNormalization"),
        (Rescaling(1 / 255), "Rescaling"),
        (ZeroPad(((2, 2), (2, 2))), "ZeroPadding2D"),
        (Opaque("LSTM"), "Couche que le correcteur ne sait pas lire : LSTM"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_layer_is_told_in_a_few_words(operation: Operation, words: str) -> None:
    assert described(operation) == words


def test_an_input_is_told_as_far_as_it_is_known() -> None:
    assert described_input(LENET) == "Entrée, forme 28 × 28 × 1"
    assert described_input(Architecture(None, ())) == "Entrée, forme non précisée"


@pytest.mark.parametrize(
    ("operations", "states"),
    [
        (PERCEPTRON.operations, ["same"] * 4),
        ((Dense(50), SIGMOID, Dense(10), SOFTMAX), ["changed", "same", "same", "same"]),
        ((Dense(100), Dense(10), SOFTMAX), ["same", "missing", "same", "same"]),
        (
            (Dense(100), SIGMOID, Dropout(0.5), Dense(10), SOFTMAX),
            ["same", "same", "extra", "same", "same"],
        ),
        ((SIGMOID, Dense(100), Dense(10), SOFTMAX), ["same", "moved", "same", "same"]),
        ((), ["missing"] * 4),
    ],
)
def test_each_layer_says_whether_it_differs(
    operations: tuple[Operation, ...], states: list[str]
) -> None:
    assert [state for _, state in rows(*operations)] == states


def test_layers_stand_in_the_order_of_the_student() -> None:
    mine = (SIGMOID, Dense(100), Dense(10), SOFTMAX)
    assert [layer for layer, _ in rows(*mine)] == [described(operation) for operation in mine]


def test_what_was_expected_is_never_told() -> None:
    wrong = (Dense(50), Activation("relu"), Dense(7), SIGMOID)
    table = layers_beside(PERCEPTRON)("mlp", Architecture((100,), wrong))
    assert {row.state for row in table.rows} == {"changed"}
    told = str(table)
    assert not [answer for answer in ("784", " 100 neurones", "10 ", "softmax") if answer in told]


def test_of_a_layer_that_is_missing_only_the_kind_is_told() -> None:
    (row,) = (
        row
        for row in layers_beside(LENET)(
            "lenet", replace(LENET, operations=LENET.operations[1:])
        ).rows
        if row.state == "missing"
    )
    assert (row.layer, row.remark) == ("", "il manque une couche de convolution (Conv2D)")


def test_parameters_are_counted_where_all_is_known() -> None:
    show = layers_beside(PERCEPTRON)
    assert show("mlp", PERCEPTRON).parameters == 79510
    assert show("mlp", Architecture(None, PERCEPTRON.operations)).parameters == 79510
    assert show("mlp", Architecture((784,), (Opaque("LSTM"),))).parameters is None


def digits(predicted: int | None) -> Subject:
    """A logistic regression that takes every image for one digit, or for none."""
    bias = np.full(10, np.nan) if predicted is None else np.eye(10)[predicted]
    weights = (np.zeros((784, 10), np.float32), bias.astype(np.float32))
    record = TrainingRecord(20, 2, 10, (("loss", (2.0, 1.5)), ("accuracy", (0.1, 0.2))))
    return Subject(Snapshot(LOGISTIC, None, weights, record))


def test_the_confusion_counts_every_test_image_and_agrees_with_the_accuracy() -> None:
    subject = digits(1)
    shown = confusion("mlp", subject)
    assert shown is not None
    assert (shown.total, shown.accuracy) == (10_000, subject.accuracy)
    assert shown.counts[1][1] == 1135
    assert all(row[0] == 0 for row in shown.counts)


def test_a_model_that_says_nothing_confuses_nothing() -> None:
    subject = digits(None)
    assert subject.accuracy == 0
    assert confusion("mlp", subject) is None


def test_the_curve_is_that_of_the_last_fit() -> None:
    shown = learning_curve("mlp", digits(1))
    assert shown == Curve("mlp", (("loss", (2.0, 1.5)), ("accuracy", (0.1, 0.2))))
    assert learning_curve("mlp", Subject(Snapshot(LOGISTIC, None))) is None
    never = Snapshot(LOGISTIC, None, None, TrainingRecord(0, 0, None))
    assert learning_curve("mlp", Subject(never)) is None


@pytest.mark.parametrize(
    ("test_cell", "values", "kind"),
    [
        ("test_q4_mlp", {"mlp": digits(1).snapshot}, LayersTable),
        ("test_q6_mlp_entrainement", {"mlp": digits(1).snapshot}, Curve),
        ("test_q7_mlp_evaluation", {"mlp": digits(1).snapshot, "scores_mlp": None}, Confusion),
        ("test_q9_lenet", {"lenet": digits(1).snapshot}, LayersTable),
        ("test_q10_lenet_entrainement", {"lenet": digits(1).snapshot}, Curve),
        ("test_q11_lenet_evaluation", {"lenet": digits(1).snapshot, "scores_lenet": 0}, Confusion),
    ],
)
def test_each_question_on_a_model_shows_it(
    test_cell: str, values: dict[str, object], kind: type
) -> None:
    assert [type(shown) for shown in grade(test_cell, **values).exhibits] == [kind]


@pytest.mark.parametrize("test_cell", ["test_q7_mlp_evaluation", "test_q6_mlp_entrainement"])
def test_what_cannot_be_shown_is_left_out_and_changes_no_mark(test_cell: str) -> None:
    cannot = Snapshot(Architecture(None, (Opaque("LSTM"),)), None)
    result = grade(test_cell, mlp=cannot, scores_mlp=0.9)
    assert result.exhibits == ()
    assert all(finding.message for finding in result.findings)
