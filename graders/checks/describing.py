"""A student's layer in a few words, with the settings that matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from graders.checks import wording
from graders.language import grouped, translate_plural
from graders.language import translate as _
from graders.models.architecture import Architecture
from graders.models.operations import (
    Activation,
    AveragePool,
    Conv2D,
    Dense,
    Dropout,
    GlobalAveragePool,
    GlobalMaxPool,
    MaxPool,
    Opaque,
    Operation,
    Reshape,
    ZeroPad,
)

_ONCE = (1, 1)
# Where Keras's name is not the operation's own.
_OTHER_NAMES: Mapping[type[Operation], str] = MappingProxyType(
    {
        MaxPool: "MaxPooling2D",
        AveragePool: "AveragePooling2D",
        GlobalMaxPool: "GlobalMaxPooling2D",
        GlobalAveragePool: "GlobalAveragePooling2D",
        ZeroPad: "ZeroPadding2D",
    }
)


def described(operation: Operation) -> str:
    """A layer as one reads it in a model: Keras's name of it, then its settings."""
    return ", ".join((_name(operation), *_settings(operation)))


def described_input(received: Architecture) -> str:
    """The input of a model, without the batch."""
    if received.input_shape is None:
        return _("Entrée, forme non précisée")
    return _("Entrée, forme {shape}").format(shape=_sizes(received.input_shape))


def _name(operation: Operation) -> str:
    match operation:
        case Activation(function=function):
            return f"Activation {function}"
        case Opaque(description=description):
            return _("Couche que le correcteur ne sait pas lire : {layer}").format(
                layer=description
            )
    return _OTHER_NAMES.get(type(operation), type(operation).__name__)


def _settings(operation: Operation) -> Iterator[str]:
    match operation:
        case Dense(units=units, use_bias=use_bias):
            count = translate_plural("{number} neurone", "{number} neurones", units)
            yield count.format(number=grouped(units))
            yield from _without_bias(use_bias)
        case Conv2D():
            yield from _convolution(operation)
        case MaxPool() | AveragePool():
            yield _("fenêtre {size}").format(size=_sizes(operation.pool_size))
            if operation.strides != operation.pool_size:
                yield _("pas {size}").format(size=_sizes(operation.strides))
            if operation.padding != "valid":
                yield f"padding {operation.padding}"
        case Reshape(target_shape=shape):
            yield _sizes(shape)
        case Dropout(rate=rate):
            yield _("taux {rate}").format(rate=wording.shown(rate))


def _convolution(operation: Conv2D) -> Iterator[str]:
    count = translate_plural("{number} filtre {size}", "{number} filtres {size}", operation.filters)
    yield count.format(number=grouped(operation.filters), size=_sizes(operation.kernel_size))
    yield f"padding {operation.padding}"
    if operation.strides != _ONCE:
        yield _("pas {size}").format(size=_sizes(operation.strides))
    if operation.dilation_rate != _ONCE:
        yield _("dilatation {size}").format(size=_sizes(operation.dilation_rate))
    if operation.groups != 1:
        yield f"groups {operation.groups}"
    yield from _without_bias(operation.use_bias)


def _without_bias(use_bias: bool) -> Iterator[str]:
    if not use_bias:
        yield _("sans biais")


def _sizes(sizes: tuple[int, ...]) -> str:
    return " × ".join(map(grouped, sizes))
