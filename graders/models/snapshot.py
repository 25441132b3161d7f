"""`Snapshot`: everything a grader needs to know of a model, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
import numpy.typing as npt

from graders.models.architecture import Architecture
from graders.models.bounds import AtMost, Count, Digest, Text
from graders.models.compilation import Compilation

Values = Annotated[tuple[float, ...], AtMost(10_000)]
History = Annotated[tuple[tuple[Text, Values], ...], AtMost(64)]
Weights = tuple[npt.NDArray[np.float32], ...]


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    """How a model was trained.

    `iterations` counts gradient steps since the optimizer was made; `epochs`,
    `steps_per_epoch`, `history` (metric name to one value an epoch) describe the last `fit`.
    `batch_size`, `samples`, `x_digest` and `y_digest` are known only when our trainer ran it;
    then, and only then, `verified` is true.
    """

    iterations: Count
    epochs: Count
    steps_per_epoch: Count | None
    history: History = ()
    batch_size: Count | None = None
    samples: Count | None = None
    x_digest: Digest | None = None
    y_digest: Digest | None = None
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Architecture, compile settings (None: never compiled), weights, training record.

    `weights` are float32 arrays in the order of `counting.parameter_shapes(architecture)`;
    None when the model has none yet (not built). Arrays are read-only.
    """

    architecture: Architecture
    compilation: Compilation | None
    # Arrays compare element-wise: two snapshots are told apart by digest, not by ==.
    weights: Weights | None = field(compare=False, default=None)
    training: TrainingRecord | None = None

    def __post_init__(self) -> None:
        for array in self.weights or ():
            array.setflags(write=False)
