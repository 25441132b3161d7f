"""Right compile settings in many spellings."""

from __future__ import annotations

from tests.answer_keys.variants import BASES, Accepted, Target, whole


def _one_by_one(target: Target, position: int, spellings: tuple[str, ...]) -> tuple[Accepted, ...]:
    names = ("coût", "optimiseur", "métrique")
    base = BASES[target]
    return tuple(
        Accepted(
            target,
            f"{names[position]} : {spelling}",
            whole(target, (*base[:position], spelling, *base[position + 1 :])),
        )
        for spelling in spellings
    )


COMPILATIONS = (
    *_one_by_one(
        "compile mlp",
        0,
        (
            '"categorical_crossentropy"',
            '"CategoricalCrossentropy"',
            "keras.losses.categorical_crossentropy",
            "keras.losses.CategoricalCrossentropy()",
            "keras.losses.CategoricalCrossentropy(from_logits=False, label_smoothing=0)",
            "tf.keras.losses.CategoricalCrossentropy(name='cout')",
            '["categorical_crossentropy"]',
            'keras.losses.get("categorical_crossentropy")',
        ),
    ),
    *_one_by_one(
        "compile mlp",
        1,
        (
            "SGD(learning_rate=0.5)",
            "keras.optimizers.SGD(learning_rate=1 / 2)",
            "tf.keras.optimizers.SGD(0.5, momentum=0.0, nesterov=False)",
            'SGD(learning_rate=float(np.float32(0.5)), name="descente")',
            "SGD(0.5, nesterov=True)",
            "SGD(0.5, weight_decay=None)",
            'keras.optimizers.get({"class_name": "SGD", "config": {"learning_rate": 0.5}})',
        ),
    ),
    *_one_by_one(
        "compile mlp",
        2,
        (
            '["acc"]',
            '["Accuracy"]',
            '{"modele": "accuracy"}',
            '("accuracy",)',
            '["categorical_accuracy"]',
            "[keras.metrics.CategoricalAccuracy()]",
            '[keras.metrics.CategoricalAccuracy(name="exactitude")]',
            "[keras.metrics.categorical_accuracy]",
            '["accuracy", "mse"]',
            '[keras.metrics.TopKCategoricalAccuracy(k=3), "accuracy"]',
            '[["accuracy"]]',
        ),
    ),
    *_one_by_one(
        "compile lenet",
        1,
        (
            "Adam()",
            '"adam"',
            '"Adam"',
            "Adam(0.001)",
            "Adam(learning_rate=1e-3)",
            "keras.optimizers.Adam(beta_1=0.9, beta_2=0.999, epsilon=1e-7)",
            "tf.keras.optimizers.Adam(amsgrad=False)",
        ),
    ),
)
