"""What a student reads when a test cell could not come to a result of its own."""

from __future__ import annotations

from collections.abc import Sequence

from graders.grading.checking.cell_running import Ending, Stop
from graders.language import marked, translate_plural
from graders.language import translate as _
from graders.rubric import Finding, Outcome, Result
from graders.text import printable

_TEACHER = marked("Votre enseignant la regardera.")

_ACCIDENTS = {
    "time limit": marked("La vérification de cette réponse a pris trop de temps."),
    "memory limit": marked("La vérification de cette réponse a demandé trop de mémoire."),
    "died": marked("La vérification de cette réponse s’est arrêtée brutalement."),
}


def missing_result(question: str, points: float, names: Sequence[str]) -> Result:
    """The result of a cell whose answer is not there: the student's cells never defined it."""
    shown = ", ".join(f"`{name[:60]}`" for name in names[:10])
    message = translate_plural(
        "La variable {names} n’existe pas.", "Ces variables n’existent pas : {names}.", len(names)
    ).format(names=shown)
    hint = _("Répondez à la question en donnant exactement ce nom, puis relancez tout le notebook.")
    return _single(question, points, (Outcome.FAILED, _("Variables demandées"), message, hint))


def accident_result(question: str, points: float, accident: str) -> Result:
    """The result of a test cell that was stopped from outside."""
    title = _("Vérification interrompue")
    message = _(_ACCIDENTS.get(accident, _ACCIDENTS["died"]))
    return _single(question, points, (Outcome.COULD_NOT_GRADE, title, message, _(_TEACHER)))


def unjudged_result(question: str, points: float, reason: str) -> Result:
    """The result of a cell that had nothing sound to judge; `reason` is a clause."""
    message = _("Cette question n’a pas pu être notée : {reason}.").format(reason=reason)
    found = (Outcome.COULD_NOT_GRADE, _("Accident"), message, _(_TEACHER))
    return _single(question, points, found)


def result_of(question: str, points: float, ending: Ending) -> Result | None:
    """The result of a test cell that ended; None when it ended well without one."""
    failed, unknown = Outcome.FAILED, Outcome.COULD_NOT_GRADE
    visible, hidden = _("Vérification visible"), _("Vérification cachée")
    title, teacher = _("Vérification"), _(_TEACHER)
    match ending.stop:
        case None:
            return ending.result
        case Stop.MISSING:
            return missing_result(question, points, ending.missing)
        case Stop.ASSERTION | Stop.EXCEPTION:
            found = (failed, visible, ending.message, ending.hint)
        case Stop.REFUSAL:
            found = (failed, title, ending.message, ending.hint)
        case Stop.HIDDEN_ASSERTION:
            found = (failed, hidden, _("Une vérification cachée n’est pas satisfaite."), "")
        case Stop.NOTHING_TO_JUDGE:
            found = (unknown, title, ending.message, ending.hint or teacher)
        case Stop.UNEXPECTED:
            message = _("Le correcteur n’a pas pu juger cette réponse ({reason}).").format(
                reason=ending.message
            )
            found = (unknown, title, message, teacher)
        case Stop.UNREADABLE_VALUES:
            message = _("Le correcteur n’a pas pu lire les valeurs de votre notebook.")
            found = (unknown, _("Lecture des réponses"), message, teacher)
        case Stop.EXIT:
            message = _("La cellule de test s’est arrêtée avant la fin.")
            found = (unknown, title, message, teacher)
    return _single(question, points, found)


def _single(question: str, points: float, found: tuple[Outcome, str, str, str]) -> Result:
    outcome, title, message, hint = found
    finding = Finding(title, outcome, 0, points, printable(message), printable(hint))
    return Result(question, (finding,))
