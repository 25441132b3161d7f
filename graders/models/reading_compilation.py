"""A Keras model's compile settings → `Compilation`, without running the model."""

from __future__ import annotations

import inspect
import re
from typing import Any

import keras
import numpy as np
from keras.src.trainers.compile_utils import CompileLoss, CompileMetrics

from graders.models.compilation import Compilation, Loss, Optimizer, Setting
from graders.models.keras_names import LOSSES, METRICS, OPTIMIZERS
from graders.models.no_trace import no_trace

_LOSS_NAMES = {kind: name for name, kind in LOSSES.items()}
_METRIC_NAMES = {kind: name for name, kind in METRICS.items()}
_OPTIMIZER_NAMES = {kind: name for name, kind in OPTIMIZERS.items()}
_FUNCTION_NAMES = {
    getattr(module, name): name
    for module, names in ((keras.losses, LOSSES), (keras.metrics, METRICS))
    for name in names
    if inspect.isfunction(getattr(module, name, None))
}
# What each optimizer's setting is worth nothing without.
_ONLY_WITH = {
    "nesterov": "momentum",
    "ema_momentum": "use_ema",
    "ema_overwrite_frequency": "use_ema",
}
_MOST_METRICS = 32
_DIGITS = 7


def read_compilation(model: Any, output_size: int | None = None) -> Compilation | None:
    """What a model minimises, with which optimizer, measured how; None if never compiled.

    `output_size` is the size of the output's last axis, where it is known: it tells which
    metric the string "accuracy" stands for, by Keras's own rule.
    """
    attributes = vars(model) if issubclass(type(model), keras.Model) else {}
    optimizer = attributes.get("optimizer")
    if not attributes.get("compiled") or optimizer is None:
        return None
    with no_trace():
        loss = _read_losses(attributes.get("_compile_loss"), output_size)
        return Compilation(
            loss=loss,
            optimizer=_read_optimizer(optimizer),
            metrics=_read_metrics(attributes.get("_compile_metrics"), loss, output_size),
        )


def opaque_name(thing: Any) -> str:
    """`opaque:<what it is>`, printable and short."""
    written = thing if isinstance(thing, str) else getattr(thing, "__name__", type(thing).__name__)
    return "opaque:" + (re.sub(r"[^\w .:()<>=,-]", "_", str(written)[:60]) or "nameless")


def _read_losses(compiled: Any, output_size: int | None) -> Loss | None:
    if compiled is None:
        return None
    if type(compiled) is not CompileLoss:
        return Loss(opaque_name(compiled))
    # Not `model.loss`: the student may set that, and training does not look at it.
    given, weights = compiled._user_loss, compiled._user_loss_weights
    losses = _flat(given)
    if len(losses) != 1:
        return Loss(opaque_name(f"{len(losses)} losses"))
    if any(type(weight) not in (int, float) or weight != 1 for weight in _flat(weights)):
        return Loss(opaque_name("a weighted loss"))
    return _read_loss(losses[0], output_size)


def _read_loss(loss: Any, output_size: int | None) -> Loss:
    if isinstance(loss, str):
        if loss.lower() in ("crossentropy", "ce"):
            # With labels as integers Keras would choose the sparse one; that is not known here.
            return Loss("binary_crossentropy" if output_size == 1 else "categorical_crossentropy")
        try:
            loss = keras.losses.get(loss)
        except ValueError:
            return Loss(opaque_name(loss))
    if isinstance(loss, type) and loss in _LOSS_NAMES:
        loss = loss()
    if inspect.isfunction(loss):
        name = _FUNCTION_NAMES.get(loss)
        return Loss(opaque_name(loss) if name is None else name)
    name = _LOSS_NAMES.get(type(loss))
    if name is None or "call" in vars(loss):
        return Loss(opaque_name(loss))
    return _read_loss_instance(name, loss)


def _read_loss_instance(name: str, loss: Any) -> Loss:
    default, settings = type(loss)(), dict(vars(loss).get("_fn_kwargs", {}))
    usual = dict(vars(default)["_fn_kwargs"])
    from_logits = settings.pop("from_logits", False)
    label_smoothing = settings.pop("label_smoothing", 0.0)
    usual.pop("from_logits", None)
    usual.pop("label_smoothing", None)
    if not (
        _same(settings, usual)
        and vars(loss).get("fn") is vars(default)["fn"]
        and loss.reduction in ("sum_over_batch_size", "mean", "mean_with_sample_weight")
        and loss.dtype == "float32"
        and isinstance(label_smoothing, (int, float))
    ):
        return Loss(opaque_name(f"{type(loss).__name__} with other settings"))
    return Loss(name, bool(from_logits), _rounded(label_smoothing))


def _read_optimizer(optimizer: Any) -> Optimizer:
    name = _OPTIMIZER_NAMES.get(type(optimizer))
    if name is None:
        return Optimizer(opaque_name(optimizer), _read_rate(optimizer)[0])
    rate, settings = _read_rate(optimizer)
    attributes = vars(optimizer)
    for parameter in inspect.signature(type(optimizer)).parameters.values():
        key, value = parameter.name, attributes.get(parameter.name)
        if key in ("name", "kwargs", "learning_rate") or _equal(value, parameter.default):
            continue
        if parameter.default is None and isinstance(value, list) and not value:
            continue  # How Muon keeps a list that was not given.
        if key in _ONLY_WITH and not attributes.get(_ONLY_WITH[key], True):
            continue
        settings[key] = _setting(value)
    return Optimizer(name, rate, tuple(sorted(settings.items())))


def _read_rate(optimizer: Any) -> tuple[float | None, dict[str, Setting]]:
    """The learning rate; None, and what it is instead, where it is no number."""
    rate = vars(optimizer).get("_learning_rate")
    if isinstance(rate, keras.Variable):
        return _rounded(float(keras.ops.convert_to_numpy(rate))), {}
    if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
        return None, {"learning_rate": f"schedule:{type(rate).__name__}"[:80]}
    return None, {"learning_rate": opaque_name(rate)}


def _read_metrics(compiled: Any, loss: Loss | None, output_size: int | None) -> tuple[str, ...]:
    if compiled is None:
        return ()
    if type(compiled) is not CompileMetrics:
        return (opaque_name(compiled),)
    given = _flat(compiled._user_metrics) + _flat(compiled._user_weighted_metrics)
    return tuple(_read_metric(metric, loss, output_size) for metric in given[:_MOST_METRICS])


def _read_metric(metric: Any, loss: Loss | None, output_size: int | None) -> str:
    if isinstance(metric, str):
        if metric.lower() in ("accuracy", "acc"):
            return _accuracy(loss, output_size)
        try:
            metric = keras.metrics.get(metric)
        except (TypeError, ValueError):
            return opaque_name(metric)
    if inspect.isfunction(metric):
        return _FUNCTION_NAMES.get(metric) or opaque_name(metric)
    kind = metric if isinstance(metric, type) else type(metric)
    name = _METRIC_NAMES.get(kind)
    if name is None:
        return opaque_name(metric)
    if isinstance(metric, type):
        return name
    try:
        usual = _same(_config(metric), _config(kind()))
    except TypeError:  # A class whose settings have no defaults.
        usual = False
    return name if usual else opaque_name(f"{kind.__name__} with other settings")


def _accuracy(loss: Loss | None, output_size: int | None) -> str:
    """Which accuracy Keras makes of "accuracy" (`is_binary_or_sparse_categorical`)."""
    name = "" if loss is None else loss.name
    if output_size == 1 or (output_size is None and name == "binary_crossentropy"):
        return "binary_accuracy"
    if name == "sparse_categorical_crossentropy":
        return "sparse_categorical_accuracy"
    return "categorical_accuracy"


def _config(metric: Any) -> dict[str, Any]:
    """Settings of one of Keras's own metrics, but its name."""
    return {key: value for key, value in metric.get_config().items() if key != "name"}


def _flat(given: Any) -> list[Any]:
    """What a compile argument holds: alone, or in lists, tuples and dicts."""
    if given is None:
        return []
    if isinstance(given, dict):
        given = list(given.values())
    if isinstance(given, (list, tuple)):
        return [each for item in given[:_MOST_METRICS] for each in _flat(item)]
    return [given]


def _same(received: dict[str, Any], expected: dict[str, Any]) -> bool:
    return received.keys() == expected.keys() and all(
        _equal(received[key], expected[key]) for key in expected
    )


def _equal(received: Any, expected: Any) -> bool:
    """Equality of plain values: anything else is different, and is not asked."""
    plain = (bool, int, float, str, type(None))
    return type(received) in plain and type(expected) in plain and bool(received == expected)


def _setting(value: Any) -> Setting:
    if value is None or isinstance(value, (bool, str)):
        return value if not isinstance(value, str) else value[:80]
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return _rounded(float(value))
    return opaque_name(value)


def _rounded(value: float) -> float:
    """To the digits a float32 holds: a rate of 0.01 reads back as 0.0099999998."""
    return float(f"{float(value):.{_DIGITS}g}")
