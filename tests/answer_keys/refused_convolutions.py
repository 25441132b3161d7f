"""Every single change of a convolutional block, in each of the three blocks of LeNet."""

from __future__ import annotations

from tests.answer_keys.variants import Refused

_FILTERS = (16, 32, 64)
_PLACES = ("1er bloc", "2e bloc", "3e bloc")

# What becomes of the block's lines (convolution, activation, pooling), and words of the message.
_CHANGES: tuple[tuple[str, tuple[int, int], tuple[str, ...], tuple[str, ...]], ...] = (
    ("trop de filtres", (0, 1), ('Conv2D(48, 5, padding="same")',), ("filtres", "48")),
    ("noyaux 3 × 3", (0, 1), ('Conv2D({}, 3, padding="same")',), ("noyaux", "3 × 3")),
    ("noyaux 3 × 5", (0, 1), ('Conv2D({}, (3, 5), padding="same")',), ("noyaux", "3 × 5")),
    ("noyaux 5 × 3", (0, 1), ('Conv2D({}, (5, 3), padding="same")',), ("noyaux", "5 × 3")),
    ("sans padding", (0, 1), ("Conv2D({}, 5)",), ("padding", "valid")),
    ("convolution de pas 2", (0, 1), ('Conv2D({}, 5, 2, "same")',), ("strides", "2 × 2")),
    (
        "convolution dilatée",
        (0, 1),
        ('Conv2D({}, 5, padding="same", dilation_rate=2)',),
        ("dilation_rate", "2 × 2"),
    ),
    (
        "convolution sans biais",
        (0, 1),
        ('Conv2D({}, 5, padding="same", use_bias=False)',),
        ("use_bias", "False"),
    ),
    (
        "filtres et noyaux",
        (0, 1),
        ('Conv2D(48, 3, padding="same")',),
        ("filtres", "noyaux", "48", "3 × 3"),
    ),
    (
        "convolution séparable",
        (0, 1),
        ('SeparableConv2D({}, 5, padding="same")',),
        ("ne sait pas lire", "SeparableConv2D"),
    ),
    ("sans convolution", (0, 1), (), ("manque", "convolution")),
    ("sans activation", (1, 2), (), ("manque", "activation")),
    ("ReLU", (1, 2), ('Activation("relu")',), ("activation", "relu")),
    ("tangente hyperbolique", (1, 2), ('Activation("tanh")',), ("activation", "tanh")),
    (
        "fonction maison nommée sigmoid",
        (1, 2),
        ("Activation(type('sigmoid', (), {'__call__': lambda self, z: z * z})())",),
        ("ne sait pas lire",),
    ),
    ("pooling moyen", (2, 3), ("AveragePooling2D(2)",), ("pooling moyen",)),
    ("pooling 3 × 3", (2, 3), ("MaxPooling2D(3, 2)",), ("fenêtre", "3 × 3")),
    ("pooling de pas 1", (2, 3), ("MaxPooling2D(2, strides=1)",), ("strides", "1 × 1")),
    (
        "pooling complété",
        (2, 3),
        ('MaxPooling2D(2, padding="same")',),
        ("padding", "same"),
    ),
    ("sans pooling", (2, 3), (), ("manque", "pooling")),
    (
        "pooling avant l’activation",
        (1, 3),
        ("MaxPooling2D(2)", 'Activation("sigmoid")'),
        ("ordre",),
    ),
    ("normalisation en plus", (1, 1), ("BatchNormalization()",), ("trop", "BatchNormalization")),
)

CONVOLUTIONS: tuple[Refused, ...] = tuple(
    Refused(
        "lenet",
        f"{_PLACES[block]} : {description}",
        (1 + 3 * block + first, 1 + 3 * block + last),
        tuple(line.replace("{}", str(_FILTERS[block])) for line in code),
        (_PLACES[block],),
        words,
    )
    for block in range(3)
    for description, (first, last), code, words in _CHANGES
)
