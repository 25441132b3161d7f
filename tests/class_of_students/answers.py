"""Right answers in the styles that students write, by grade_id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Answers = Mapping[str, str]

TEXTS: Final[Answers] = {
    "q1_modele": (
        "C'est une régression logistique : une projection linéaire de 784 vers 10 valeurs, puis "
        "un softmax. Paramètres : 784 × 10 + 10 = 7850, comme dans le `summary()`."
    ),
    "q2_metrics": (
        "`metrics=` donne ce que Keras mesure pendant `fit` et `evaluate` en plus du coût. Ici "
        "l'exactitude (accuracy). Les métriques ne servent pas à calculer le gradient."
    ),
    "q3_comparaison": (
        "On trouve environ 92 %, pareil qu'au premier TP où on avait tout codé à la main. Keras "
        "fait donc la même chose, en beaucoup moins de lignes."
    ),
    "q5_calcul": (
        "Couche cachée : 784 × 100 + 100 = 78500. Couche de sortie : 100 × 10 + 10 = 1010. "
        "Total : 79510."
    ),
    "q7_conclusion": (
        "Presque 95 % contre 92 % : la couche cachée permet des frontières non linéaires."
    ),
}

NUMBERS: Final[Answers] = {
    "q1_parametres": "nb_parametres_logistique = 784 * 10 + 10",
    "q5_parametres": "nb_parametres_mlp = 784 * 100 + 100 + 100 * 10 + 10",
    "q8_initialisation": 'initialisation_dense = "glorot_uniform"',
    "q12_gpu": 'secondes_par_epoque = {"CPU": 14.0}  # chronométré sur mon portable',
}

NUMBERS_FROM_KERAS: Final[Answers] = {
    "q1_parametres": "nb_parametres_logistique = logistique.count_params()",
    "q5_parametres": "nb_parametres_mlp = mlp.count_params()\nprint(nb_parametres_mlp)",
    "q8_initialisation": (
        "# d'après la doc de Dense\ninitialisation_dense = 'Glorot uniforme (Xavier)'"
    ),
    "q12_gpu": "secondes_par_epoque = dict(CPU=15)",
}

MLP_ADD = """\
from tensorflow.keras.layers import Activation, Dense
from tensorflow.keras.models import Sequential

mlp = Sequential()
mlp.add(Dense(100, input_dim=784, name="fc1"))
mlp.add(Activation("sigmoid"))
mlp.add(Dense(10, name="fc2"))
mlp.add(Activation("softmax"))
mlp.summary()
"""

MLP_LIST = """\
from tensorflow import keras
from tensorflow.keras import layers

# couche cachée puis couche de sortie
mlp = keras.Sequential([
    keras.Input(shape=(784,)),
    layers.Dense(100, activation="sigmoid"),
    layers.Dense(10, activation="softmax"),
])
"""

MLP_FUNCTIONAL = """\
import keras

entree = keras.Input((784,))
cachee = keras.layers.Dense(units=100, activation=keras.activations.sigmoid)(entree)
sortie = keras.layers.Softmax()(keras.layers.Dense(units=10)(cachee))
mlp = keras.Model(inputs=entree, outputs=sortie, name="perceptron")
"""

MLP_TF_NN = """\
import tensorflow as tf

nb_neurones = 100
nb_classes = 10
mlp = tf.keras.models.Sequential()
mlp.add(tf.keras.layers.InputLayer(shape=(784,)))
mlp.add(tf.keras.layers.Dense(nb_neurones, activation=tf.nn.sigmoid))
mlp.add(tf.keras.layers.Dense(nb_classes, activation=tf.nn.softmax))
"""

MLP_TRAINED = """\
from tensorflow import keras

mlp.compile(
    loss="categorical_crossentropy",
    optimizer=keras.optimizers.SGD(learning_rate=0.5),
    metrics=["accuracy"],
)
mlp.fit(X_train, Y_train, batch_size=300, epochs=10, verbose=1)
"""

MLP_TRAINED_OBJECTS = """\
import keras

opt = keras.optimizers.SGD(0.5)
cout = keras.losses.CategoricalCrossentropy()
mlp.compile(opt, loss=cout, metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")])
historique_mlp = mlp.fit(x=X_train, y=Y_train, epochs=10, batch_size=300, verbose=2)
"""

MLP_EVALUATED = """\
scores_mlp = mlp.evaluate(X_test, Y_test, verbose=0, return_dict=True)
print(scores_mlp)
"""

MLP_EVALUATED_LIST = """\
scores_mlp = mlp.evaluate(X_test, Y_test, verbose=0)
print("coût :", scores_mlp[0])
print(f"exactitude : {scores_mlp[1] * 100:.2f} %")
"""

LENET_ADD = """\
from tensorflow.keras.layers import Activation, Conv2D, Dense, Flatten, MaxPooling2D
from tensorflow.keras.models import Sequential

lenet = Sequential()
lenet.add(Conv2D(16, 5, activation="sigmoid", padding="same", input_shape=(28, 28, 1)))
lenet.add(MaxPooling2D(pool_size=(2, 2)))
lenet.add(Conv2D(32, 5, activation="sigmoid", padding="same"))
lenet.add(MaxPooling2D(pool_size=(2, 2)))
lenet.add(Conv2D(64, 5, activation="sigmoid", padding="same"))
lenet.add(MaxPooling2D(pool_size=(2, 2)))
lenet.add(Flatten())
lenet.add(Dense(100))
lenet.add(Activation("sigmoid"))
lenet.add(Dense(10))
lenet.add(Activation("softmax"))
lenet.summary()
"""

LENET_LIST = """\
from tensorflow import keras
from tensorflow.keras import layers

couches = [keras.Input(shape=(28, 28, 1))]
for filtres in (16, 32, 64):
    couches.append(layers.Conv2D(filtres, (5, 5), padding="same", activation="sigmoid"))
    couches.append(layers.MaxPooling2D())
couches += [
    layers.Flatten(),
    layers.Dense(100, activation="sigmoid"),
    layers.Dense(10, activation="softmax"),
]
lenet = keras.Sequential(couches)
"""

LENET_FUNCTIONAL = """\
import keras
from keras import layers


def bloc(x, n):
    # convolution, sigmoïde, puis max pooling
    x = layers.Conv2D(filters=n, kernel_size=5, padding="same")(x)
    x = layers.Activation("sigmoid")(x)
    return layers.MaxPool2D(2)(x)


images = keras.Input((28, 28, 1), name="images")
x = bloc(images, 16)
x = bloc(x, 32)
x = bloc(x, 64)
x = layers.Flatten()(x)
x = layers.Dense(100, "sigmoid")(x)
lenet = keras.Model(images, layers.Dense(10, "softmax")(x))
lenet.summary()
"""

LENET_TF_NN = """\
import tensorflow as tf

K = tf.keras.layers
lenet = tf.keras.Sequential()
lenet.add(K.InputLayer(shape=(28, 28, 1)))
lenet.add(K.Conv2D(16, (5, 5), strides=1, padding="SAME", activation=tf.nn.sigmoid))
lenet.add(K.MaxPooling2D((2, 2), strides=(2, 2)))
lenet.add(K.Conv2D(32, (5, 5), strides=1, padding="SAME", activation=tf.nn.sigmoid))
lenet.add(K.MaxPooling2D((2, 2), strides=(2, 2)))
lenet.add(K.Conv2D(64, (5, 5), strides=1, padding="SAME", activation=tf.nn.sigmoid))
lenet.add(K.MaxPooling2D((2, 2), strides=(2, 2)))
lenet.add(K.Reshape((-1,)))
lenet.add(K.Dense(100, activation=tf.nn.sigmoid))
lenet.add(K.Dense(10, activation=tf.nn.softmax))
"""

LENET_TRAINED = """\
from tensorflow import keras

lenet.compile(
    loss="categorical_crossentropy",
    optimizer=keras.optimizers.Adam(),
    metrics=["accuracy"],
)
lenet.fit(X_train_images, Y_train, batch_size=300, epochs=10, verbose=1)
lenet.save("lenet.keras")
"""

LENET_TRAINED_OBJECTS = """\
lenet.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["acc"])
h = lenet.fit(X_train_images, Y_train, batch_size=300, epochs=10, verbose=2)
lenet.save("lenet.keras")
"""

LENET_EVALUATED = """\
scores_lenet = lenet.evaluate(X_test_images, Y_test, verbose=0, return_dict=True)
print(scores_lenet)
"""

LENET_EVALUATED_LIST = """\
scores_lenet = lenet.evaluate(X_test_images, Y_test, verbose=0)
print(f"exactitude : {100 * scores_lenet[1]:.2f} %")
"""

MLP: Final[Answers] = {
    "q4_mlp": MLP_LIST,
    "q6_mlp_entrainement": MLP_TRAINED,
    "q7_mlp_evaluation": MLP_EVALUATED,
}
LENET: Final[Answers] = {
    "q9_lenet": LENET_LIST,
    "q10_lenet_entrainement": LENET_TRAINED,
    "q11_lenet_evaluation": LENET_EVALUATED,
}

IN_LISTS: Final[Answers] = {**TEXTS, **NUMBERS, **MLP, **LENET}
WITH_ADD: Final[Answers] = {
    **IN_LISTS,
    "q4_mlp": MLP_ADD,
    "q7_mlp_evaluation": MLP_EVALUATED_LIST,
    "q9_lenet": LENET_ADD,
    "q11_lenet_evaluation": LENET_EVALUATED_LIST,
}
FUNCTIONAL: Final[Answers] = {
    **IN_LISTS,
    **NUMBERS_FROM_KERAS,
    "q4_mlp": MLP_FUNCTIONAL,
    "q6_mlp_entrainement": MLP_TRAINED_OBJECTS,
    "q9_lenet": LENET_FUNCTIONAL,
    "q10_lenet_entrainement": LENET_TRAINED_OBJECTS,
}
WITH_TF_NN: Final[Answers] = {
    **IN_LISTS,
    **NUMBERS_FROM_KERAS,
    "q4_mlp": MLP_TF_NN,
    "q9_lenet": LENET_TF_NN,
}
