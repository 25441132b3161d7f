"""The name of an initialiser, in Keras's words or in French ones."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from graders.checks import wording
from graders.language import marked
from graders.language import translate as _
from graders.opaque import student_type
from graders.rubric import CouldNotGrade, Failure

_LONGEST = 500
_AUTHOR = {"glorot", "xavier"}
_UNIFORM = {"uniform", "uniforme", "uniformement", "uniformes"}
# Naming several initialisers is not naming the right one.
_RIVALS = {
    "normal",
    "normale",
    "normales",
    "gaussian",
    "gaussien",
    "gaussienne",
    "he",
    "kaiming",
    "lecun",
    "orthogonal",
    "orthogonale",
    "truncated",
    "tronquee",
    "constant",
    "constante",
    "identity",
    "identite",
}
_NEGATIONS = {"pas", "non", "ni", "not", "sans", "contrairement", "plutot"}
_HINT = marked(
    "La documentation de la couche Dense donne la valeur par défaut de kernel_initializer."
)


def is_glorot_uniform() -> Callable[[object], None]:
    """Check that a value names Glorot's uniform initialisation, and no other."""

    def check(value: object) -> None:
        """L’initialisation des poids."""
        words = _words(_name(value))
        author, law = words & _AUTHOR, words & _UNIFORM
        rivals = words & _RIVALS
        if author and law and not rivals:
            return
        if author and law and words & _NEGATIONS:
            raise CouldNotGrade(
                _("Le correcteur ne sait pas trancher (reçu : {received}).").format(
                    received=wording.shown(value)
                ),
                _("Votre enseignant lira votre réponse."),
            )
        if author and law:
            raise Failure(_("La réponse nomme plusieurs initialisations."), _(_HINT))
        if author and not rivals:
            raise Failure(
                _("C’est une réponse incomplète : suivant quelle loi ?"), _(_HINT), fraction=0.5
            )
        raise Failure(
            _(
                "Ce n’est pas l’initialisation par défaut des poids de Dense (reçu : {received})."
            ).format(received=wording.shown(value)),
            _(_HINT),
        )

    return check


def _name(value: object) -> str:
    """What names an initialiser: a text, its configuration, the initialiser or its class."""
    if type(value) is str and len(value) <= _LONGEST:
        return value
    if type(value) is str:
        raise Failure(_("La réponse est trop longue : donnez le nom seul."), _(_HINT))
    if type(value) is dict:
        name = value.get("class_name")
        return name if type(name) is str else ""
    if issubclass(type(value), type):
        return str(type.__dict__["__name__"].__get__(value))
    return student_type(value)


def _words(text: str) -> set[str]:
    """Words of a text, without accents, case or punctuation; glorotuniform is two."""
    parted = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", text)
    bare = unicodedata.normalize("NFKD", parted).casefold()
    letters = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return set(re.findall(r"[a-z]+", re.sub("(glorot|xavier)", r" \1 ", letters)))
