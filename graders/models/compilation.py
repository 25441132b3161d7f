"""Compile settings as data: what a model minimises, with which optimizer, measured how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from graders.models.bounds import AtMost, Between, Name, Text

Setting = bool | Annotated[int, Between(-(10**18), 10**18)] | float | Text | None
Settings = Annotated[tuple[tuple[Text, Setting], ...], AtMost(32)]


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss by its canonical Keras function name, such as `categorical_crossentropy`."""

    name: Name
    from_logits: bool = False
    label_smoothing: float = 0.0


@dataclass(frozen=True, slots=True)
class Optimizer:
    """An optimizer by its canonical lower-case name, such as `sgd`.

    `learning_rate` is rounded to 7 significant digits (Keras stores it in float32); None for
    a schedule. `settings` holds every other constructor argument that differs from the
    default, sorted by name.
    """

    name: Name
    learning_rate: float | None
    settings: Settings = ()

    def __post_init__(self) -> None:
        if self.learning_rate is not None:
            object.__setattr__(self, "learning_rate", float(f"{self.learning_rate:.7g}"))
        by_name = tuple(sorted(self.settings, key=lambda setting: setting[0]))
        object.__setattr__(self, "settings", by_name)


@dataclass(frozen=True, slots=True)
class Compilation:
    """Loss, optimizer and metrics, canonical.

    A part that the canonical form has no word for (a custom loss, say) has the name
    `opaque:<what it is>`; `metrics` are canonical names such as `categorical_accuracy`,
    in the order given.
    """

    loss: Loss | None
    optimizer: Optimizer
    metrics: Annotated[tuple[Name, ...], AtMost(32)] = ()
