from __future__ import annotations

import keras
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graders.models.architecture import Architecture, Shape, ShapeError
from graders.models.operations import (
    ACTIVATION_NAMES,
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
from tests.models.architectures import (
    LENET,
    SIGMOID,
    any_operations,
    any_shape,
    plausible_operations,
)
from tests.models.keras_models import keras_model

FLAT = (4,)
IMAGE = (2, 2, 1)
# Input shape, as written, in its one spelling.
SPELLINGS: list[tuple[Shape | None, tuple[Operation, ...], tuple[Operation, ...]]] = [
    (FLAT, (Dense(2), Activation("linear")), (Dense(2),)),
    (FLAT, (Dropout(0), Dense(2), Dropout(0.0)), (Dense(2),)),
    (FLAT, (Flatten(), Dense(2), Flatten()), (Dense(2),)),
    (FLAT, (Reshape((4,)),), ()),
    (FLAT, (Reshape((2, 2)), Flatten()), (Reshape((2, 2)), Flatten())),
    (IMAGE, (Flatten(), Flatten()), (Flatten(),)),
    (IMAGE, (Reshape((4,)), Dense(2)), (Flatten(), Dense(2))),
    (IMAGE, (Reshape((2, 2, 1)), Flatten()), (Flatten(),)),
    (IMAGE, (GlobalMaxPool(), Flatten()), (GlobalMaxPool(),)),
    (IMAGE, (Flatten(), Reshape((4,)), Dense(2)), (Flatten(), Dense(2))),
    (None, (Flatten(), Dense(2), SIGMOID, Flatten()), (Flatten(), Dense(2), SIGMOID)),
    (None, (Flatten(), Reshape((4,))), (Flatten(),)),
    (None, (Reshape((4,)),), (Flatten(),)),
    (None, (GlobalAveragePool(), Flatten()), (GlobalAveragePool(),)),
    # What cannot be applied stays as it is written, for a message to name it.
    (FLAT, (Reshape((5,)), Dense(2)), (Reshape((5,)), Dense(2))),
    (FLAT, (MaxPool((2, 2), (2, 2)), Flatten()), (MaxPool((2, 2), (2, 2)), Flatten())),
    (None, (Opaque("?"), Flatten()), (Opaque("?"), Flatten())),
]

IMPOSSIBLE: list[tuple[Shape, Operation, str]] = [
    ((), Dense(2), "at least one axis"),
    ((), BatchNormalization(), "at least one axis"),
    (FLAT, Conv2D(1, (1, 1)), "an image"),
    (FLAT, MaxPool((2, 2), (2, 2)), "an image"),
    (FLAT, GlobalMaxPool(), "an image"),
    (FLAT, ZeroPad(((1, 1), (1, 1))), "an image"),
    (FLAT, Reshape((3,)), "number of values"),
    ((4, 4, 64), Conv2D(64, (5, 5)), "nothing would be left"),
    ((4, 4, 64), AveragePool((5, 5), (1, 1)), "nothing would be left"),
    ((4, 4, 3), Conv2D(2, (1, 1), groups=2), "groups"),
    ((9, 9, 1), Conv2D(1, (2, 2), strides=(2, 1), dilation_rate=(1, 2)), "dilation"),
]


@pytest.mark.parametrize(("shape", "written", "canonical"), SPELLINGS)
def test_equivalent_spellings_become_one(
    shape: Shape | None, written: tuple[Operation, ...], canonical: tuple[Operation, ...]
) -> None:
    assert Architecture(shape, written).operations == canonical


@given(any_shape, any_operations)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_the_canonical_form_of_a_canonical_form_is_itself(
    shape: Shape | None, written: tuple[Operation, ...]
) -> None:
    once = Architecture(shape, written)
    assert Architecture(shape, once.operations) == once


@given(plausible_operations())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_canonicalisation_keeps_the_output_shape(
    drawn: tuple[Shape, tuple[Operation, ...]],
) -> None:
    shape, written = drawn
    try:
        expected = Architecture(shape, (*written, Dense(1))).shapes()
    except ShapeError:
        return
    padded = tuple(step for operation in written for step in (operation, Activation("linear")))
    assert Architecture(shape, (*padded, Dense(1), Flatten())).shapes() == expected


@given(plausible_operations())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_shapes_agree_with_keras(drawn: tuple[Shape, tuple[Operation, ...]]) -> None:
    shape, written = drawn
    architecture = Architecture(shape, written)
    assert _shapes(architecture) == _keras_shapes(architecture)


def test_shapes_of_the_assignments_lenet() -> None:
    shapes = LENET.shapes()
    assert [shapes[place] for place in (0, 2, 5, 8, 9, 11)] == [
        (28, 28, 16),
        (14, 14, 16),
        (7, 7, 32),
        (3, 3, 64),
        (576,),
        (100,),
    ]
    assert LENET.output_shape == (10,)


@pytest.mark.parametrize(("shape", "operation", "reason"), IMPOSSIBLE)
def test_an_impossible_operation_is_named_with_its_place(
    shape: Shape, operation: Operation, reason: str
) -> None:
    with pytest.raises(ShapeError, match=f"Operation 1 .*{reason}") as caught:
        Architecture(shape, (SIGMOID, operation)).shapes()
    assert (caught.value.position, caught.value.received) == (1, shape)


def test_shapes_need_an_input_shape() -> None:
    with pytest.raises(ValueError, match="without one"):
        Architecture(None, (Dense(2),)).shapes()


def test_shapes_stop_at_an_opaque_operation() -> None:
    with pytest.raises(ValueError, match="unknown: Lambda"):
        Architecture(FLAT, (Opaque("Lambda"),)).shapes()


def test_without_operations_the_output_is_the_input() -> None:
    assert Architecture(FLAT, ()).output_shape == FLAT


def test_equal_architectures_have_equal_digests() -> None:
    written, read = Rescaling(2, -0.0), Rescaling(2.0, 0)
    assert Architecture(FLAT, (written,)) == Architecture(FLAT, (read,))
    assert Architecture(FLAT, (written,)).digest() == Architecture(FLAT, (read,)).digest()


@given(st.lists(st.tuples(any_shape, any_operations), min_size=2, max_size=2))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_other_architectures_have_other_digests(
    drawn: list[tuple[Shape | None, tuple[Operation, ...]]],
) -> None:
    first, second = (Architecture(*each) for each in drawn)
    assert (first.digest() == second.digest()) == (first == second)


def test_an_opaque_description_is_short_and_printable() -> None:
    assert Opaque("é\n\x1b" + "x" * 10**5).description == "é" + "x" * 79


def test_every_activation_is_one_of_keras() -> None:
    assert all(callable(getattr(keras.activations, name)) for name in ACTIVATION_NAMES)


def _shapes(architecture: Architecture) -> list[Shape] | None:
    try:
        return list(architecture.shapes())
    except ShapeError:
        return None


def _keras_shapes(architecture: Architecture) -> list[Shape] | None:
    """What Keras itself says of each layer's output; None where it refuses the model."""
    try:
        model = keras_model(architecture)
    except ValueError:
        return None
    return [tuple(layer.output.shape[1:]) for layer in model.layers]
