"""Whether compile settings mean, to the bit, what their canonical form says."""

from __future__ import annotations

from typing import Any

import keras

from graders.models.compilation import Compilation
from graders.models.fit_arguments import UnusualFitError
from graders.models.keras_names import LOSSES, METRICS, OPTIMIZERS
from graders.models.reading_compilation import read_compilation
from graders.models.training import Array


def built_compilation(model: Any, x: Array, y: Array) -> Compilation:
    """The compile settings of a model, its metrics and optimizer built for a batch like this one.

    Raises:
        UnusualFitError: it was not compiled, or the data do not fit it.
    """
    try:
        model._symbolic_build(data_batch=(x, y))
    except Exception:  # noqa: BLE001 - Keras itself will say it, in its own words
        raise UnusualFitError("data that do not fit the model or its loss") from None
    size = model.output_shape[-1]
    compilation = read_compilation(model, size if isinstance(size, int) else None)
    if compilation is None:
        raise UnusualFitError("not compiled")
    return compilation


def check_compilation(model: Any, compilation: Compilation) -> None:
    """Compare a compiled model, its metrics built, with what would be made of the settings.

    Raises:
        UnusualFitError: a part is a student's own, or the settings have no exact form.
    """
    check_measures(model, compilation)
    _check_optimizer(model.optimizer, compilation)


def check_measures(model: Any, compilation: Compilation) -> None:
    """The same of what `evaluate` looks at: the loss and the metrics."""
    _check_loss(model, compilation)
    _check_metrics(model, compilation)


def _check_loss(model: Any, compilation: Compilation) -> None:
    loss = compilation.loss
    kind = LOSSES.get(loss.name) if loss is not None else None
    if kind is None or loss is None:
        raise UnusualFitError("a loss of one's own")
    (used,) = [each.loss for each in model._compile_loss._flat_losses]
    usual = kind()
    if getattr(used, "fn", None) is not getattr(usual, "fn", ...):
        raise UnusualFitError("a loss that means another one for these data")
    settings = dict(usual._fn_kwargs)
    settings |= {"from_logits": loss.from_logits} if "from_logits" in settings else {}
    settings |= {"label_smoothing": loss.label_smoothing} if "label_smoothing" in settings else {}
    given = {**settings, **used._fn_kwargs}
    if given != settings or used.reduction not in ("sum_over_batch_size", "mean"):
        raise UnusualFitError("settings of the loss")


def _check_metrics(model: Any, compilation: Compilation) -> None:
    compiled = model._compile_metrics
    used = [] if compiled is None else list(compiled.metrics)
    if len(used) != len(compilation.metrics) or len(model.metrics) != 1 + (compiled is not None):
        raise UnusualFitError("metrics beside the compiled ones")
    for metric, name in zip(used, compilation.metrics, strict=True):
        kind = METRICS.get(name)
        if kind is None:
            raise UnusualFitError("a metric of one's own")
        same_kind = type(metric) is kind
        function = getattr(metric, "_fn", None)
        if not same_kind and (function is None or function is not getattr(kind(), "_fn", None)):
            raise UnusualFitError("a metric that means another one for these data")


def _check_optimizer(optimizer: Any, compilation: Compilation) -> None:
    expected = compilation.optimizer
    kind = OPTIMIZERS.get(expected.name)
    if kind is None or expected.learning_rate is None:
        raise UnusualFitError("an optimizer, or a learning rate, of one's own")
    made = kind(learning_rate=expected.learning_rate, name="optimizer", **dict(expected.settings))
    received, canonical = optimizer.get_config(), made.get_config()
    for config in (received, canonical):
        # The rate itself is one of the optimizer's variables, and travels as it is.
        config.pop("learning_rate"), config.pop("name")
    if received != canonical:
        raise UnusualFitError("settings of the optimizer")
    if len(vars(optimizer)["_variables"]) < 2 or not isinstance(
        optimizer._learning_rate, keras.Variable
    ):
        raise UnusualFitError("an optimizer without its own rate")
