"""What a rebuilt model was rebuilt from, kept on the model itself.

A model that comes from a student's process is data first. The live model made of it is for those
who look at it as a Keras model; whoever judges it wants the data, and some models exist as data
only: one that cannot be read, or that holds a layer the canonical form has no word for.
"""

from __future__ import annotations

from typing import Any

from graders.models.snapshot import Snapshot
from graders.models.unreadable import NotReadable

_ATTRIBUTE = "_graders_carried"


def carry(model: Any, origin: Snapshot | NotReadable) -> Any:
    """The same model, which `origin_of` now knows to stand for `origin`."""
    # Past Keras's own `__setattr__`, which looks into what it is given.
    object.__setattr__(model, _ATTRIBUTE, origin)
    return model


def origin_of(value: Any) -> Any:
    """The `Snapshot` or `NotReadable` that a value stands for, or the value itself."""
    try:
        origin = object.__getattribute__(value, "__dict__").get(_ATTRIBUTE)
    except AttributeError:
        return value
    return origin if type(origin) in (Snapshot, NotReadable) else value
