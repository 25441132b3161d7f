"""Right convolutional networks in many spellings."""

from __future__ import annotations

from tests.answer_keys.accepted_models import spellings
from tests.answer_keys.variants import Accepted

LENETS = spellings(
    "lenet",
    {
        "add, activations dans les convolutions": """
modele = Sequential()
modele.add(Input(shape=(28, 28, 1)))
modele.add(Conv2D(16, (5, 5), activation="sigmoid", padding="same"))
modele.add(MaxPooling2D(pool_size=(2, 2)))
modele.add(Conv2D(32, (5, 5), activation="sigmoid", padding="same"))
modele.add(MaxPooling2D(pool_size=(2, 2)))
modele.add(Conv2D(64, (5, 5), activation="sigmoid", padding="same"))
modele.add(MaxPooling2D(pool_size=(2, 2)))
modele.add(Flatten())
modele.add(Dense(100))
modele.add(Activation("sigmoid"))
modele.add(Dense(10))
modele.add(Activation("softmax"))
""",
        "l’écriture de l’ancien énoncé (input_shape)": """
modele = Sequential()
modele.add(Conv2D(16, 5, input_shape=(28, 28, 1), activation="sigmoid", padding="same"))
modele.add(MaxPooling2D(pool_size=(2, 2)))
modele.add(Conv2D(32, 5, activation="sigmoid", padding="same"))
modele.add(MaxPooling2D(pool_size=(2, 2)))
modele.add(Conv2D(64, 5, activation="sigmoid", padding="same"))
modele.add(MaxPooling2D(pool_size=(2, 2)))
modele.add(Flatten())
modele.add(Dense(100))
modele.add(Activation("sigmoid"))
modele.add(Dense(10))
modele.add(Activation("softmax"))
""",
        "activations à part": """
modele = Sequential([
    Input((28, 28, 1)),
    Conv2D(16, 5, padding="same"), Activation("sigmoid"), MaxPooling2D(2),
    Conv2D(32, 5, padding="same"), Activation("sigmoid"), MaxPooling2D(2),
    Conv2D(64, 5, padding="same"), Activation("sigmoid"), MaxPooling2D(2),
    Flatten(), Dense(100), Activation("sigmoid"), Dense(10), Activation("softmax"),
])
""",
        "sans dimension d’entrée": """
modele = Sequential([
    Conv2D(16, 5, padding="same", activation="sigmoid"), MaxPooling2D(),
    Conv2D(32, 5, padding="same", activation="sigmoid"), MaxPooling2D(),
    Conv2D(64, 5, padding="same", activation="sigmoid"), MaxPooling2D(),
    Flatten(), Dense(100, "sigmoid"), Dense(10, "softmax"),
])
""",
        "boucle sur les blocs": """
modele = Sequential([Input((28, 28, 1))])
for filtres in (16, 32, 64):
    modele.add(Conv2D(filtres, 5, padding="same", activation="sigmoid"))
    modele.add(MaxPooling2D())
for couche in (Flatten(), Dense(100, "sigmoid"), Dense(10, "softmax")):
    modele.add(couche)
""",
        "API fonctionnelle": """
entree = x = Input((28, 28, 1))
for filtres in (16, 32, 64):
    x = Conv2D(filtres, (5, 5), padding="same", activation="sigmoid")(x)
    x = MaxPooling2D((2, 2))(x)
x = Dense(100, activation="sigmoid")(Flatten()(x))
modele = Model(entree, Dense(10, activation="softmax")(x))
""",
        "sous-classe de Model": """
class LeNet(Model):
    def __init__(self):
        super().__init__()
        self.blocs = [
            couche
            for filtres in (16, 32, 64)
            for couche in (Conv2D(filtres, 5, padding="same"), MaxPooling2D())
        ]
        self.plat, self.cachee, self.sortie = Flatten(), Dense(100), Dense(10)

    def call(self, x):
        for couche in self.blocs:
            x = couche(x)
            if isinstance(couche, Conv2D):
                x = ops.sigmoid(x)
        x = ops.sigmoid(self.cachee(self.plat(x)))
        return ops.softmax(self.sortie(x))

modele = LeNet()
modele(np.zeros((1, 28, 28, 1), "float32"))
""",
        "un Sequential par bloc": """
def bloc(filtres):
    return Sequential([Conv2D(filtres, 5, padding="same", activation="sigmoid"), MaxPooling2D()])

modele = Sequential([
    Input((28, 28, 1)), bloc(16), bloc(32), bloc(64),
    Flatten(), Dense(100, "sigmoid"), Dense(10, "softmax"),
])
""",
        "Reshape au lieu de Flatten": """
modele = Sequential([Input((28, 28, 1))])
for filtres in (16, 32, 64):
    modele.add(Conv2D(filtres, 5, padding="same", activation="sigmoid"))
    modele.add(MaxPooling2D())
modele.add(Reshape((-1,)))
modele.add(Dense(100, "sigmoid"))
modele.add(Dense(10, "softmax"))
""",
    },
) + tuple(
    Accepted(
        "lenet",
        description,
        f"""
modele = Sequential([
    Input((28, 28, 1)),
    {convolution.format(16)}, {pooling},
    {convolution.format(32)}, {pooling},
    {convolution.format(64)}, {pooling},
    Flatten(), Dense(100, "sigmoid"), Dense(10), {last},
])""".strip("\n"),
    )
    for description, convolution, pooling, last in [
        (
            "kernel_size=5",
            'Conv2D({}, kernel_size=5, padding="same", activation="sigmoid")',
            "MaxPooling2D(2)",
            "Softmax()",
        ),
        (
            "kernel_size=(5, 5) et pas explicites",
            'Conv2D({}, (5, 5), strides=(1, 1), padding="same", activation="sigmoid")',
            "MaxPooling2D((2, 2), strides=(2, 2))",
            'Activation("softmax")',
        ),
        (
            "kernel_size en liste, padding en majuscules",
            'Conv2D({}, [5, 5], padding="SAME", activation="sigmoid")',
            'MaxPooling2D(2, 2, padding="valid")',
            'Activation("softmax")',
        ),
        (
            "fonctions de tf.nn",
            'Conv2D({}, 5, padding="same", activation=tf.nn.sigmoid)',
            "MaxPooling2D()",
            "Activation(tf.nn.softmax)",
        ),
        (
            "ancien nom MaxPool2D",
            'Conv2D({}, 5, padding="same", activation="sigmoid")',
            "MaxPool2D()",
            "Softmax(axis=-1)",
        ),
        (
            "ancien nom Convolution2D",
            'Convolution2D({}, 5, padding="same", activation="sigmoid")',
            "MaxPooling2D(strides=2)",
            "Softmax()",
        ),
        (
            "data_format et dilation_rate explicites",
            'Conv2D({}, 5, padding="same", data_format="channels_last", dilation_rate=1, '
            'activation="sigmoid")',
            'MaxPooling2D(data_format="channels_last")',
            "Softmax()",
        ),
        (
            "groups=1 et use_bias=True explicites",
            'Conv2D({}, 5, padding="same", groups=1, use_bias=True, activation="sigmoid")',
            "MaxPooling2D()",
            "Lambda(ops.softmax)",
        ),
        (
            "noms de couches",
            'Conv2D({0}, 5, padding="same", activation="sigmoid", name="conv{0}")',
            "MaxPooling2D()",
            'Activation("softmax", name="probabilites")',
        ),
        (
            "activation donnée comme couche",
            'Conv2D({}, 5, padding="same", activation=Activation("sigmoid"))',
            "MaxPooling2D()",
            "Softmax()",
        ),
    ]
)
