from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.reports.similarity.code_reading import imported_names, tokens
from graders.reports.similarity.normalised_code import MESSAGE, OWN_NAME, normalised
from tests.answer_keys.accepted import ACCEPTED
from tests.answer_keys.variants import Accepted
from tests.reports.similarity.generated_class import NAMES, renamed, respaced


def code_words(source: str) -> list[str]:
    read = tokens(source)
    return [word.text for word in normalised(read, imported_names(read))]


SAME = [
    ("a = 3", "beta=3  # trois"),
    ("f('un mot', 'deux mots')", 'f("un  mot","autre chose")'),
    ("f(\n    a,\n    b,\n)", "f(a, b)"),
    ("x = 1; y = 2", "x = 1\ny = 2"),
    ("x = a + \\\n    b", "x = a + b"),
    ("x = 1\r\ny = 2", "x = 1\ny = 2"),
    ("import numpy as np\nnp.zeros(3)", "from numpy import zeros as vide\nvide(3)"),
    (
        "from tensorflow.keras import layers as L\nL.Dense(10)",
        "import keras\nkeras.layers.Dense(10)",
    ),
    ("def f(n, m=2):\n    return n", "def carre(x, y=2):\n    return x"),
    ("def f(n):\n    pass\nf(n=3)", "def g(m):\n    pass\ng(m=3)"),
    ("self.cachee = Dense(1)\nself.cachee(x)", "self.fc = Dense(1)\nself.fc(x)"),
    ("Dense(10, name='a')", "Dense(10, name='sortie')"),
    ("f('''a\nb''')", "f('c d')"),
]

DIFFERENT = [
    ("Dense(10)", "Dense(100)"),
    ("import keras\nkeras.layers.Dense(1)", "import keras\nkeras.layers.Conv2D(1)"),
    ("m.fit(x, epochs=2)", "m.fit(x, batch_size=2)"),
    ("f('relu')", "f('same')"),
    ("a + b", "a - b"),
    ("for x in y:\n    pass", "while x:\n    pass"),
    ("m.add(x)", "m.pop(x)"),
]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_what_does_not_count_leaves_nothing(first: str, second: str) -> None:
    assert code_words(first) == code_words(second)


@pytest.mark.parametrize(("first", "second"), DIFFERENT)
def test_what_is_called_and_with_what_counts(first: str, second: str) -> None:
    assert code_words(first) != code_words(second)


def test_a_name_is_a_placeholder_and_a_setting_stays() -> None:
    words = code_words("couche = Dense(10, activation='relu', doc='une couche')")
    assert words == [
        *(OWN_NAME, "=", OWN_NAME, "(", "10", ","),
        *("activation", "=", "relu", ",", "doc", "=", MESSAGE, ")"),
    ]


BROKEN = [
    "m.add(Dense(10)",
    "!pip install keras",
    "'''sans fin",
    "def (:",
    "    x\n  y\n z",
    "%%time",
]


@pytest.mark.parametrize("source", BROKEN)
def test_code_that_does_not_parse_is_read_too(source: str) -> None:
    assert code_words(source)
    assert code_words(f"{source}\nmodele = Dense(3)") == code_words(
        respaced(renamed(f"{source}\nmodele = Dense(3)"))
    )


@given(st.sampled_from(ACCEPTED), st.permutations([f"nom_{n}" for n in range(len(NAMES))]))
def test_right_answers_are_the_same_under_other_names_and_spaces(
    answer: Accepted, names: list[str]
) -> None:
    code = answer.code
    other = respaced(renamed(code, dict(zip(NAMES, names, strict=True))))
    assert code_words(code) == code_words(other)


@given(st.text(max_size=200))
def test_any_text_is_read_and_every_word_is_found_where_it_stands(source: str) -> None:
    read = tokens(source)
    for word in normalised(read, imported_names(read)):
        assert 0 <= word.start < word.end <= len(source)
