"""In an English course, nothing that a student reads is French."""

from __future__ import annotations

import re
import threading

import keras
import pytest

from graders.answer_keys import tp_keras
from graders.language import LANGUAGES, language, speaking, translate_plural
from graders.language import translate as _
from graders.rubric import Outcome, Result
from tests.answer_keys.refused import REFUSED
from tests.answer_keys.test_tp_keras import VALUES, perceptron
from tests.answer_keys.variants import Refused, findings
from tests.checks.hostile import HOSTILE
from tests.language.french import french_in

# What students wrote themselves is quoted as it is.
WRONG_ANSWERS: dict[str, tuple[object, ...]] = {
    "test_q1_parametres": (7840, 12, "many", None),
    "test_q5_parametres": (79_400, 79_511.5),
    "test_q8_initialisation": ("glorot", "he_normal", "glorot_uniform or he", "x" * 1000),
    "test_q7_mlp_evaluation": ({"loss": 1.0}, [0.1], [0.1, 0.5]),
}


# One for each way of being told; the check of the model in the assignment is its tests' own.
TOLD_APART = {refused.words: refused for refused in REFUSED if refused.target != "logistique"}


def said(result: Result) -> str:
    """All that a result shows, without its tags."""
    return re.sub("<[^>]*>", " ", result._repr_mimebundle_()["text/html"])


@pytest.mark.parametrize(
    "refused",
    TOLD_APART.values(),
    ids=lambda refused: f"{refused.target}: {refused.description}",
)
def test_a_wrong_model_is_refused_in_english(refused: Refused) -> None:
    with speaking("en"):
        # Past the cache, which knows of no language.
        found = findings.__wrapped__(refused.target, refused.source)
        shown = said(Result("q", found))
    assert french_in(shown) == (), shown
    assert any(finding.message for finding in found if finding.outcome is not Outcome.PASSED)


@pytest.mark.parametrize("test_cell", VALUES)
def test_whatever_a_value_is_it_is_refused_in_english(test_cell: str) -> None:
    with speaking("en"):
        for name, value in HOSTILE.items():
            values = dict.fromkeys(VALUES[test_cell], value)
            assert french_in(said(tp_keras.grade(test_cell, **values))) == (), name


@pytest.mark.parametrize("test_cell", WRONG_ANSWERS)
def test_a_wrong_answer_is_refused_in_english(test_cell: str) -> None:
    answer, *others = VALUES[test_cell]
    model = perceptron()
    with speaking("en"):
        for value in WRONG_ANSWERS[test_cell]:
            shown = said(
                tp_keras.grade(test_cell, **{answer: value}, **dict.fromkeys(others, model))
            )
            assert french_in(shown) == (), shown


def test_layers_of_every_kind_are_described_in_english() -> None:
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Rescaling(1 / 255, 0.5),
            layers.ZeroPadding2D(2),
            layers.Conv2D(4, 3, strides=2, use_bias=False, groups=1, activation="relu"),
            layers.Conv2D(4, 3, dilation_rate=2, padding="same"),
            layers.MaxPooling2D(2, strides=1),
            layers.AveragePooling2D(2),
            layers.BatchNormalization(),
            layers.Dropout(0.25),
            layers.GlobalMaxPooling2D(),
            layers.Reshape((2, 2)),
            layers.Flatten(),
            layers.UnitNormalization(),
            layers.Dense(1, use_bias=False),
        ]
    )
    with speaking("en"):
        exhibits = str(tp_keras.grade("test_q9_lenet", lenet=model).exhibits)
    assert "Dense, 1 neuron" in exhibits
    assert french_in(exhibits) == (), exhibits


def test_a_result_says_which_language_it_is_in() -> None:
    result = tp_keras.grade("test_q1_parametres", nb_parametres_logistique=12)
    with speaking("en"):
        assert 'lang="en"' in result._repr_mimebundle_()["text/html"]
    assert 'lang="fr"' in result._repr_mimebundle_()["text/html"]


def test_numbers_are_written_as_the_language_does() -> None:
    with speaking("en"):
        assert "1.5 / 2 points" in said(tp_keras.grade("test_q4_mlp", mlp=perceptron(50)))
    assert "1,5 / 2 points" in said(tp_keras.grade("test_q4_mlp", mlp=perceptron(50)))


@pytest.mark.parametrize(
    ("speaks", "count", "plural"),
    [("fr", 0, False), ("fr", 1.5, False), ("fr", 2, True), ("en", 0, True), ("en", 1, False)],
)
def test_each_language_has_its_plurals(speaks: str, count: float, plural: bool) -> None:
    with speaking(speaks):
        assert translate_plural("{share} point", "{share} points", count).endswith("s") is plural


def test_a_course_that_says_nothing_speaks_french() -> None:
    assert language() == "fr"
    assert _("réussi") == "réussi"


def test_a_language_is_spoken_by_one_thread_and_no_longer_than_asked() -> None:
    elsewhere: list[str] = []
    with speaking("en"):
        thread = threading.Thread(target=lambda: elsewhere.append(language()))
        thread.start()
        thread.join()
        assert _("réussi") == "passed"
    assert elsewhere == ["fr"]
    assert language() == "fr"


def test_a_language_without_catalogue_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="Received: 'de'"), speaking("de"):
        pass


@pytest.mark.parametrize("speaks", LANGUAGES)
def test_nothing_translates_to_nothing(speaks: str) -> None:
    with speaking(speaks):
        assert _("") == ""
