"""Exhibits of a model: its layers as they were read, how it learned, what it confuses."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from graders.checks import wording
from graders.checks.architecture import comparable
from graders.checks.describing import described, described_input
from graders.checks.subject import Subject
from graders.exhibits import Confusion, Curve, LayerRow, LayersTable, State
from graders.language import translate as _
from graders.models.architecture import Architecture
from graders.models.counting import parameter_count
from graders.models.difference import Pairing, align, differing_fields
from graders.models.operations import Operation

_DIGITS = 10


def layers_beside(expected: Architecture) -> Callable[[str, Architecture], LayersTable]:
    """The layers of a model in its own order, and which of them differ from `expected`.

    What was expected is told by its kind, and only where a layer is missing.
    """

    def show(variable: str, received: Architecture) -> LayersTable:
        received = comparable(expected, received)
        placed: list[tuple[tuple[int, int], LayerRow]] = []
        last = -1
        for pairing in align(expected, received):
            row = _row(pairing, expected.operations, received.operations)
            if pairing.received is None:
                placed.append(((last, 1), row))
                continue
            placed.append(((pairing.received, 0), row))
            last = last if pairing.moved else pairing.received
        placed.sort(key=lambda entry: entry[0])
        rows = (_input(expected, received), *(row for _, row in placed))
        return LayersTable(variable, rows, _parameters(received))

    return show


def learning_curve(variable: str, subject: Subject) -> Curve | None:
    """What the last `fit` of a model measured, epoch after epoch."""
    record = subject.snapshot.training
    series = tuple((name, values) for name, values in (record.history if record else ()) if values)
    return Curve(variable, series) if series else None


def confusion(variable: str, subject: Subject) -> Confusion | None:
    """How a model classifies the MNIST test images; None where it does not classify them all."""
    from graders.models.datasets import mnist  # noqa: PLC0415 - reads 11 MB

    if np.any(subject.classes < 0):
        return None
    counts = np.zeros((_DIGITS, _DIGITS), int)
    np.add.at(counts, (mnist().y_test, subject.classes), 1)
    return Confusion(variable, tuple(map(tuple, counts.tolist())))


def _input(expected: Architecture, received: Architecture) -> LayerRow:
    told = described_input(received)
    if received.input_shape in (None, expected.input_shape):
        return LayerRow(told, "same")
    return LayerRow(told, "changed", _("sa forme n’est pas celle des données"))


def _row(
    pairing: Pairing, expected: tuple[Operation, ...], received: tuple[Operation, ...]
) -> LayerRow:
    wanted = None if pairing.expected is None else expected[pairing.expected]
    if pairing.received is None:
        assert wanted is not None  # a pairing has one side or both
        return LayerRow("", "missing", _("il manque {layer}").format(layer=wording.kind(wanted)))
    given = received[pairing.received]
    state, remark = _compared(wanted, given, moved=pairing.moved)
    return LayerRow(described(given), state, remark)


def _compared(wanted: Operation | None, given: Operation, *, moved: bool) -> tuple[State, str]:
    if moved:
        return "moved", _("n’est pas à sa place dans l’ordre des couches")
    if wanted is None:
        return "extra", _("en trop")
    if wanted == given:
        return "same", ""
    if names := differing_fields(wanted, given):
        told = wording.listed([wording.setting_name(name) for name in names])
        return "changed", _("à revoir : {settings}").format(settings=told)
    return "changed", _("une autre sorte de couche était attendue ici")


def _parameters(architecture: Architecture) -> int | None:
    try:
        return parameter_count(architecture)
    except ValueError:  # The input shape is not known, or a layer could not be read.
        return None
