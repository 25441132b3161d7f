"""The instructor's notebook keeps its promises to nbgrader, to the answer key and to students."""

import ast
import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator

NOTEBOOK = Path(__file__).parents[2] / "source" / "tp_keras" / "deep_learning_keras.ipynb"

Cell = Any  # nbformat's cells have no types


@dataclass(frozen=True)
class CodeQuestion:
    """A question answered by code, marked by a test cell."""

    answer: str
    defines: str
    test: str
    points: int
    judges: tuple[str, ...]  # what the test cell gives to the answer key


CODE_QUESTIONS = [
    CodeQuestion(
        "q1_parametres",
        "nb_parametres_logistique",
        "test_q1_parametres",
        1,
        ("nb_parametres_logistique",),
    ),
    CodeQuestion("q4_mlp", "mlp", "test_q4_mlp", 2, ("mlp",)),
    CodeQuestion(
        "q5_parametres", "nb_parametres_mlp", "test_q5_parametres", 1, ("nb_parametres_mlp",)
    ),
    CodeQuestion("q6_mlp_entrainement", "historique_mlp", "test_q6_mlp_entrainement", 2, ("mlp",)),
    CodeQuestion(
        "q7_mlp_evaluation", "scores_mlp", "test_q7_mlp_evaluation", 1, ("scores_mlp", "mlp")
    ),
    CodeQuestion(
        "q8_initialisation",
        "initialisation_dense",
        "test_q8_initialisation",
        1,
        ("initialisation_dense",),
    ),
    CodeQuestion("q9_lenet", "lenet", "test_q9_lenet", 3, ("lenet",)),
    CodeQuestion(
        "q10_lenet_entrainement", "historique_lenet", "test_q10_lenet_entrainement", 2, ("lenet",)
    ),
    CodeQuestion(
        "q11_lenet_evaluation",
        "scores_lenet",
        "test_q11_lenet_evaluation",
        2,
        ("scores_lenet", "lenet"),
    ),
]
TEXT_QUESTIONS = {
    "q1_modele": 1,
    "q2_metrics": 1,
    "q3_comparaison": 1,
    "q5_calcul": 1,
    "q7_conclusion": 1,
}
UNGRADED_ANSWERS = {"q12_gpu": "secondes_par_epoque"}
GIVEN = [
    "importation",
    "affichage",
    "donnees",
    "logistique",
    "logistique_compilation",
    "logistique_entrainement",
    "logistique_evaluation",
    "mlp_sauvegarde",
    "images",
    "briques",
]

NOTEBOOK_CELLS: list[Cell] = nbformat.read(NOTEBOOK, as_version=4).cells
CODE_CELLS = [cell for cell in NOTEBOOK_CELLS if cell.cell_type == "code"]
BY_GRADE_ID = {
    cell.metadata.nbgrader.grade_id: cell for cell in NOTEBOOK_CELLS if "nbgrader" in cell.metadata
}

code_cells = pytest.mark.parametrize("cell", CODE_CELLS, ids=[cell.id for cell in CODE_CELLS])
code_questions = pytest.mark.parametrize(
    "question", CODE_QUESTIONS, ids=[question.test for question in CODE_QUESTIONS]
)


def kind(grade_id: str) -> tuple[str, bool, bool, bool, int | None]:
    """What nbgrader makes of a cell: its type, grade, solution, locked, points."""
    cell = BY_GRADE_ID[grade_id]
    nbgrader = cell.metadata.nbgrader
    points = nbgrader.get("points")
    return (cell.cell_type, nbgrader.grade, nbgrader.solution, nbgrader.locked, points)


def names_assigned(source: str) -> set[str]:
    return {
        node.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def names_read(source: str) -> set[str]:
    """Names a cell takes from elsewhere: neither built in, nor imported or assigned by itself."""
    tree = ast.parse(source)
    imported = {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    loaded = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    return loaded - imported - names_assigned(source) - set(dir(builtins))


def region(source: str, name: str) -> str:
    found = re.search(f"^### BEGIN {name}$(.*?)^### END {name}$", source, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1].strip()


def without(source: str, name: str) -> str:
    pattern = f"^### BEGIN {name}$.*?^### END {name}$\n?"
    return re.sub(pattern, "", source, flags=re.DOTALL | re.MULTILINE)


def release_code() -> Iterator[str]:
    """The code that students receive, without the stubs."""
    for cell in CODE_CELLS:
        yield without(without(cell.source, "SOLUTION"), "HIDDEN TESTS")


def release_text() -> Iterator[str]:
    """The text that students receive."""
    for cell in NOTEBOOK_CELLS:
        if cell.cell_type == "markdown" and cell.id not in TEXT_QUESTIONS:
            yield cell.source


def test_the_notebook_is_valid_for_jupyter() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"


def test_the_metadata_is_valid_for_nbgrader() -> None:
    MetadataValidator().validate_nb(nbformat.read(NOTEBOOK, as_version=4))


def test_the_file_is_written_as_jupyter_writes_it() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert NOTEBOOK.read_text("utf-8") == nbformat.writes(notebook) + "\n"


def test_every_cell_has_its_own_readable_id() -> None:
    ids = [cell.id for cell in NOTEBOOK_CELLS]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch("[a-z][a-z0-9_]+", one) for one in ids)


def test_a_graded_cell_has_the_same_id_for_jupyter_and_for_nbgrader() -> None:
    for grade_id, cell in BY_GRADE_ID.items():
        assert cell.id == grade_id
        assert cell.metadata.nbgrader.schema_version == 3


def test_no_output_is_stored() -> None:
    for cell in CODE_CELLS:
        assert cell.outputs == []
        assert cell.execution_count is None


@code_cells
def test_every_code_cell_parses(cell: Cell) -> None:
    ast.parse(cell.source)


def test_the_notebook_is_worth_20_points_of_which_15_automatic() -> None:
    points = [cell.metadata.nbgrader.get("points", 0) for cell in BY_GRADE_ID.values()]
    automatic = [question.points for question in CODE_QUESTIONS]
    assert sum(points) == 20
    assert sum(automatic) == 15


def test_there_are_no_other_graded_cells() -> None:
    expected = {question.answer for question in CODE_QUESTIONS}
    expected |= {question.test for question in CODE_QUESTIONS}
    expected |= {*TEXT_QUESTIONS, *UNGRADED_ANSWERS, *GIVEN}
    assert set(BY_GRADE_ID) == expected


@code_questions
def test_a_code_question_has_an_answer_cell_then_a_test_cell(question: CodeQuestion) -> None:
    order = list(BY_GRADE_ID)
    assert kind(question.answer) == ("code", False, True, False, None)
    assert kind(question.test) == ("code", True, False, True, question.points)
    assert order.index(question.test) == order.index(question.answer) + 1


@code_questions
def test_a_solution_defines_what_its_question_asks_for(question: CodeQuestion) -> None:
    solution = region(BY_GRADE_ID[question.answer].source, "SOLUTION")
    assert question.defines in names_assigned(solution)


@code_questions
def test_a_code_answer_is_solution_from_first_line_to_last(question: CodeQuestion) -> None:
    assert without(BY_GRADE_ID[question.answer].source, "SOLUTION").strip() == ""


@code_questions
def test_hidden_tests_are_one_readable_call_to_the_answer_key(question: CodeQuestion) -> None:
    source = BY_GRADE_ID[question.test].source
    arguments = ", ".join(f"{name}={name}" for name in question.judges)
    hidden = [line for line in region(source, "HIDDEN TESTS").splitlines() if line]
    assert hidden == [
        "from graders.answer_keys import tp_keras",
        f'tp_keras.grade("{question.test}", {arguments})',
    ]
    assert source.endswith("\n### END HIDDEN TESTS")


@code_questions
def test_a_test_cell_needs_nothing_but_the_values_it_judges(question: CodeQuestion) -> None:
    source = BY_GRADE_ID[question.test].source
    assert names_read(source) == set(question.judges)
    assert names_assigned(source) == set()


@code_questions
def test_the_visible_part_of_a_test_runs_without_the_graders(question: CodeQuestion) -> None:
    visible = without(BY_GRADE_ID[question.test].source, "HIDDEN TESTS")
    assert "graders" not in visible
    asserts = [node for node in ast.walk(ast.parse(visible)) if isinstance(node, ast.Assert)]
    assert len(asserts) == 1
    assert asserts[0].msg is not None


@pytest.mark.parametrize(("grade_id", "points"), TEXT_QUESTIONS.items())
def test_a_text_question_is_marked_by_hand(grade_id: str, points: int) -> None:
    assert kind(grade_id) == ("markdown", True, True, False, points)


@pytest.mark.parametrize(("grade_id", "defines"), UNGRADED_ANSWERS.items())
def test_the_question_to_go_further_earns_no_points(grade_id: str, defines: str) -> None:
    assert kind(grade_id) == ("code", False, True, False, None)
    assert defines in names_assigned(BY_GRADE_ID[grade_id].source)


@pytest.mark.parametrize("grade_id", GIVEN)
def test_given_code_that_later_cells_rely_on_is_read_only(grade_id: str) -> None:
    assert kind(grade_id) == ("code", False, False, True, None)


def test_nothing_given_defines_an_answer() -> None:
    answers = {question.defines for question in CODE_QUESTIONS}
    answers |= {name for question in CODE_QUESTIONS for name in question.judges}
    answers |= set(UNGRADED_ANSWERS.values())
    given = set().union(*(names_assigned(code) for code in release_code()))
    assert not given & answers


def test_students_are_not_told_the_answers() -> None:
    for text in [*release_code(), *release_text()]:
        digits = re.sub(r"(?<=\d)(\\,|[\s_])(?=\d)", "", text)
        assert not [number for number in ("7850", "79510", "123222") if number in digits]
        assert "glorot" not in text.lower()


def test_the_random_seed_is_left_to_the_grader() -> None:
    for cell in CODE_CELLS:
        assert "seed" not in cell.source


def test_the_text_uses_french_spaces() -> None:
    for cell in NOTEBOOK_CELLS:
        if cell.cell_type != "markdown":
            continue
        prose = re.sub(r"```.*?```|`[^`]*`|\$[^$]*\$|\]\([^)]*\)", "", cell.source, flags=re.DOTALL)
        assert not re.findall(r"\w [:;?!»]|« ", prose), cell.id
        assert "'" not in prose, cell.id
