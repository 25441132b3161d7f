"""Right fully connected models in many spellings."""

from __future__ import annotations

from tests.answer_keys.variants import Accepted, Target


def spellings(target: Target, codes: dict[str, str]) -> tuple[Accepted, ...]:
    return tuple(
        Accepted(target, description, code.strip("\n")) for description, code in codes.items()
    )


LOGISTICS = spellings(
    "logistique",
    {
        "add, Dense puis Activation": """
modele = Sequential()
modele.add(Input(shape=(784,)))
modele.add(Dense(10, name="fc1"))
modele.add(Activation("softmax"))
""",
        "l’écriture de l’ancien énoncé": """
modele = Sequential()
modele.add(Dense(10, input_dim=784, name="fc1"))
modele.add(Activation("softmax"))
""",
        "activation dans la couche": """
modele = Sequential([Input((784,)), Dense(10, activation="softmax")])
""",
        "API fonctionnelle": """
entree = Input((784,))
modele = Model(entree, Dense(10, "softmax")(entree))
""",
        "sans dimension d’entrée": """
modele = Sequential([Dense(10, activation="softmax")])
""",
    },
)

PERCEPTRONS = spellings(
    "mlp",
    {
        "add, Dense puis Activation": """
modele = Sequential()
modele.add(Input(shape=(784,)))
modele.add(Dense(100, name="fc1"))
modele.add(Activation("sigmoid"))
modele.add(Dense(10, name="fc2"))
modele.add(Activation("softmax"))
""",
        "l’écriture de l’ancien énoncé (input_dim)": """
modele = Sequential()
modele.add(Dense(100, input_dim=784, name="fc1"))
modele.add(Activation("sigmoid"))
modele.add(Dense(10, name="fc2"))
modele.add(Activation("softmax"))
""",
        "input_shape sur la première couche": """
modele = Sequential([
    Dense(100, activation="sigmoid", input_shape=(784,)),
    Dense(10, activation="softmax"),
])
""",
        "liste de couches": """
modele = Sequential([
    Input((784,)), Dense(100), Activation("sigmoid"), Dense(10), Activation("softmax"),
])
""",
        "activations dans les couches": """
modele = Sequential([Input((784,)), Dense(100, "sigmoid"), Dense(10, "softmax")])
""",
        "sans dimension d’entrée": """
modele = Sequential([Dense(100, activation="sigmoid"), Dense(10, activation="softmax")])
""",
        "sans dimension d’entrée, puis build": """
modele = Sequential([Dense(100, activation="sigmoid"), Dense(10, activation="softmax")])
modele.build((None, 784))
""",
        "sans dimension d’entrée, puis appelé sur des données": """
modele = Sequential([Dense(100, activation="sigmoid"), Dense(10, activation="softmax")])
modele(np.zeros((2, 784), "float32"))
""",
        "InputLayer": """
modele = Sequential([
    InputLayer(shape=(784,)), Dense(100, "sigmoid"), Dense(10, "softmax"),
])
""",
        "depuis tensorflow.keras": """
modele = tf.keras.Sequential([
    tf.keras.Input(shape=(784,)),
    tf.keras.layers.Dense(100, activation="sigmoid"),
    tf.keras.layers.Dense(10, activation="softmax"),
])
""",
        "fonctions de keras.activations": """
modele = Sequential([
    Input((784,)),
    Dense(100, activation=keras.activations.sigmoid),
    Dense(10, activation=keras.activations.softmax),
])
""",
        "fonctions de tf.nn": """
modele = Sequential([
    Input((784,)),
    Dense(100, activation=tf.nn.sigmoid),
    Dense(10, activation=tf.nn.softmax),
])
""",
        "fonctions de keras.ops": """
modele = Sequential([
    Input((784,)),
    Dense(100, activation=ops.sigmoid),
    Dense(10, activation=ops.softmax),
])
""",
        "sigmoïde écrite à la main": """
def sigmoide(z):
    return 1 / (1 + ops.exp(-z))

modele = Sequential([
    Input((784,)), Dense(100, activation=sigmoide), Dense(10, activation="softmax"),
])
""",
        "fonction anonyme": """
modele = Sequential([
    Input((784,)),
    Dense(100, activation=lambda z: keras.activations.sigmoid(z)),
    Dense(10, activation="softmax"),
])
""",
        "couche Softmax": """
modele = Sequential([Input((784,)), Dense(100, "sigmoid"), Dense(10), Softmax()])
""",
        "couche Lambda pour la sigmoïde": """
modele = Sequential([
    Input((784,)), Dense(100), Lambda(ops.sigmoid), Dense(10), Activation("softmax"),
])
""",
        "activation linéaire explicite": """
modele = Sequential([
    Input((784,)),
    Dense(100, activation="linear"), Activation("sigmoid"),
    Dense(10, activation=None), Activation("softmax"),
])
""",
        "API fonctionnelle": """
entree = Input(shape=(784,))
cachee = Dense(100, activation="sigmoid")(entree)
sortie = Dense(10, activation="softmax")(cachee)
modele = Model(inputs=entree, outputs=sortie)
""",
        "API fonctionnelle, activations à part": """
entree = Input(shape=(784,))
x = Activation("sigmoid")(Dense(100)(entree))
modele = Model(entree, Activation("softmax")(Dense(10)(x)))
""",
        "API fonctionnelle, keras.ops": """
entree = Input(shape=(784,))
modele = Model(entree, ops.softmax(Dense(10)(ops.sigmoid(Dense(100)(entree)))))
""",
        "sous-classe de Model": """
class Perceptron(Model):
    def __init__(self):
        super().__init__()
        self.cachee = Dense(100, activation="sigmoid")
        self.sortie = Dense(10, activation="softmax")

    def call(self, x):
        return self.sortie(self.cachee(x))

modele = Perceptron()
modele(np.zeros((1, 784), "float32"))
""",
        "Sequential dans un Sequential": """
cachee = Sequential([Input((784,)), Dense(100), Activation("sigmoid")])
modele = Sequential([cachee, Dense(10), Activation("softmax")])
""",
        "Sequential à l’intérieur de l’API fonctionnelle": """
entree = Input((784,))
corps = Sequential([Dense(100, "sigmoid"), Dense(10, "softmax")])
modele = Model(entree, corps(entree))
""",
        "copie d’un modèle": """
original = Sequential([Input((784,)), Dense(100, "sigmoid"), Dense(10, "softmax")])
modele = keras.models.clone_model(original)
""",
        "initialisation par défaut explicite": """
modele = Sequential([
    Input((784,)),
    Dense(100, "sigmoid", kernel_initializer="glorot_uniform", bias_initializer="zeros"),
    Dense(10, "softmax", use_bias=True),
])
""",
        "couches créées dans une boucle": """
modele = Sequential([Input((784,))])
for neurones, activation in [(100, "sigmoid"), (10, "softmax")]:
    modele.add(Dense(neurones, activation=activation))
""",
        "tailles calculées": """
modele = Sequential([
    Input((28 * 28,)), Dense(int(1e2), "sigmoid"), Dense(len("0123456789"), "softmax"),
])
""",
        "couche retirée puis remplacée": """
modele = Sequential([Input((784,)), Dense(100, "sigmoid"), Dense(10, "relu")])
modele.pop()
modele.add(Dense(10, "softmax"))
""",
        "mise à plat sans effet": """
modele = Sequential([Input((784,)), Flatten(), Dense(100, "sigmoid"), Dense(10, "softmax")])
""",
        "Identity et Dropout(0) sans effet": """
modele = Sequential([
    Input((784,)), Identity(), Dense(100, "sigmoid"), Dropout(0), Dense(10, "softmax"),
])
""",
    },
)
