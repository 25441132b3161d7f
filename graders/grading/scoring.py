"""From an executed test cell to a mark: a number with a reason, or no number at all."""

from __future__ import annotations

import html
import json
import math
import re
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.api import Gradebook
from nbgrader.preprocessors import SaveAutoGrades
from nbgrader.utils import compute_checksum, determine_grade, is_solution, is_task

from graders.grading.course import language_of
from graders.language import marked, speaking
from graders.language import translate as _
from graders.rubric import RESULT_MIME, Outcome, Result, ResultError
from graders.text import number

Resources = dict[str, Any]

# A number as Python, NumPy or TensorFlow displays one: 0.5, np.float64(0.5), tensor(0.5),
# <tf.Tensor: shape=(), dtype=float32, numpy=0.5>.
_NUMBER = r"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|nan|inf)"
_SPELLINGS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"({_NUMBER})",
        rf"(?:[a-z]+\.)?[a-z]+\d*\(({_NUMBER})[^()]*\)",
        rf"<tf\.[^<>]*\bnumpy=({_NUMBER})>",
        rf"array\(({_NUMBER})(?:, dtype=\w+)?\)",
    )
)


@dataclass(frozen=True, slots=True)
class Mark:
    """Points of one test cell; None, with a reason, when nobody could judge it."""

    points: float | None
    reason: str = ""


def mark_of(cell: NotebookNode) -> Mark:
    """The mark of an executed test cell.

    stderr is never looked at: libraries write warnings there, and no warning is a mistake.
    """
    maximum = float(cell.metadata.nbgrader["points"])
    for output in cell.outputs:
        if output.output_type == "execute_result" and RESULT_MIME in output.data:
            return _mark_of_result(output.data[RESULT_MIME], maximum)
    for output in cell.outputs:
        if output.output_type == "error":
            return _mark_of_error(output)
        if output.output_type == "execute_result":
            return _mark_of_number(output.data.get("text/plain", ""), maximum)
    if cell.execution_count is None:
        return Mark(None, _("la cellule de test n'a pas été exécutée"))
    return Mark(maximum)


def _mark_of_result(record: object, maximum: float) -> Mark:
    try:
        # Through JSON, for nbformat's own kind of dict is not one to a strict reader.
        result = Result.from_json(json.dumps(record))
    except ResultError as error:
        return Mark(None, _("le résultat est illisible ({error})").format(error=error))
    if result.outcome is Outcome.COULD_NOT_GRADE:
        return Mark(None, _("une vérification n'a pas pu se prononcer"))
    if not math.isclose(result.maximum, maximum):
        return Mark(
            None,
            _("le corrigé note sur {points}, la cellule sur {maximum}").format(
                points=number(result.maximum), maximum=number(maximum)
            ),
        )
    return Mark(result.points)


def _mark_of_error(output: NotebookNode) -> Mark:
    accidents = {
        "DeadKernelError": marked("le noyau Python s’est arrêté"),
        "CellTimeoutError": marked("la durée limite est dépassée"),
    }
    if output.ename in accidents:
        return Mark(None, _(accidents[output.ename]))
    return Mark(0.0)


def _mark_of_number(text: str | list[str], maximum: float) -> Mark:
    shown = "".join(text).strip()
    for spelling in _SPELLINGS:
        if found := spelling.fullmatch(shown):
            points = float(found.group(1))
            if 0 <= points <= maximum:
                return Mark(points)
            break
    return Mark(
        None,
        _("note non valide : reçu « {received} », attendu un nombre de 0 à {maximum}").format(
            received=shown[:80], maximum=number(maximum)
        ),
    )


class SaveMarks(SaveAutoGrades):
    """Writes the marks of a submission to the gradebook, all of them or none.

    A cell that could not be graded gets no automatic score and asks for a manual one, and its
    output says why.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        names = resources["nbgrader"]
        self.notebook_id, self.assignment_id = names["notebook"], names["assignment"]
        self.student_id, self.db_url = names["student"], names["db_url"]
        with speaking(language_of(self.config)), Gradebook(self.db_url) as self.gradebook:
            for index, cell in enumerate(nb.cells):
                self.preprocess_cell(cell, resources, index)
            # One commit: an interruption leaves the earlier marks whole.
            self.gradebook.db.commit()
        return nb, resources

    def _add_score(self, cell: NotebookNode, resources: Resources) -> None:
        grade = self.gradebook.find_grade(
            cell.metadata.nbgrader["grade_id"],
            self.notebook_id,
            self.assignment_id,
            self.student_id,
        )
        if cell.cell_type == "code" and not is_solution(cell):
            mark = mark_of(cell)
            if mark.points is None:
                self.log.warning("%s could not be graded: %s", grade.name, mark.reason)
                cell.outputs.append(_notice(mark.reason))
        else:
            mark = Mark(determine_grade(cell, self.log)[0])
        grade.auto_score = mark.points
        grade.needs_manual_grade = grade.manual_score is not None or mark.points is None

    def _add_comment(self, cell: NotebookNode, resources: Resources) -> None:
        comment = self.gradebook.find_comment(
            cell.metadata.nbgrader["grade_id"],
            self.notebook_id,
            self.assignment_id,
            self.student_id,
        )
        unchanged = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
        comment.auto_comment = _("Pas de réponse.") if unchanged and not is_task(cell) else None


def _notice(reason: str) -> NotebookNode:
    text = _("Cette question n'a pas pu être notée : {reason}. Une personne la notera.").format(
        reason=reason
    )
    return new_output(
        "display_data",
        data={"text/plain": text, "text/html": f"<p><strong>{html.escape(text)}</strong></p>"},
    )
