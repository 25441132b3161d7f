"""The operations a canonical Keras model is made of: frozen values, no names, no spelling.

Sizes are counted in units, filters, pixels or samples along one axis; images are
channels-last, as in Keras's default. A pair is always (height, width).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Pair = tuple[int, int]
Padding = Literal["valid", "same"]


@dataclass(frozen=True, slots=True)
class Dense:
    """A fully connected layer, without its activation."""

    units: int
    use_bias: bool = True


@dataclass(frozen=True, slots=True)
class Conv2D:
    """A convolution over images (height, width, channels), without its activation."""

    filters: int
    kernel_size: Pair
    strides: Pair = (1, 1)
    padding: Padding = "valid"
    dilation_rate: Pair = (1, 1)
    groups: int = 1
    use_bias: bool = True


@dataclass(frozen=True, slots=True)
class MaxPool:
    """The maximum over windows; `strides` is explicit, for Keras's default is the window."""

    pool_size: Pair
    strides: Pair
    padding: Padding = "valid"


@dataclass(frozen=True, slots=True)
class AveragePool:
    """The mean over windows."""

    pool_size: Pair
    strides: Pair
    padding: Padding = "valid"


@dataclass(frozen=True, slots=True)
class GlobalMaxPool:
    """The maximum over a whole image, per channel."""


@dataclass(frozen=True, slots=True)
class GlobalAveragePool:
    """The mean over a whole image, per channel."""


@dataclass(frozen=True, slots=True)
class Activation:
    """An element-wise function, or softmax over the last axis, by its Keras name."""

    function: str


@dataclass(frozen=True, slots=True)
class Flatten:
    """All axes but the batch become one."""


@dataclass(frozen=True, slots=True)
class Reshape:
    """The same values in another shape (without the batch)."""

    target_shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Dropout:
    """Zeroes a share `rate` of its input while training."""

    rate: float


@dataclass(frozen=True, slots=True)
class BatchNormalization:
    """Normalisation over the batch, on the last axis."""

    momentum: float = 0.99
    epsilon: float = 1e-3
    center: bool = True
    scale: bool = True


@dataclass(frozen=True, slots=True)
class Rescaling:
    """`x * scale + offset`."""

    scale: float
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class ZeroPad:
    """Rows and columns of zeros around an image: ((top, bottom), (left, right))."""

    padding: tuple[Pair, Pair]


@dataclass(frozen=True, slots=True)
class Opaque:
    """Something the canonical form has no word for.

    Two opaque operations are never taken for the same by a trusted process: a model that
    holds one has no portable form. `description` is at most 80 printable characters.
    """

    description: str


Operation = (
    Dense
    | Conv2D
    | MaxPool
    | AveragePool
    | GlobalMaxPool
    | GlobalAveragePool
    | Activation
    | Flatten
    | Reshape
    | Dropout
    | BatchNormalization
    | Rescaling
    | ZeroPad
    | Opaque
)
