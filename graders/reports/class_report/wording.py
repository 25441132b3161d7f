"""Words and numbers of the report, in the current language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from graders.language import decimal, marked
from graders.language import translate as _
from graders.records import GradingOutcome
from graders.reports.class_report.attention import Kind

OUTCOMES: Final[Mapping[GradingOutcome, str]] = {
    GradingOutcome.GRADED: marked("notée"),
    GradingOutcome.INCOMPLETE: marked("incomplète"),
    GradingOutcome.NOT_GRADABLE: marked("non notable"),
    GradingOutcome.ABSENT: marked("absente"),
}

# For those who came to it, whatever their number.
CATEGORIES: Final[Mapping[GradingOutcome, str]] = {
    GradingOutcome.GRADED: marked("notées"),
    GradingOutcome.INCOMPLETE: marked("incomplètes"),
    GradingOutcome.NOT_GRADABLE: marked("non notables"),
    GradingOutcome.ABSENT: marked("absentes"),
}

TITLES: Final[Mapping[Kind, str]] = {
    Kind.NOT_GRADABLE: marked("Copies qui n’ont pas pu être notées"),
    Kind.COULD_NOT_GRADE: marked("Questions que les tests n’ont pas pu juger"),
    Kind.ACCIDENT: marked("Accidents pendant l’exécution"),
    Kind.NOT_ISOLATED: marked("Copies exécutées sans isolation"),
    Kind.UNVERIFIED: marked("Entraînements non vérifiés"),
    Kind.MENDED: marked("Copies réparées avant d’être notées"),
    Kind.UNREAD: marked("Réponses à lire"),
}

EXPLANATIONS: Final[Mapping[Kind, str]] = {
    Kind.NOT_GRADABLE: marked("Aucune note n’est inscrite : ce n’est pas un zéro."),
    Kind.COULD_NOT_GRADE: marked(
        "Une note manuelle est attendue dans formgrader ; en attendant, rien n’est compté."
    ),
    Kind.ACCIDENT: marked("Les points gagnés avant l’accident sont gardés."),
    Kind.NOT_ISOLATED: marked(
        "Leurs notes supposent que rien dans la copie n’a cherché à les changer."
    ),
    Kind.UNVERIFIED: marked(
        "Ces modèles n’ont pas pu être entraînés par le correcteur : le nombre d’époques est "
        "celui que le notebook annonce, l’exactitude est bien mesurée."
    ),
    Kind.MENDED: marked("Rien de ce que l’étudiant a écrit n’est perdu."),
    Kind.UNREAD: marked("Les notes restent provisoires jusque-là."),
}

# In the table of students, as short as can be.
FLAGS: Final[Mapping[Kind, str]] = {
    Kind.NOT_GRADABLE: marked("non notable"),
    Kind.COULD_NOT_GRADE: marked("à juger"),
    Kind.ACCIDENT: marked("accident"),
    Kind.NOT_ISOLATED: marked("sans isolation"),
    Kind.UNVERIFIED: marked("non vérifié"),
    Kind.MENDED: marked("réparée"),
}


def cell_name(cell: str) -> str:
    """A cell's name as people read it: `test_q4_mlp` is q4 mlp."""
    return cell.removeprefix("test_").replace("_", " ")


def percent(share: float, decimals: int) -> str:
    """A share as a percentage, without superfluous zeros: 0.949 is 94,9 %."""
    text = f"{100 * share:.{decimals}f}"
    shown = decimal(text.rstrip("0").rstrip(".") if "." in text else text)
    return _("{number}\u202f%").format(number=shown)


def duration(seconds: float) -> str:
    """Seconds as people say them: 45 s, 3 min 20, 2 h 05."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole}\u00a0s"
    if whole < 3600:
        return f"{whole // 60}\u00a0min\u00a0{whole % 60:02}"
    return f"{whole // 3600}\u00a0h\u00a0{whole % 3600 // 60:02}"
