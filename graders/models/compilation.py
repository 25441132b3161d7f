"""Compile settings as data: what a model minimises, with which optimizer, measured how."""

from __future__ import annotations

from dataclasses import dataclass

Setting = bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss by its canonical Keras function name, such as `categorical_crossentropy`."""

    name: str
    from_logits: bool = False
    label_smoothing: float = 0.0


@dataclass(frozen=True, slots=True)
class Optimizer:
    """An optimizer by its canonical lower-case name, such as `sgd`.

    `learning_rate` is rounded to 7 significant digits (Keras stores it in float32); None for
    a schedule. `settings` holds every other constructor argument that differs from the
    default, sorted by name.
    """

    name: str
    learning_rate: float | None
    settings: tuple[tuple[str, Setting], ...] = ()


@dataclass(frozen=True, slots=True)
class Compilation:
    """Loss, optimizer and metrics, canonical.

    A part that the canonical form has no word for (a custom loss, say) has the name
    `opaque:<what it is>`; `metrics` are canonical names such as `categorical_accuracy`,
    in the order given.
    """

    loss: Loss | None
    optimizer: Optimizer
    metrics: tuple[str, ...] = ()
