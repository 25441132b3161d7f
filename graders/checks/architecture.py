"""Checks of an architecture, one group of layers at a time, so that each earns its share."""

from __future__ import annotations

from collections.abc import Callable

from graders.checks import wording
from graders.models.architecture import Architecture
from graders.models.difference import Difference, DifferenceKind, diff
from graders.models.operations import Opaque
from graders.rubric import CouldNotGrade, Failure

_HINT = "Comparez ces couches avec l’énoncé, une à une, à l’aide de summary()."


def has_layers(expected: Architecture, first: int, last: int) -> Callable[[Architecture], None]:
    """Check that the operations `first` to `last` (not included) of `expected` are there.

    Each difference costs one operation's share of the points. What stands between two groups
    belongs to the one that follows; what stands at the very end, to the last one.
    """
    operations = expected.operations[first:last]
    end = len(expected.operations)

    def check(received: Architecture) -> None:
        found = [
            difference
            for difference in differences(expected, received)
            if first <= min(difference.position, end - 1) < last
        ]
        if not found:
            return
        for difference in found:
            if isinstance(difference.received, Opaque):
                raise CouldNotGrade(
                    "Ces couches en contiennent une que le correcteur ne sait pas lire "
                    f"({wording.shown(difference.received.description)}).",
                    "Votre enseignant la regardera.",
                )
        message = " ; ".join(dict.fromkeys(_told(difference) for difference in found))
        share = max(0.0, 1 - len(found) / len(operations))
        raise Failure(message[0].upper() + message[1:] + ".", _HINT, fraction=share)

    return check


def differences(expected: Architecture, received: Architecture) -> tuple[Difference, ...]:
    """Differences that count: a model never told its input shape may still be the right one."""
    if received.input_shape is None:
        received = Architecture(expected.input_shape, received.operations)
    return diff(expected, received)


def _told(difference: Difference) -> str:
    """One difference: what kind of thing is wrong, what was found, never what was expected."""
    expected, received = difference.expected, difference.received
    match difference.kind:
        case DifferenceKind.INPUT_SHAPE:
            return "la forme de l’entrée ne correspond pas à celle des données"
        case DifferenceKind.UNEXPECTED if received is not None:
            return f"il y a {wording.layer(received)} en trop"
        case DifferenceKind.MISSING if expected is not None:
            return f"il manque {wording.kind(expected)}"
        case DifferenceKind.ORDER if expected is not None:
            return f"{wording.kind(expected)} n’est pas à sa place dans l’ordre des couches"
        case DifferenceKind.CHANGED if received is not None and not difference.fields:
            return f"il y a {wording.layer(received)} à la place d’une autre sorte de couche"
    settings = ", ".join(
        f"{wording.setting(name)} (reçu : {wording.shown(getattr(received, name))})"
        for name in difference.fields
    )
    plural = len(difference.fields) > 1
    return f"{settings} ne correspond{'ent' * plural} pas à l’énoncé"
