"""How a student's values and layers are named in a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from graders.language import decimal, grouped, marked
from graders.language import translate as _
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
from graders.opaque import student_type
from graders.text import printable

_LONGEST_ECHO = 60
_LARGEST_ECHO = 10**15

_LAYERS: Mapping[type[Operation], str] = MappingProxyType(
    {
        Dense: marked("une couche complètement connectée (Dense)"),
        Conv2D: marked("une couche de convolution (Conv2D)"),
        MaxPool: marked("une couche de max pooling (MaxPooling2D)"),
        AveragePool: marked("une couche de pooling moyen (AveragePooling2D)"),
        GlobalMaxPool: marked("un max pooling global (GlobalMaxPooling2D)"),
        GlobalAveragePool: marked("un pooling moyen global (GlobalAveragePooling2D)"),
        Activation: marked("une fonction d’activation"),
        Flatten: marked("une mise à plat (Flatten)"),
        Reshape: marked("un changement de forme (Reshape)"),
        Dropout: marked("une couche Dropout"),
        BatchNormalization: marked("une couche BatchNormalization"),
        Rescaling: marked("une couche Rescaling"),
        ZeroPad: marked("un ajout de bords (ZeroPadding2D)"),
        Opaque: marked("une couche que le correcteur ne sait pas lire"),
    }
)
_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "units": marked("le nombre de neurones"),
        "filters": marked("le nombre de filtres"),
        "kernel_size": marked("la taille des noyaux"),
        "strides": marked("le pas"),
        "padding": marked("la gestion des bords"),
        "dilation_rate": marked("la dilatation"),
        "groups": marked("le nombre de groupes"),
        "use_bias": marked("la présence d’un biais"),
        "pool_size": marked("la taille de la fenêtre"),
        "function": marked("la fonction d’activation"),
    }
)
# These say themselves what they are; the others go by Keras's name too.
_PLAIN = {"units", "filters", "function"}


def layer(operation: Operation) -> str:
    """A layer by its kind, with its article, never with its sizes."""
    if isinstance(operation, Activation):
        name = printable(operation.function)[:_LONGEST_ECHO]
        return _("une fonction d’activation ({name})").format(name=name)
    return kind(operation)


def kind(operation: Operation) -> str:
    """A layer by its kind alone."""
    return _(_LAYERS[type(operation)])


def setting_name(name: str) -> str:
    """A layer's setting, with its article."""
    return _(_SETTINGS.get(name, name))


def setting(name: str, value: object) -> str:
    """A layer's setting, with its article, its name in Keras and what was received."""
    said = _(_SETTINGS[name]) if name in _SETTINGS else name
    if name in _PLAIN:
        return _("{setting} (reçu : {received})").format(setting=said, received=shown(value))
    return _("{setting} ({name}, reçu : {received})").format(
        setting=said, name=name, received=shown(value)
    )


def listed(things: Sequence[str]) -> str:
    """Things one after the other: a, b et c."""
    *most, last = things
    return _("{most} et {last}").format(most=", ".join(most), last=last) if most else last


def shown(value: object) -> str:
    """A student's value as a message quotes it: short, and without running its code."""
    if value is None or type(value) is bool:
        return str(value)
    if type(value) is int:
        return grouped(value) if abs(value) < _LARGEST_ECHO else _("un nombre démesuré")
    if type(value) is float:
        return decimal(f"{value:.6g}")
    if type(value) is str:
        quoted = printable(value[: _LONGEST_ECHO + 1])
        cut = quoted[:_LONGEST_ECHO] + "…" * (len(quoted) > _LONGEST_ECHO)
        return _("«\u00a0{text}\u00a0»").format(text=cut)
    if type(value) is tuple and 0 < len(value) <= 4:
        return " × ".join(shown(item) for item in value)
    return _("une valeur de type {type}").format(type=student_type(value))
