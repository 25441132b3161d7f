"""How two architectures differ: operations paired off, then each difference named once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum

from graders.models.architecture import Architecture
from graders.models.operations import Operation

# Costs rank the ways of telling the same story. Fewer differences win; another setting of the
# same operation beats another operation; and that beats one missing next to one too many.
_ONE_SIDED = 10
_SWAP = 10
_OTHER_SETTING = 6  # plus one for each field, at most three
_OTHER_TYPE = 15

Operations = tuple[Operation, ...]


class DifferenceKind(StrEnum):
    """What is wrong at one place."""

    MISSING = "missing"
    UNEXPECTED = "unexpected"
    CHANGED = "changed"
    ORDER = "order"
    INPUT_SHAPE = "input shape"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference, at one place.

    `position` counts operations of the expected architecture from 0; for an unexpected
    operation it is that of the operation it stands before (their number: at the end).
    `fields` names what differs in a changed operation; empty when it is of another type. For
    an operation out of order `expected` is the displaced one and `received` the one that
    stands in its place. The input shape differs at position 0 and between no two operations.
    """

    kind: DifferenceKind
    position: int
    expected: Operation | None = None
    received: Operation | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pairing:
    """Positions of two operations that answer each other; None: no counterpart.

    `moved`: equal operations, of which the received one stands elsewhere.
    """

    expected: int | None
    received: int | None
    moved: bool = False


def align(expected: Architecture, received: Architecture) -> tuple[Pairing, ...]:
    """Pairs off the operations of two architectures so that they differ as little as possible.

    Every operation appears once, in the order of `expected`, unexpected ones at their place.
    """
    pairings = _cheapest(expected.operations, received.operations)
    return _with_moves(pairings, expected.operations, received.operations)


def diff(expected: Architecture, received: Architecture) -> tuple[Difference, ...]:
    """The differences between two architectures, first to last; none if and only if equal."""
    found: list[Difference] = []
    if expected.input_shape != received.input_shape:
        found.append(Difference(DifferenceKind.INPUT_SHAPE, 0, fields=("input_shape",)))
    pairings = align(expected, received)
    displaced = {pairing.received for pairing in pairings if pairing.moved}
    in_place = [place for place in range(len(received.operations)) if place not in displaced]
    position = 0
    for pairing in pairings:
        wanted = None if pairing.expected is None else expected.operations[pairing.expected]
        given = None if pairing.received is None else received.operations[pairing.received]
        if pairing.moved:
            instead = received.operations[in_place[0]] if in_place else None
            found.append(Difference(DifferenceKind.ORDER, position, wanted, instead))
        elif wanted is None:
            found.append(Difference(DifferenceKind.UNEXPECTED, position, None, given))
        elif given is None:
            found.append(Difference(DifferenceKind.MISSING, position, wanted, None))
        elif wanted != given:
            names = differing_fields(wanted, given)
            found.append(Difference(DifferenceKind.CHANGED, position, wanted, given, names))
        position += wanted is not None
        if given is not None and not pairing.moved:
            in_place.pop(0)
    return tuple(found)


def _cheapest(expected: Operations, received: Operations) -> tuple[Pairing, ...]:
    """Minimum-cost alignment (Needleman–Wunsch with swaps of neighbours).

    `cost[i][j]` is that of aligning what is left from `expected[i]` and `received[j]` on.
    Among equal costs the walk pairs as early as it can, so a layer that is missing together
    with its activation is named before the activation, not after it.
    """
    rows, columns = len(expected), len(received)
    cost = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows, -1, -1):
        for j in range(columns, -1, -1):
            if (i, j) != (rows, columns):
                cost[i][j] = min(price for price, _, _ in _moves(expected, received, cost, i, j))
    pairings: list[Pairing] = []
    i = j = 0
    while (i, j) != (rows, columns):
        _, down, right = min(_moves(expected, received, cost, i, j), key=lambda move: move[0])
        if (down, right) == (2, 2):
            pairings += [Pairing(i, j + 1, moved=True), Pairing(i + 1, j)]
        else:
            pairings.append(Pairing(i if down else None, j if right else None))
        i, j = i + down, j + right
    return tuple(pairings)


def _moves(
    expected: Operations, received: Operations, cost: list[list[int]], i: int, j: int
) -> list[tuple[int, int, int]]:
    """Ways to go on from (i, j), preferred first: total cost, operations used on either side."""
    moves: list[tuple[int, int, int]] = []
    if i < len(expected) and j < len(received):
        moves.append((_price(expected[i], received[j]) + cost[i + 1][j + 1], 1, 1))
        if expected[i : i + 2] == received[j : j + 2][::-1] and len(expected) - i > 1:
            moves.append((_SWAP + cost[i + 2][j + 2], 2, 2))
    if i < len(expected):
        moves.append((_ONE_SIDED + cost[i + 1][j], 1, 0))
    if j < len(received):
        moves.append((_ONE_SIDED + cost[i][j + 1], 0, 1))
    return moves


def _price(expected: Operation, received: Operation) -> int:
    """What pairing two operations costs: nothing when they are equal."""
    if expected == received:
        return 0
    if type(expected) is not type(received):
        return _OTHER_TYPE
    return _OTHER_SETTING + min(3, len(differing_fields(expected, received)))


def differing_fields(expected: Operation, received: Operation) -> tuple[str, ...]:
    """Settings in which two operations differ; none when they are of two types."""
    if type(expected) is not type(received):
        return ()
    return tuple(
        field.name
        for field in fields(expected)
        if getattr(expected, field.name) != getattr(received, field.name)
    )


def _with_moves(
    pairings: tuple[Pairing, ...], expected: Operations, received: Operations
) -> tuple[Pairing, ...]:
    """Joins an operation missing at one place with its equal found at another, nearest first."""
    spare = [pairing.received for pairing in pairings if pairing.expected is None]
    joined: list[Pairing] = []
    for pairing in pairings:
        if pairing.received is not None or pairing.expected is None:
            joined.append(pairing)
            continue
        place = pairing.expected
        equals = [j for j in spare if j is not None and received[j] == expected[place]]
        if not equals:
            joined.append(pairing)
            continue
        nearest = min(equals, key=lambda j: abs(j - place))
        spare.remove(nearest)
        joined.append(Pairing(place, nearest, moved=True))
    taken = {pairing.received for pairing in joined if pairing.moved}
    return tuple(
        pairing
        for pairing in joined
        if pairing.expected is not None or pairing.received not in taken
    )
