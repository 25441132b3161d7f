"""Checks of an architecture, one group of layers at a time, so that each earns its share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby

from graders.checks import wording
from graders.language import marked, translate_plural
from graders.language import translate as _
from graders.models.architecture import Architecture
from graders.models.difference import Difference, DifferenceKind, diff
from graders.models.operations import Opaque
from graders.rubric import CouldNotGrade, Failure

_HINT = marked("Comparez ces couches avec l’énoncé, une à une, à l’aide de summary().")


def has_layers(expected: Architecture, first: int, last: int) -> Callable[[Architecture], None]:
    """Check that the operations `first` to `last` (not included) of `expected` are there.

    Each difference costs one operation's share of the points; layers too many that follow one
    another are one. What stands between two groups belongs to the one that follows; what stands
    at the very end, to the last one.
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
                    _(
                        "Ces couches en contiennent une que le correcteur ne sait pas lire "
                        "({received})."
                    ).format(received=wording.shown(difference.received.description)),
                    _("Votre enseignant la regardera."),
                )
        told = [*_extras(found, first, end), *(_told(each) for each in found if not _extra(each))]
        message = _(" ; ").join(dict.fromkeys(told))
        share = max(0.0, 1 - _mistakes(found) / len(operations))
        raise Failure(message[0].upper() + message[1:] + ".", _(_HINT), fraction=share)

    return check


def differences(expected: Architecture, received: Architecture) -> tuple[Difference, ...]:
    """Differences that count."""
    return diff(expected, comparable(expected, received))


def comparable(expected: Architecture, received: Architecture) -> Architecture:
    """A model never told its input shape may still be the right one."""
    if received.input_shape is None:
        return Architecture(expected.input_shape, received.operations)
    return received


def _mistakes(found: list[Difference]) -> int:
    """How many there are: a layer and its activation, added together, are one."""
    places = {difference.position for difference in found if _extra(difference)}
    return len(places) + sum(not _extra(difference) for difference in found)


def _extra(difference: Difference) -> bool:
    return difference.kind is DifferenceKind.UNEXPECTED


def _extras(found: list[Difference], first: int, end: int) -> Iterator[str]:
    """What is there and should not be, place by place."""
    extras = [difference for difference in found if _extra(difference)]
    for position, group in groupby(extras, key=lambda difference: difference.position):
        found_there = [wording.layer(each.received) for each in group if each.received is not None]
        message = {
            end: marked("à la fin, il y a {layers} en trop"),
            first: marked("juste avant, il y a {layers} en trop"),
        }.get(position, marked("il y a {layers} en trop"))
        yield _(message).format(layers=wording.listed(found_there))


def _told(difference: Difference) -> str:
    """One difference: what kind of thing is wrong, what was found, never what was expected."""
    expected, received = difference.expected, difference.received
    match difference.kind:
        case DifferenceKind.INPUT_SHAPE:
            return _("la forme de l’entrée ne correspond pas à celle des données")
        case DifferenceKind.MISSING if expected is not None:
            return _("il manque {layer}").format(layer=wording.kind(expected))
        case DifferenceKind.ORDER if expected is not None:
            return _("{layer} n’est pas à sa place dans l’ordre des couches").format(
                layer=wording.kind(expected)
            )
        case DifferenceKind.CHANGED if received is not None and not difference.fields:
            return _("il y a {layer} à la place d’une autre sorte de couche").format(
                layer=wording.layer(received)
            )
    settings = [wording.setting(name, getattr(received, name)) for name in difference.fields]
    return translate_plural(
        "{settings} ne correspond pas à l’énoncé",
        "{settings} ne correspondent pas à l’énoncé",
        len(settings),
    ).format(settings=wording.listed(settings))
