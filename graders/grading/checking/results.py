"""What a student reads when a test cell could not come to a result of its own."""

from __future__ import annotations

from collections.abc import Sequence

from graders.grading.checking.cell_running import Ending, Stop
from graders.rubric import Finding, Outcome, Result
from graders.text import printable

_TEACHER = "Votre enseignant la regardera."

_ACCIDENTS = {
    "time limit": "La vérification de cette réponse a pris trop de temps.",
    "memory limit": "La vérification de cette réponse a demandé trop de mémoire.",
    "died": "La vérification de cette réponse s’est arrêtée brutalement.",
}


def missing_result(question: str, points: float, names: Sequence[str]) -> Result:
    """The result of a cell whose answer is not there: the student's cells never defined it."""
    shown = ", ".join(f"`{name[:60]}`" for name in names[:10])
    if len(names) == 1:
        message = f"La variable {shown} n’existe pas."
    else:
        message = f"Ces variables n’existent pas : {shown}."
    hint = "Répondez à la question en donnant exactement ce nom, puis relancez tout le notebook."
    return _single(question, points, (Outcome.FAILED, "Variables demandées", message, hint))


def accident_result(question: str, points: float, accident: str) -> Result:
    """The result of a test cell that was stopped from outside."""
    title = "Vérification interrompue"
    message = _ACCIDENTS.get(accident, _ACCIDENTS["died"])
    return _single(question, points, (Outcome.COULD_NOT_GRADE, title, message, _TEACHER))


def unjudged_result(question: str, points: float, reason: str) -> Result:
    """The result of a cell that had nothing sound to judge; `reason` is a French clause."""
    message = f"Cette question n’a pas pu être notée : {reason}."
    found = (Outcome.COULD_NOT_GRADE, "Accident", message, _TEACHER)
    return _single(question, points, found)


def result_of(question: str, points: float, ending: Ending) -> Result | None:
    """The result of a test cell that ended; None when it ended well without one."""
    failed, unknown = Outcome.FAILED, Outcome.COULD_NOT_GRADE
    visible, hidden = "Vérification visible", "Vérification cachée"
    match ending.stop:
        case None:
            return ending.result
        case Stop.MISSING:
            return missing_result(question, points, ending.missing)
        case Stop.ASSERTION | Stop.EXCEPTION:
            found = (failed, visible, ending.message, ending.hint)
        case Stop.REFUSAL:
            found = (failed, "Vérification", ending.message, ending.hint)
        case Stop.HIDDEN_ASSERTION:
            found = (failed, hidden, "Une vérification cachée n’est pas satisfaite.", "")
        case Stop.NOTHING_TO_JUDGE:
            found = (unknown, "Vérification", ending.message, ending.hint or _TEACHER)
        case Stop.UNEXPECTED:
            message = f"Le correcteur n’a pas pu juger cette réponse ({ending.message})."
            found = (unknown, "Vérification", message, _TEACHER)
        case Stop.UNREADABLE_VALUES:
            message = "Le correcteur n’a pas pu lire les valeurs de votre notebook."
            found = (unknown, "Lecture des réponses", message, _TEACHER)
        case Stop.EXIT:
            message = "La cellule de test s’est arrêtée avant la fin."
            found = (unknown, "Vérification", message, _TEACHER)
    return _single(question, points, found)


def _single(question: str, points: float, found: tuple[Outcome, str, str, str]) -> Result:
    outcome, title, message, hint = found
    finding = Finding(title, outcome, 0, points, printable(message), printable(hint))
    return Result(question, (finding,))
