"""The operations a canonical Keras model is made of: frozen values, no names, no spelling.

Sizes are counted in units, filters, pixels or samples along one axis; images are
channels-last, as in Keras's default. A pair is always (height, width). Numbers are plain
Python numbers; their types carry the bounds that `portable.load` enforces.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from graders.models.bounds import LONGEST_TEXT, Count, OneOf, Shape, Share, Size, Text

Pair = tuple[Size, Size]
Margins = tuple[Count, Count]
Padding = Literal["valid", "same"]

# Functions of `keras.activations` that need no setting, the usual ones first.
ACTIVATION_NAMES = (
    "linear",
    "relu",
    "sigmoid",
    "softmax",
    "tanh",
    "celu",
    "elu",
    "exponential",
    "gelu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_tanh",
    "leaky_relu",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu6",
    "selu",
    "silu",
    "soft_shrink",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "tanh_shrink",
)


@dataclass(frozen=True, slots=True)
class Dense:
    """A fully connected layer, without its activation."""

    units: Size
    use_bias: bool = True


@dataclass(frozen=True, slots=True)
class Conv2D:
    """A convolution over images (height, width, channels), without its activation."""

    filters: Size
    kernel_size: Pair
    strides: Pair = (1, 1)
    padding: Padding = "valid"
    dilation_rate: Pair = (1, 1)
    groups: Size = 1
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

    function: Annotated[str, OneOf(frozenset(ACTIVATION_NAMES))]


@dataclass(frozen=True, slots=True)
class Flatten:
    """All axes but the batch become one."""


@dataclass(frozen=True, slots=True)
class Reshape:
    """The same values in another shape (without the batch)."""

    target_shape: Shape


@dataclass(frozen=True, slots=True)
class Dropout:
    """Zeroes a share `rate` of its input while training."""

    rate: Share


@dataclass(frozen=True, slots=True)
class BatchNormalization:
    """Normalisation over the batch, on the last axis."""

    momentum: Share = 0.99
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

    padding: tuple[Margins, Margins]


@dataclass(frozen=True, slots=True)
class Opaque:
    """Something the canonical form has no word for.

    Two opaque operations are never taken for the same by a trusted process: a model that
    holds one cannot be rebuilt. `description` keeps its printable characters, at most 80.
    """

    description: Text

    def __post_init__(self) -> None:
        printable = "".join(filter(str.isprintable, self.description[: 10 * LONGEST_TEXT]))
        object.__setattr__(self, "description", printable[:LONGEST_TEXT])


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
