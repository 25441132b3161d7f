"""What Keras itself makes of an architecture, without any code of ours in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import keras

from graders.models.architecture import Architecture
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
    Rescaling,
    Reshape,
    ZeroPad,
)

# Keras's arguments have the names of our fields: nothing here knows how shapes follow.
KERAS_LAYERS: dict[type, Callable[..., Any]] = {
    Dense: keras.layers.Dense,
    Conv2D: keras.layers.Conv2D,
    MaxPool: keras.layers.MaxPooling2D,
    AveragePool: keras.layers.AveragePooling2D,
    GlobalMaxPool: keras.layers.GlobalMaxPooling2D,
    GlobalAveragePool: keras.layers.GlobalAveragePooling2D,
    Activation: lambda function: keras.layers.Activation(function),  # noqa: PLW0108 - another name
    Flatten: keras.layers.Flatten,
    Reshape: keras.layers.Reshape,
    Dropout: keras.layers.Dropout,
    BatchNormalization: keras.layers.BatchNormalization,
    Rescaling: keras.layers.Rescaling,
    ZeroPad: keras.layers.ZeroPadding2D,
}


def keras_model(architecture: Architecture) -> Any:
    """The model Keras itself makes of an architecture; ValueError where it refuses it."""
    layers = [KERAS_LAYERS[type(each)](**asdict(each)) for each in architecture.operations]
    return keras.Sequential([keras.Input(architecture.input_shape), *layers])
