from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from graders.models.architecture import Architecture
from graders.models.difference import Difference, DifferenceKind, Pairing, align, diff
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
    Operation,
)
from tests.models.architectures import LENET, PERCEPTRON, SIGMOID, SOFTMAX, architectures, block
from tests.processor_time import using_at_most

CHANGED, MISSING = DifferenceKind.CHANGED, DifferenceKind.MISSING
UNEXPECTED, ORDER = DifferenceKind.UNEXPECTED, DifferenceKind.ORDER

Operations = tuple[Operation, ...]
RELU = Activation("relu")
POOL = MaxPool((2, 2), (2, 2))


def convolution(filters: int = 32, kernel: int = 5) -> Conv2D:
    return Conv2D(filters, (kernel, kernel), padding="same")


def changed(operations: Operations, place: int, operation: Operation) -> Operations:
    return (*operations[:place], operation, *operations[place + 1 :])


def without(operations: Operations, place: int) -> Operations:
    return (*operations[:place], *operations[place + 1 :])


def added(operations: Operations, place: int, *more: Operation) -> Operations:
    return (*operations[:place], *more, *operations[place:])


def moved(operations: Operations, start: int, end: int) -> Operations:
    return added(without(operations, start), end, operations[start])


P, L = PERCEPTRON.operations, LENET.operations
# Expected architecture, one change of it, kind and place of the difference, differing fields.
SINGLE_CHANGES: list[tuple[Architecture, Operations, DifferenceKind, int, tuple[str, ...]]] = [
    (PERCEPTRON, changed(P, 0, Dense(101)), CHANGED, 0, ("units",)),
    (PERCEPTRON, changed(P, 0, Dense(10)), CHANGED, 0, ("units",)),
    (PERCEPTRON, changed(P, 0, Dense(100, use_bias=False)), CHANGED, 0, ("use_bias",)),
    (PERCEPTRON, changed(P, 0, Dense(64, False)), CHANGED, 0, ("units", "use_bias")),
    (PERCEPTRON, changed(P, 1, RELU), CHANGED, 1, ("function",)),
    (PERCEPTRON, changed(P, 1, SOFTMAX), CHANGED, 1, ("function",)),
    (PERCEPTRON, changed(P, 2, Dense(100)), CHANGED, 2, ("units",)),
    (PERCEPTRON, changed(P, 2, Dense(9)), CHANGED, 2, ("units",)),
    (PERCEPTRON, changed(P, 3, SIGMOID), CHANGED, 3, ("function",)),
    (PERCEPTRON, without(P, 0), MISSING, 0, ()),
    (PERCEPTRON, without(P, 1), MISSING, 1, ()),
    (PERCEPTRON, without(P, 2), MISSING, 2, ()),
    (PERCEPTRON, without(P, 3), MISSING, 3, ()),
    (PERCEPTRON, added(P, 0, RELU), UNEXPECTED, 0, ()),
    (PERCEPTRON, added(P, 0, Dropout(0.2)), UNEXPECTED, 0, ()),
    (PERCEPTRON, added(P, 2, Dropout(0.5)), UNEXPECTED, 2, ()),
    (PERCEPTRON, added(P, 2, Dense(50)), UNEXPECTED, 2, ()),
    (PERCEPTRON, added(P, 4, SOFTMAX), UNEXPECTED, 4, ()),
    (PERCEPTRON, moved(P, 0, 1), ORDER, 0, ()),
    (PERCEPTRON, moved(P, 2, 1), ORDER, 1, ()),
    (PERCEPTRON, moved(P, 2, 3), ORDER, 2, ()),
    (PERCEPTRON, moved(P, 1, 3), ORDER, 1, ()),
    (LENET, changed(L, 0, convolution(32)), CHANGED, 0, ("filters",)),
    (LENET, changed(L, 3, convolution(16)), CHANGED, 3, ("filters",)),
    (LENET, changed(L, 3, convolution(64)), CHANGED, 3, ("filters",)),
    (LENET, changed(L, 6, convolution(65)), CHANGED, 6, ("filters",)),
    (LENET, changed(L, 3, convolution(32, 3)), CHANGED, 3, ("kernel_size",)),
    (LENET, changed(L, 0, replace(convolution(16), padding="valid")), CHANGED, 0, ("padding",)),
    (LENET, changed(L, 3, replace(convolution(), strides=(2, 2))), CHANGED, 3, ("strides",)),
    (
        LENET,
        changed(L, 3, replace(convolution(), dilation_rate=(2, 2))),
        CHANGED,
        3,
        ("dilation_rate",),
    ),
    (LENET, changed(L, 3, replace(convolution(), use_bias=False)), CHANGED, 3, ("use_bias",)),
    (LENET, changed(L, 3, convolution(64, 3)), CHANGED, 3, ("filters", "kernel_size")),
    (LENET, changed(L, 4, RELU), CHANGED, 4, ("function",)),
    (LENET, changed(L, 5, MaxPool((3, 3), (2, 2))), CHANGED, 5, ("pool_size",)),
    (LENET, changed(L, 5, MaxPool((2, 2), (1, 1))), CHANGED, 5, ("strides",)),
    (LENET, changed(L, 5, MaxPool((2, 2), (2, 2), "same")), CHANGED, 5, ("padding",)),
    (LENET, changed(L, 5, AveragePool((2, 2), (2, 2))), CHANGED, 5, ()),
    (LENET, changed(L, 9, GlobalAveragePool()), CHANGED, 9, ()),
    (LENET, changed(L, 10, Dense(120)), CHANGED, 10, ("units",)),
    (LENET, changed(L, 13, SIGMOID), CHANGED, 13, ("function",)),
    (LENET, without(L, 0), MISSING, 0, ()),
    (LENET, without(L, 4), MISSING, 4, ()),
    (LENET, without(L, 5), MISSING, 5, ()),
    (LENET, without(L, 9), MISSING, 9, ()),
    (LENET, without(L, 13), MISSING, 13, ()),
    (LENET, added(L, 3, Dropout(0.25)), UNEXPECTED, 3, ()),
    (LENET, added(L, 4, BatchNormalization()), UNEXPECTED, 4, ()),
    (LENET, added(L, 9, Dense(100)), UNEXPECTED, 9, ()),
    (LENET, moved(L, 1, 2), ORDER, 1, ()),
    (LENET, moved(L, 3, 4), ORDER, 3, ()),
    (LENET, moved(L, 9, 6), ORDER, 9, ()),
    (LENET, moved(L, 13, 0), ORDER, 13, ()),
]

# Expected architecture, a larger change of it, kinds and places of the differences.
LARGER_CHANGES: list[tuple[Architecture, Operations, list[tuple[DifferenceKind, int]]]] = [
    (LENET, L[3:], [(MISSING, 0), (MISSING, 1), (MISSING, 2)]),
    (LENET, L[:3] + L[6:], [(MISSING, 3), (MISSING, 4), (MISSING, 5)]),
    (LENET, L[:6] + L[9:], [(MISSING, 6), (MISSING, 7), (MISSING, 8)]),
    (LENET, L[:10] + L[12:], [(MISSING, 10), (MISSING, 11)]),
    (LENET, added(L, 9, *block(128)), [(UNEXPECTED, 9)] * 3),
    (LENET, (*block(32), *block(16), *L[6:]), [(CHANGED, 0), (CHANGED, 3)]),
    (PERCEPTRON, added(P, 2, Dense(50), RELU), [(UNEXPECTED, 2)] * 2),
    (PERCEPTRON, (Dense(50), RELU, Dense(10), SOFTMAX), [(CHANGED, 0), (CHANGED, 1)]),
    (PERCEPTRON, (), [(MISSING, place) for place in range(4)]),
]


@pytest.mark.parametrize(("expected", "received", "kind", "place", "names"), SINGLE_CHANGES)
def test_a_single_change_is_named_once_and_at_its_place(
    expected: Architecture,
    received: Operations,
    kind: DifferenceKind,
    place: int,
    names: tuple[str, ...],
) -> None:
    (found,) = diff(expected, Architecture(expected.input_shape, received))
    assert (found.kind, found.position, found.fields) == (kind, place, names)
    wanted = None if kind is UNEXPECTED else expected.operations[place]
    assert found.expected == wanted


@pytest.mark.parametrize(("expected", "received", "places"), LARGER_CHANGES)
def test_a_larger_change_is_a_difference_for_each_operation(
    expected: Architecture, received: Operations, places: list[tuple[DifferenceKind, int]]
) -> None:
    found = diff(expected, Architecture(expected.input_shape, received))
    assert [(each.kind, each.position) for each in found] == places


def test_a_changed_operation_shows_both_sides() -> None:
    (found,) = diff(PERCEPTRON, Architecture((784,), changed(P, 0, Dense(64))))
    assert found == Difference(CHANGED, 0, Dense(100), Dense(64), ("units",))


def test_an_operation_out_of_order_shows_what_stands_in_its_place() -> None:
    (found,) = diff(LENET, Architecture(LENET.input_shape, moved(L, 9, 11)))
    assert found == Difference(ORDER, 9, Flatten(), Dense(100))


def test_an_operation_moved_from_the_end_leaves_nothing_in_its_place() -> None:
    (found,) = diff(LENET, Architecture(LENET.input_shape, moved(L, 13, 0)))
    assert found == Difference(ORDER, 13, SOFTMAX, None)


def test_another_input_shape_is_a_difference_of_its_own() -> None:
    (found,) = diff(LENET, Architecture((32, 32, 1), L))
    assert (found.kind, found.position) == (DifferenceKind.INPUT_SHAPE, 0)


def test_an_input_shape_never_told_is_a_difference() -> None:
    (found,) = diff(PERCEPTRON, Architecture(None, P))
    assert found.kind is DifferenceKind.INPUT_SHAPE


def test_an_alignment_pairs_equal_operations_in_place() -> None:
    assert align(LENET, LENET) == tuple(Pairing(place, place) for place in range(len(L)))


def test_an_alignment_shows_a_missing_and_an_unexpected_operation() -> None:
    received = Architecture((784,), (Dense(100), SIGMOID, Dropout(0.5), Dense(10)))
    assert align(PERCEPTRON, received) == (
        Pairing(0, 0),
        Pairing(1, 1),
        Pairing(None, 2),
        Pairing(2, 3),
        Pairing(3, None),
    )


@given(architectures, architectures)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_there_is_no_difference_if_and_only_if_equal(
    expected: Architecture, received: Architecture
) -> None:
    assert (diff(expected, received) == ()) == (expected == received)
    assert diff(expected, replace(expected)) == ()


@given(architectures, architectures)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_an_alignment_holds_every_operation_once(
    expected: Architecture, received: Architecture
) -> None:
    pairings = align(expected, received)
    wanted = [pairing.expected for pairing in pairings if pairing.expected is not None]
    given_ = [pairing.received for pairing in pairings if pairing.received is not None]
    assert wanted == list(range(len(expected.operations)))
    assert sorted(given_) == list(range(len(received.operations)))


def test_long_architectures_are_compared_quickly() -> None:
    expected = Architecture(None, tuple(Dense(units) for units in range(1, 65)))
    received = Architecture(None, tuple(Dense(units) for units in range(64, 0, -1)))
    with using_at_most(seconds=2):
        diff(expected, received)
