"""Wrong perceptrons, and LeNets wrong elsewhere than inside one convolutional block."""

from __future__ import annotations

from tests.answer_keys.variants import BASES, Refused

HIDDEN, OUTPUT = "couche cachée", "Couche de sortie"
FIRST, SECOND, THIRD = "1er bloc", "2e bloc", "3e bloc"
_Row = tuple[str, tuple[int, int], tuple[str, ...], tuple[str, ...], tuple[str, ...]]

_PERCEPTRONS: tuple[_Row, ...] = (
    ("50 neurones cachés", (1, 2), ("Dense(50)",), (HIDDEN,), ("neurones", "50")),
    ("101 neurones cachés", (1, 2), ("Dense(101)",), (HIDDEN,), ("neurones", "101")),
    ("couche cachée sans biais", (1, 2), ("Dense(100, use_bias=False)",), (HIDDEN,), ("biais",)),
    (
        "couche cachée régularisée",
        (1, 2),
        ('Dense(100, kernel_regularizer="l2")',),
        (HIDDEN,),
        ("ne sait pas lire", "regularizer"),
    ),
    (
        "sous-classe de Dense",
        (1, 2),
        ("type('MaCouche', (Dense,), {})(100)",),
        (HIDDEN,),
        ("ne sait pas lire", "MaCouche"),
    ),
    ("sans couche cachée", (1, 3), (), (HIDDEN,), ("manque", "Dense", "activation")),
    ("sans sigmoïde", (2, 3), (), (HIDDEN,), ("manque", "activation")),
    ("ReLU", (2, 3), ('Activation("relu")',), (HIDDEN,), ("activation", "relu")),
    ("tanh", (2, 3), ('Activation("tanh")',), (HIDDEN,), ("activation", "tanh")),
    (
        "sigmoïde approchée",
        (2, 3),
        ('Activation("hard_sigmoid")',),
        (HIDDEN,),
        ("activation", "hard_sigmoid"),
    ),
    ("softmax au milieu", (2, 3), ('Activation("softmax")',), (HIDDEN,), ("activation", "softmax")),
    (
        "fonction maison nommée sigmoid",
        (2, 3),
        ("Activation(type('sigmoid', (), {'__call__': lambda self, z: z * z})())",),
        (HIDDEN,),
        ("ne sait pas lire",),
    ),
    (
        "sigmoïde avant la couche cachée",
        (1, 3),
        ('Activation("sigmoid")', "Dense(100)"),
        (HIDDEN,),
        ("ordre",),
    ),
    ("mauvaise dimension d’entrée", (0, 1), ("Input((785,))",), (HIDDEN,), ("entrée",)),
    (
        "images en entrée",
        (0, 1),
        ("Input((28, 28))", "Flatten()"),
        (HIDDEN,),
        ("entrée", "trop", "Flatten"),
    ),
    ("normalisation en tête", (1, 1), ("BatchNormalization()",), (HIDDEN,), ("trop",)),
    ("mise à l’échelle en tête", (1, 1), ("Rescaling(1 / 255)",), (HIDDEN,), ("trop", "Rescaling")),
    ("Dropout", (3, 3), ("Dropout(0.2)",), (OUTPUT,), ("trop", "Dropout")),
    (
        "deux couches cachées",
        (3, 3),
        ("Dense(50)", 'Activation("sigmoid")'),
        (OUTPUT,),
        ("trop", "Dense", "activation"),
    ),
    ("11 sorties", (3, 4), ("Dense(11)",), (OUTPUT,), ("neurones", "11")),
    ("une seule sortie", (3, 4), ("Dense(1)",), (OUTPUT,), ("neurones", "1")),
    ("sortie sans biais", (3, 4), ("Dense(10, use_bias=False)",), (OUTPUT,), ("biais",)),
    ("sans couche de sortie", (3, 5), (), (OUTPUT,), ("manque", "Dense", "activation")),
    ("sans softmax", (4, 5), (), (OUTPUT,), ("manque", "activation")),
    ("sigmoïde en sortie", (4, 5), ('Activation("sigmoid")',), (OUTPUT,), ("activation",)),
    ("log-softmax", (4, 5), ('Activation("log_softmax")',), (OUTPUT,), ("log_softmax",)),
    ("softmax deux fois", (5, 5), ('Activation("softmax")',), (OUTPUT,), ("trop", "activation")),
    (
        "tailles échangées",
        (1, 4),
        ("Dense(10)", 'Activation("sigmoid")', "Dense(100)"),
        (HIDDEN, OUTPUT),
        ("neurones",),
    ),
    (
        "activations échangées",
        (2, 5),
        ('Activation("softmax")', "Dense(10)", 'Activation("sigmoid")'),
        (HIDDEN, OUTPUT),
        ("activation",),
    ),
    (
        "softmax avant la sortie",
        (3, 5),
        ('Activation("softmax")', "Dense(10)"),
        (OUTPUT,),
        ("ordre",),
    ),
)

_DENSE = "Mise à plat et couche cachée"
_LENETS: tuple[_Row, ...] = (
    ("trois canaux en entrée", (0, 1), ("Input((28, 28, 3))",), (FIRST,), ("entrée",)),
    ("images de 32 pixels", (0, 1), ("Input((32, 32, 1))",), (FIRST,), ("entrée",)),
    (
        "vecteurs remis en images",
        (0, 1),
        ("Input((784,))", "Reshape((28, 28, 1))"),
        (FIRST,),
        ("entrée", "trop", "Reshape"),
    ),
    ("bordure ajoutée", (1, 1), ("ZeroPadding2D(2)",), (FIRST,), ("trop", "ZeroPadding2D")),
    ("Dropout entre deux blocs", (4, 4), ("Dropout(0.25)",), (SECOND,), ("trop", "Dropout")),
    (
        "premier et deuxième blocs échangés",
        (1, 5),
        (
            'Conv2D(32, 5, padding="same")',
            'Activation("sigmoid")',
            "MaxPooling2D(2)",
            'Conv2D(16, 5, padding="same")',
        ),
        (FIRST, SECOND),
        (),
    ),
    (
        "sans troisième bloc",
        (7, 10),
        (),
        (THIRD,),
        ("manque", "convolution", "activation", "pooling"),
    ),
    (
        "quatrième bloc",
        (10, 10),
        ('Conv2D(128, 5, padding="same")', 'Activation("sigmoid")', "MaxPooling2D(2)"),
        (_DENSE,),
        ("trop", "convolution"),
    ),
    ("sans mise à plat", (10, 11), (), (_DENSE,), ("manque", "Flatten")),
    (
        "pooling moyen global",
        (10, 11),
        ("GlobalAveragePooling2D()",),
        (_DENSE,),
        ("GlobalAveragePooling2D",),
    ),
    ("max pooling global", (10, 11), ("GlobalMaxPooling2D()",), (_DENSE,), ("GlobalMaxPooling2D",)),
    ("120 neurones cachés", (11, 12), ("Dense(120)",), (_DENSE,), ("neurones", "120")),
    ("couche cachée sans biais", (11, 12), ("Dense(100, use_bias=False)",), (_DENSE,), ("biais",)),
    ("couche cachée sans sigmoïde", (12, 13), (), (_DENSE,), ("manque", "activation")),
    ("couche cachée ReLU", (12, 13), ('Activation("relu")',), (_DENSE,), ("activation", "relu")),
    ("sans couche cachée", (11, 13), (), (_DENSE,), ("manque", "Dense", "activation")),
    ("Dropout avant la sortie", (13, 13), ("Dropout(0.5)",), (OUTPUT,), ("trop", "Dropout")),
    (
        "une couche cachée de plus",
        (13, 13),
        ("Dense(84)", 'Activation("sigmoid")'),
        (OUTPUT,),
        ("trop", "Dense"),
    ),
    ("12 sorties", (13, 14), ("Dense(12)",), (OUTPUT,), ("neurones", "12")),
    ("sigmoïde en sortie", (14, 15), ('Activation("sigmoid")',), (OUTPUT,), ("activation",)),
    ("sans softmax", (14, 15), (), (OUTPUT,), ("manque", "activation")),
    (
        "un perceptron",
        (0, len(BASES["lenet"])),
        BASES["mlp"],
        (FIRST, SECOND, THIRD, _DENSE),
        ("manque", "convolution"),
    ),
    (
        "des convolutions à un groupe par canal",
        (4, 5),
        ('Conv2D(32, 5, padding="same", groups=16)',),
        (SECOND,),
        ("groups", "16"),
    ),
)

PERCEPTRONS = tuple(Refused("mlp", *row) for row in _PERCEPTRONS)
LENETS = tuple(Refused("lenet", *row) for row in _LENETS)
