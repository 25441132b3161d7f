"""How a student's values and layers are named in a French message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from graders.models.operations import (
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
from graders.text import printable, type_name

_LONGEST_ECHO = 60
_LARGEST_ECHO = 10**15

_LAYERS: Mapping[type[Operation], str] = MappingProxyType(
    {
        Dense: "une couche complètement connectée (Dense)",
        Conv2D: "une couche de convolution (Conv2D)",
        MaxPool: "une couche de max pooling (MaxPooling2D)",
        AveragePool: "une couche de pooling moyen (AveragePooling2D)",
        GlobalMaxPool: "un max pooling global (GlobalMaxPooling2D)",
        GlobalAveragePool: "un pooling moyen global (GlobalAveragePooling2D)",
        Activation: "une fonction d’activation",
        Flatten: "une mise à plat (Flatten)",
        Reshape: "un changement de forme (Reshape)",
        Dropout: "une couche Dropout",
        BatchNormalization: "une couche BatchNormalization",
        Rescaling: "une couche Rescaling",
        ZeroPad: "un ajout de bords (ZeroPadding2D)",
        Opaque: "une couche que le correcteur ne sait pas lire",
    }
)
_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "units": "le nombre de neurones",
        "filters": "le nombre de filtres",
        "kernel_size": "la taille des noyaux",
        "strides": "le pas",
        "padding": "la gestion des bords",
        "dilation_rate": "la dilatation",
        "groups": "le nombre de groupes",
        "use_bias": "la présence d’un biais",
        "pool_size": "la taille de la fenêtre",
        "function": "la fonction d’activation",
    }
)
# These say themselves what they are; the others go by Keras's name too.
_PLAIN = {"units", "filters", "function"}


def layer(operation: Operation) -> str:
    """A layer by its kind, with its article, never with its sizes."""
    if isinstance(operation, Activation):
        return f"une fonction d’activation ({printable(operation.function)[:_LONGEST_ECHO]})"
    return _LAYERS[type(operation)]


def kind(operation: Operation) -> str:
    """A layer by its kind alone."""
    return _LAYERS[type(operation)]


def setting(name: str, value: object) -> str:
    """A layer's setting, with its article, its name in Keras and what was received."""
    told = "" if name in _PLAIN else f"{name}, "
    return f"{_SETTINGS.get(name, name)} ({told}reçu : {shown(value)})"


def listed(things: Sequence[str]) -> str:
    """Things one after the other: a, b et c."""
    *most, last = things
    return f"{', '.join(most)} et {last}" if most else last


def shown(value: object) -> str:
    """A student's value as a message quotes it: short, and without running its code."""
    if value is None or type(value) is bool:
        return str(value)
    if type(value) is int:
        return whole(value) if abs(value) < _LARGEST_ECHO else "un nombre démesuré"
    if type(value) is float:
        return f"{value:.6g}".replace(".", ",")
    if type(value) is str:
        quoted = printable(value[: _LONGEST_ECHO + 1])
        return f"«\u00a0{quoted[:_LONGEST_ECHO]}{'…' * (len(quoted) > _LONGEST_ECHO)}\u00a0»"
    if type(value) is tuple and 0 < len(value) <= 4:
        return " × ".join(shown(item) for item in value)
    return f"une valeur de type {type_name(value)}"


def whole(value: int) -> str:
    """An integer in groups of three digits, as it is written in French."""
    return f"{value:,}".replace(",", "\u202f")


def percent(share: float) -> str:
    """A share as a French percentage."""
    return f"{100 * share:.2f}".replace(".", ",") + "\u00a0%"
