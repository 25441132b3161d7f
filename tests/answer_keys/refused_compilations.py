"""Wrong compile settings."""

from __future__ import annotations

from tests.answer_keys.variants import Refused, Target

LOSS, OPTIMIZER, METRIC = "coût", "optimiseur", "métrique"
_Rows = tuple[tuple[str, tuple[str, ...]], ...]

_LOSSES: _Rows = (
    ("", ("Aucune",)),
    ('"mse"', ("coût", "mean_squared_error")),
    ('"mae"', ("coût", "mean_absolute_error")),
    ('"binary_crossentropy"', ("coût", "binary_crossentropy")),
    ('"kl_divergence"', ("coût", "kl_divergence")),
    ('"categorical_hinge"', ("coût", "categorical_hinge")),
    ('"categorical_focal_crossentropy"', ("coût", "focal")),
    ("CosineSimilarity()", ("coût", "cosine_similarity")),
    ('"sparse_categorical_crossentropy"', ("entières", "one-hot")),
    ("CategoricalCrossentropy(from_logits=True)", ("softmax", "from_logits")),
    ("CategoricalCrossentropy(label_smoothing=0.1)", ("label_smoothing", "0,1")),
    ("lambda y, p: ops.mean(ops.square(y - p))", ("que le correcteur connaît",)),
)
_SGD: _Rows = (
    ("SGD()", ("learning_rate", "0,01")),
    ('"sgd"', ("learning_rate", "0,01")),
    ("SGD(0.05)", ("learning_rate", "0,05")),
    ("SGD(5.0)", ("learning_rate", "5")),
    ("SGD(0.51)", ("learning_rate", "0,51")),
    ("SGD(keras.optimizers.schedules.ExponentialDecay(0.5, 100, 0.9))", ("varie",)),
    ("SGD(0.5, momentum=0.9)", ("momentum", "0,9")),
    ("SGD(0.5, momentum=0.9, nesterov=True)", ("momentum", "nesterov", "True")),
    ("SGD(0.5, weight_decay=0.01)", ("weight_decay", "0,01")),
    ("SGD(0.5, clipnorm=1.0)", ("clipnorm", "1")),
    ("SGD(0.5, use_ema=True)", ("use_ema", "True")),
    ("Adam(0.5)", ("optimiseur", "adam")),
    ('"rmsprop"', ("optimiseur", "rmsprop")),
    ("Adagrad(0.5)", ("optimiseur", "adagrad")),
    ("Adadelta(0.5)", ("optimiseur", "adadelta")),
    ("type('MonSGD', (SGD,), {})(0.5)", ("que le correcteur connaît", "MonSGD")),
)
_ADAM: _Rows = (
    ("SGD(0.5)", ("optimiseur", "sgd")),
    ("SGD(0.001)", ("optimiseur", "sgd")),
    ("Adam(0.5)", ("learning_rate", "0,5")),
    ("Adam(0.01)", ("learning_rate", "0,01")),
    ("Adam(1e-6)", ("learning_rate", "1e-06")),
    ("Adam(beta_1=0.5)", ("beta_1", "0,5")),
    ("Adam(beta_2=0.9)", ("beta_2", "0,9")),
    ("Adam(epsilon=0.1)", ("epsilon", "0,1")),
    ("Adam(amsgrad=True)", ("amsgrad", "True")),
    ('"adamw"', ("optimiseur", "adamw")),
    ('"nadam"', ("optimiseur", "nadam")),
    ('"adamax"', ("optimiseur", "adamax")),
    ("RMSprop()", ("optimiseur", "rmsprop")),
)
_METRICS: _Rows = (
    ("", ("Aucune",)),
    ("[]", ("Aucune",)),
    ('["mse"]', ("métrique", "mean_squared_error")),
    ('["categorical_crossentropy"]', ("métrique", "categorical_crossentropy")),
    ('["binary_accuracy"]', ("métrique", "binary_accuracy")),
    ('["sparse_categorical_accuracy"]', ("métrique", "sparse_categorical_accuracy")),
    ('["top_k_categorical_accuracy"]', ("métrique", "top_k_categorical_accuracy")),
    ("[keras.metrics.Accuracy()]", ("métrique", "accuracy")),
    ("[keras.metrics.AUC()]", ("métrique", "auc")),
    ("[keras.metrics.Precision()]", ("métrique", "precision")),
    ("[lambda y, p: 1.0]", ("que le correcteur connaît",)),
)


def _one_by_one(target: Target, position: int, place: str, rows: _Rows) -> tuple[Refused, ...]:
    return tuple(
        Refused(
            target,
            f"{place} : {code or 'absent'}",
            (position, position + 1),
            (code,),
            (place,),
            words,
        )
        for code, words in rows
    )


COMPILATIONS = (
    *_one_by_one("compile mlp", 0, LOSS, _LOSSES),
    *_one_by_one("compile mlp", 1, OPTIMIZER, _SGD),
    *_one_by_one("compile mlp", 2, METRIC, _METRICS),
    *_one_by_one("compile lenet", 1, OPTIMIZER, _ADAM),
)
