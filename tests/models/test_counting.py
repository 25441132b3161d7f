from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import keras
import pytest
import tensorflow
from hypothesis import given, settings

from graders.models.architecture import Architecture, Shape, ShapeError
from graders.models.counting import (
    flops,
    parameter_count,
    parameter_shapes,
    trainable_parameter_count,
)
from graders.models.operations import (
    Activation,
    AveragePool,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePool,
    MaxPool,
    Opaque,
    Operation,
    Rescaling,
    ZeroPad,
)
from tests.models.architectures import (
    LENET,
    LOGISTIC,
    PERCEPTRON,
    plausible_operations,
)
from tests.models.keras_models import KERAS_LAYERS, keras_model

REFERENCES = [(LOGISTIC, 7_850), (PERCEPTRON, 79_510), (LENET, 123_222)]

IMAGE = (4, 4, 3)
# What one operation costs on an image of 48 values.
COSTS: list[tuple[Operation, int]] = [
    (Dense(5), 16 * 5 * (2 * 3 + 1)),
    (Dense(5, use_bias=False), 16 * 5 * 2 * 3),
    (Conv2D(2, (3, 3)), 2 * 2 * 2 * (2 * 9 * 3 + 1)),
    (Conv2D(2, (3, 3), padding="same", use_bias=False), 16 * 2 * 2 * 9 * 3),
    (Conv2D(3, (1, 1), groups=3), 16 * 3 * (2 * 1 + 1)),
    (MaxPool((2, 2), (2, 2)), 2 * 2 * 3 * 4),
    (AveragePool((2, 2), (1, 1)), 3 * 3 * 3 * 4),
    (GlobalAveragePool(), 48),
    (Activation("softmax"), 48),
    (BatchNormalization(), 96),
    (Rescaling(2.0), 96),
    (Flatten(), 0),
    (Dropout(0.5), 0),
    (ZeroPad(((1, 1), (1, 1))), 0),
]


@pytest.mark.parametrize(("architecture", "expected"), REFERENCES)
def test_the_assignments_models_have_the_parameters_keras_counts(
    architecture: Architecture, expected: int
) -> None:
    assert parameter_count(architecture) == expected
    assert keras_model(architecture).count_params() == expected


@given(plausible_operations())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_parameters_agree_with_keras(drawn: tuple[Shape, tuple[Operation, ...]]) -> None:
    architecture = Architecture(*drawn)
    try:
        shapes = parameter_shapes(architecture)
    except ShapeError:
        return
    model = keras_model(architecture)
    assert list(shapes) == [array.shape for array in model.get_weights()]
    assert parameter_count(architecture) == model.count_params()
    trainable = sum(keras.ops.size(weight) for weight in model.trainable_weights)
    assert trainable_parameter_count(architecture) == int(trainable)


def test_weights_come_operation_by_operation() -> None:
    architecture = Architecture((4,), (Dense(3), BatchNormalization(scale=False), Dense(2)))
    assert parameter_shapes(architecture) == ((4, 3), (3,), (3,), (3,), (3,), (3, 2), (2,))
    assert trainable_parameter_count(architecture) == parameter_count(architecture) - 6


@pytest.mark.parametrize(("operation", "expected"), COSTS)
def test_flops_of_one_operation(operation: Operation, expected: int) -> None:
    assert flops(Architecture(IMAGE, (operation,))) == expected


@pytest.mark.parametrize("architecture", [LOGISTIC, PERCEPTRON, LENET])
def test_flops_agree_with_tensorflows_profiler_but_for_activations(
    architecture: Architecture,
) -> None:
    # The profiler counts nothing for a sigmoid and five for a softmax: they are left out.
    kept = (each for each in architecture.operations if not isinstance(each, Activation))
    linear = Architecture(architecture.input_shape, tuple(kept))
    predict = tensorflow.function(keras_model(linear))
    sample = tensorflow.TensorSpec((1, *(linear.input_shape or ())))
    profiler = tensorflow.compat.v1.profiler
    options = profiler.ProfileOptionBuilder.float_operation() | {"output": "none"}
    profile = profiler.profile(predict.get_concrete_function(sample).graph, options=options)
    assert flops(linear) == profile.total_float_ops


def test_flops_add_up() -> None:
    first, second = 784 * 100 * 2 + 100 + 100, 100 * 10 * 2 + 10 + 10
    assert flops(PERCEPTRON) == first + second


@pytest.mark.parametrize("count", [parameter_shapes, parameter_count, flops])
@pytest.mark.parametrize(
    "architecture",
    [
        Architecture(None, (Dense(2),)),
        Architecture((4,), (Opaque("Lambda"),)),
        Architecture((4,), (MaxPool((2, 2), (2, 2)),)),
    ],
)
def test_nothing_is_counted_where_shapes_are_unknown(
    count: Callable[[Architecture], object], architecture: Architecture
) -> None:
    with pytest.raises(ValueError, match=r"Received|unknown"):
        count(architecture)


def test_keras_knows_every_operation_but_the_opaque_one() -> None:
    assert {*KERAS_LAYERS, Opaque} == set(get_args(Operation))
