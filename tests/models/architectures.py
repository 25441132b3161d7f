"""The three models of the assignment, and random ones: what the tests of this room share."""

from __future__ import annotations

from hypothesis import strategies as st

from graders.models.architecture import Architecture, Shape
from graders.models.operations import (
    ACTIVATION_NAMES,
    Activation,
    AveragePool,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePool,
    GlobalMaxPool,
    MaxPool,
    Opaque,
    Operation,
    Rescaling,
    Reshape,
    ZeroPad,
)

SIGMOID = Activation("sigmoid")
SOFTMAX = Activation("softmax")

LOGISTIC = Architecture((784,), (Dense(10), SOFTMAX))
PERCEPTRON = Architecture((784,), (Dense(100), SIGMOID, Dense(10), SOFTMAX))


def block(filters: int) -> tuple[Operation, ...]:
    """A convolution block of the assignment's LeNet."""
    return (Conv2D(filters, (5, 5), padding="same"), SIGMOID, MaxPool((2, 2), (2, 2)))


LENET = Architecture(
    (28, 28, 1),
    (*block(16), *block(32), *block(64), Flatten(), Dense(100), SIGMOID, Dense(10), SOFTMAX),
)

small = st.integers(1, 3)
windows = st.tuples(st.integers(1, 4), st.integers(1, 4))
strides = st.sampled_from(((1, 1), (1, 1), (2, 2), (1, 3)))
dilations = st.sampled_from(((1, 1), (1, 1), (1, 1), (2, 1), (2, 2)))
margins = st.tuples(st.integers(0, 2), st.integers(0, 2))
paddings = st.sampled_from(("valid", "same"))
shares = st.sampled_from((0.0, 0.25, 0.5))

anywhere: st.SearchStrategy[Operation] = st.one_of(
    st.builds(Dense, small, st.booleans()),
    st.builds(Activation, st.sampled_from(ACTIVATION_NAMES[:6])),
    st.builds(Dropout, shares),
    st.builds(
        BatchNormalization,
        momentum=st.sampled_from((0.5, 0.99)),
        epsilon=st.just(1e-3),
        center=st.booleans(),
        scale=st.booleans(),
    ),
    st.builds(Rescaling, st.sampled_from((0.5, 2.0)), st.sampled_from((0.0, -1.0))),
)
on_images: st.SearchStrategy[Operation] = st.one_of(
    st.builds(
        Conv2D,
        filters=small,
        kernel_size=windows,
        strides=strides,
        padding=paddings,
        dilation_rate=dilations,
        groups=st.sampled_from((1, 1, 2)),
        use_bias=st.booleans(),
    ),
    st.builds(MaxPool, windows, strides, paddings),
    st.builds(AveragePool, windows, strides, paddings),
    st.builds(ZeroPad, st.tuples(margins, margins)),
)
to_a_vector: st.SearchStrategy[Operation] = st.sampled_from(
    (Flatten(), GlobalMaxPool(), GlobalAveragePool())
)
# Few values, so that a target often holds as many as what reaches it.
reshapes = st.builds(
    Reshape, st.lists(st.sampled_from((1, 2, 4)), min_size=1, max_size=3).map(tuple)
)
operations: st.SearchStrategy[Operation] = st.one_of(anywhere, on_images, to_a_vector, reshapes)


@st.composite
def plausible_operations(draw: st.DrawFn) -> tuple[Shape, tuple[Operation, ...]]:
    """An image's shape and operations in a usual order: many fit, some do not."""
    shape = (draw(st.integers(3, 9)), draw(st.integers(3, 9)), draw(st.integers(1, 4)))
    images = draw(st.lists(on_images | anywhere, min_size=2, max_size=5))
    vectors = draw(st.lists(anywhere, max_size=3))
    return shape, (*images, draw(to_a_vector), *vectors)


any_shape = st.none() | st.lists(st.sampled_from((1, 2, 4)), max_size=3).map(tuple)
any_operations = st.lists(operations | st.builds(Opaque, st.text(max_size=90)), max_size=7).map(
    tuple
)
architectures = st.builds(Architecture, any_shape, any_operations) | plausible_operations().map(
    lambda drawn: Architecture(*drawn)
)
