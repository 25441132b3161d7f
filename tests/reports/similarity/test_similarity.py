from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graders.reports.similarity.pairs import Answers, Given, SimilarPair, similar_pairs
from tests.processor_time import using_at_most
from tests.reports.similarity.generated_class import class_alone, disguised

RELEASE = Path(__file__).parents[3] / "release" / "tp_keras" / "deep_learning_keras.ipynb"

TEXT = (
    "La couche cachée permet de tracer des frontières courbes entre les classes, donc le "
    "perceptron se trompe moins souvent que la régression, surtout sur les chiffres mal formés."
)


@pytest.fixture(scope="module")
def given_code() -> Given:
    cells = nbformat.read(RELEASE, as_version=4).cells
    code = tuple(cell.source for cell in cells if cell.cell_type == "code")
    return Given(code, tuple(cell.source for cell in cells if cell.cell_type == "markdown"))


def logins(pairs: tuple[SimilarPair, ...]) -> list[tuple[str, str]]:
    return [(pair.first, pair.second) for pair in pairs]


ALONE = [(seed, size) for size in (2, 5, 10, 20, 40) for seed in range(5)] + [(0, 100), (0, 300)]


@pytest.mark.parametrize(("seed", "size"), ALONE)
def test_right_answers_found_alone_are_not_shown(seed: int, size: int, given_code: Given) -> None:
    assert similar_pairs(class_alone(seed, size), given_code) == ()


COPIED = [(seed, size) for size in (10, 20, 40) for seed in range(5)] + [(0, 100)]


@pytest.mark.parametrize(("seed", "size"), COPIED)
def test_a_copy_under_other_names_spaces_and_comments_is_shown(
    seed: int, size: int, given_code: Given
) -> None:
    students = class_alone(seed, size)
    pairs = similar_pairs([*students, disguised(students[3], "zoe")], given_code)
    assert ("etudiant-003", "zoe") in logins(pairs)
    assert all("zoe" in names for names in logins(pairs))
    pair = next(pair for pair in pairs if pair.first == "etudiant-003")
    assert pair.code == 1
    assert pair.text < 0.1
    assert len(pair.cells) >= 3


def test_a_text_word_for_word_is_shown_whatever_the_code(given_code: Given) -> None:
    students = class_alone(1, 20)
    texts = [f"Je conclus. {TEXT}", TEXT.upper().replace("É", "e")]
    for number, text in enumerate(texts):
        students[number] = replace(students[number], texts={"q7_conclusion": text})
    (pair,) = similar_pairs(students, given_code)
    assert (pair.first, pair.second) == ("etudiant-000", "etudiant-001")
    assert pair.text > 0.9
    (cell, *_) = pair.cells
    assert (cell.cell, cell.excerpt) == ("q7_conclusion", TEXT.rstrip("."))
    assert cell.length == 28


def test_comments_word_for_word_are_shown(given_code: Given) -> None:
    students = class_alone(2, 20)
    for number in (4, 9):
        code = dict(students[number].code)
        code["q9_lenet"] += "\n" + "\n".join(f"# {part}" for part in TEXT.split(", "))
        students[number] = replace(students[number], code=code)
    assert logins(similar_pairs(students, given_code)) == [("etudiant-004", "etudiant-009")]


def test_what_the_whole_class_writes_says_nothing_of_a_pair(given_code: Given) -> None:
    students = [replace(one, texts={"q7_conclusion": TEXT}) for one in class_alone(3, 20)]
    assert similar_pairs(students, given_code) == ()
    model = class_alone(3, 20)[0]
    assert similar_pairs([replace(model, student=str(n)) for n in range(20)], given_code) == ()


def test_what_was_given_says_nothing(given_code: Given) -> None:
    students = class_alone(4, 20)
    for number in (4, 9):
        code = {f"code {n}": source for n, source in enumerate(given_code.code)}
        texts = {f"text {n}": source for n, source in enumerate(given_code.texts)}
        students[number] = Answers(students[number].student, code, texts)
    assert similar_pairs(students, given_code) == ()
    assert similar_pairs(students) != ()


def test_pairs_come_rarest_first_and_no_more_than_asked(given_code: Given) -> None:
    students = class_alone(5, 40)
    students += [disguised(students[n], f"zoe-{n}") for n in range(5)]
    pairs = similar_pairs(students, given_code)
    assert [pair.score for pair in pairs] == sorted((p.score for p in pairs), reverse=True)
    assert min(pair.score for pair in pairs) >= 1
    assert similar_pairs(students, given_code, most=2) == pairs[:2]


def test_an_excerpt_is_short_and_one_of_code_is_whole_lines() -> None:
    lines = "\n".join(f"modele.add(Conv2D({n}, {n * n}, padding='same'))" for n in range(30))
    cells = {f"q{n}": lines.replace("same", f"same{n}") for n in range(9)}
    alone = class_alone(6, 20)
    pair = similar_pairs([*alone, Answers("a", cells, {}), Answers("b", cells, {})])[0]
    assert (pair.first, pair.second) == ("a", "b")
    assert len(pair.cells) == 9
    for cell in pair.cells:
        assert cell.excerpt.startswith("modele.add(Conv2D(0, 0, padding='same")
        assert len(cell.excerpt) == 300
        assert cell.length == 30 * 15


CELLS = st.dictionaries(st.sampled_from(["q1", "q2", "q3"]), st.text(max_size=80))


@settings(max_examples=50)
@given(st.lists(st.tuples(CELLS, CELLS), max_size=6), st.randoms(use_true_random=False))
def test_any_answers_are_compared_and_their_order_does_not_matter(
    written: list[tuple[dict[str, str], dict[str, str]]], random: Random
) -> None:
    students = [
        Answers(str(n), {f"code {c}": s for c, s in code.items()}, texts)
        for n, (code, texts) in enumerate(written)
    ]
    pairs = similar_pairs(students)
    shuffled = students[:]
    random.shuffle(shuffled)
    assert similar_pairs(shuffled) == pairs
    for pair in pairs:
        assert pair.first < pair.second
        assert 0 <= pair.code <= 1
        assert 0 <= pair.text <= 1


def test_a_student_compared_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="a, a"):
        similar_pairs([Answers("a", {}, {}), Answers("a", {}, {})])


def test_a_class_of_nobody_or_one_has_no_pairs() -> None:
    assert similar_pairs([]) == similar_pairs([Answers("a", {"q": "x = 1"}, {})]) == ()


def test_three_hundred_students_are_compared_in_seconds(given_code: Given) -> None:
    students = class_alone(7, 300)
    long = "\n".join(f"x{n} = [{n}]" for n in range(5000))
    students[0] = replace(students[0], code=dict.fromkeys(students[0].code, long))
    with using_at_most(seconds=5):
        similar_pairs(students, given_code)
