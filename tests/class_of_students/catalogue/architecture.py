"""Networks that are not the ones asked for."""

from __future__ import annotations

from typing import Final

from tests.class_of_students import answers
from tests.class_of_students.catalogue.sample import MLP, NOTHING, NUMBERS, SampleStudent

_MLP_TRAINED = {**answers.NUMBERS, **answers.MLP}

_NO_SOFTMAX = """\
mlp = Sequential()
mlp.add(Input(shape=(784,)))
mlp.add(Dense(100))
mlp.add(Activation("sigmoid"))
mlp.add(Dense(10))
"""
_128_UNITS = answers.MLP_LIST.replace("100", "128")
_RELU = answers.MLP_LIST.replace('"sigmoid"', '"relu"')
_TWO_HIDDEN_LAYERS = """\
mlp = Sequential()
mlp.add(Input(shape=(784,)))
for couche in range(2):
    mlp.add(Dense(100, activation="sigmoid"))
mlp.add(Dense(10, activation="softmax"))
"""
_WITHOUT_INPUT = """\
# la taille d'entrée sera devinée au premier fit
mlp = Sequential([Dense(100), Activation("sigmoid"), Dense(10), Activation("softmax")])
"""
_SUBCLASS = """\
class Perceptron(keras.Model):
    def __init__(self):
        super().__init__()
        self.cachee = keras.layers.Dense(100, activation="sigmoid")
        self.sortie = keras.layers.Dense(10, activation="softmax")

    def call(self, x):
        return self.sortie(self.cachee(x))


mlp = Perceptron()
"""
_CALLED = "mlp(X_train[:1])  # pour construire les couches\nmlp.summary()\n"
_VALID = answers.LENET_ADD.replace(', padding="same"', "")
_NO_FLATTEN = answers.LENET_ADD.replace("lenet.add(Flatten())\n", "")
_KERNELS_OF_3 = answers.LENET_LIST.replace("(5, 5)", "(3, 3)")
_AVERAGE_POOLING = answers.LENET_LIST.replace("MaxPooling2D()", "AveragePooling2D(2)")
_LENET_RELU = answers.LENET_LIST.replace('"sigmoid"', '"relu"')
_TWO_BLOCKS = answers.LENET_LIST.replace("(16, 32, 64)", "(16, 32)")

FORGOTTEN_SOFTMAX: Final = SampleStudent(
    login="etudiant-softmax-oublie",
    description="no softmax at the end of the perceptron; not trained",
    answers={**answers.NUMBERS, "q4_mlp": _NO_SOFTMAX},
    marks={**NOTHING, **NUMBERS, "test_q4_mlp": 1.5},
)
WRONG_UNITS: Final = SampleStudent(
    login="etudiant-128-neurones",
    description="128 hidden units in place of 100, the count given by Keras",
    answers={
        **answers.NUMBERS,
        "q4_mlp": _128_UNITS,
        "q5_parametres": answers.NUMBERS_FROM_KERAS["q5_parametres"],
    },
    marks={**NOTHING, **NUMBERS, "test_q4_mlp": 1.5, "test_q5_parametres": 0},
)
RELU: Final = SampleStudent(
    login="etudiant-relu",
    description="relu in place of sigmoid in both networks; not trained",
    answers={**answers.NUMBERS, "q4_mlp": _RELU, "q9_lenet": _LENET_RELU},
    marks={**NOTHING, **NUMBERS, "test_q4_mlp": 1.5, "test_q9_lenet": 2.2},
)
TWO_HIDDEN_LAYERS: Final = SampleStudent(
    login="etudiant-couche-en-trop",
    description="two hidden layers, and only two convolutional blocks; nothing trained",
    answers={"q4_mlp": _TWO_HIDDEN_LAYERS, "q9_lenet": _TWO_BLOCKS},
    marks={**NOTHING, "test_q4_mlp": 1.5, "test_q9_lenet": 2.4},
)
INPUT_UNSAID: Final = SampleStudent(
    login="etudiant-entree-non-precisee",
    description="the perceptron's input size is left to the first fit; right otherwise",
    answers={**_MLP_TRAINED, "q4_mlp": _WITHOUT_INPUT},
    marks={**NOTHING, **NUMBERS, **MLP},
)
SUBCLASS: Final = SampleStudent(
    login="etudiant-classe-derivee",
    description="the right perceptron as a subclass of keras.Model",
    answers={**_MLP_TRAINED, "q4_mlp": _SUBCLASS + _CALLED},
    marks={**NOTHING, **NUMBERS, **MLP},
)
UNSEEN_SUBCLASS: Final = SampleStudent(
    login="etudiant-classe-sans-donnees",
    description="a subclass of keras.Model that has seen no data: only a person can read it",
    answers={"q4_mlp": _SUBCLASS},
    marks={**NOTHING, "test_q4_mlp": None},
)
VALID_PADDING: Final = SampleStudent(
    login="etudiant-padding-valid",
    description="default padding: the third convolution cannot be built, training fails",
    answers={**answers.LENET, "q9_lenet": _VALID},
    marks={**NOTHING, "test_q9_lenet": 1},
)
NO_FLATTEN: Final = SampleStudent(
    login="etudiant-flatten-oublie",
    description="no Flatten: the output has 3 × 3 × 10 values and training fails",
    answers={**answers.LENET, "q9_lenet": _NO_FLATTEN},
    marks={**NOTHING, "test_q9_lenet": 2.8, "test_q10_lenet_entrainement": 1},
)
SMALL_KERNELS: Final = SampleStudent(
    login="etudiant-noyaux-3x3",
    description="kernels of 3 × 3 in place of 5 × 5; not trained",
    answers={"q9_lenet": _KERNELS_OF_3},
    marks={**NOTHING, "test_q9_lenet": 2.4},
)
AVERAGE_POOLING: Final = SampleStudent(
    login="etudiant-moyenne",
    description="average pooling in place of max pooling; not trained",
    answers={"q9_lenet": _AVERAGE_POOLING},
    marks={**NOTHING, "test_q9_lenet": 2.4},
)

ARCHITECTURE: Final = (
    FORGOTTEN_SOFTMAX,
    WRONG_UNITS,
    RELU,
    TWO_HIDDEN_LAYERS,
    INPUT_UNSAID,
    SUBCLASS,
    UNSEEN_SUBCLASS,
    VALID_PADDING,
    NO_FLATTEN,
    SMALL_KERNELS,
    AVERAGE_POOLING,
)
