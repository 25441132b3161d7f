"""A class made up for the tests of the report: every outcome, and names that break pages."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from graders.exhibits import Confusion
from graders.lateness import Lateness
from graders.marks import CellMark, StudentMarks
from graders.records import Effort, GradingOutcome, Note, StudentRecord
from graders.reports.class_report.contents import ClassContents, Threshold
from graders.reports.similarity.pairs import SimilarCell, SimilarPair
from graders.rubric import Finding, Outcome, Result

AWKWARD_NAMES = (
    "Élève d’Apostrophe, la virgule",
    "Guillemets \"doubles\" et 'simples'",
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    '=HYPERLINK("http://outside.invalid";"Note")',
    "&amp; {{ 7 * 7 }} {% raw %}",
    "N" * 200,
    "Trémas_ï_et_blancs_soulignés_Œ",
    "@SUM(A1:A9)",
    "١٢٣ 学生 \u202eתלמיד",
)
_START = datetime(2026, 1, 15, 17, 0, tzinfo=UTC)

# Test cell: its checks with points and what is said of those who fail; then how many do.
_TESTS: dict[str, tuple[tuple[tuple[str, float, str], ...], float]] = {
    "test_q1_parametres": (
        (("Le nombre de paramètres", 1, "Le nombre ne convient pas (reçu : {n})."),),
        0.15,
    ),
    "test_q4_mlp": (
        (
            ("Entrée et couche cachée", 1, "Une couche n’a pas la taille demandée (reçu : {n})."),
            ("Couche de sortie", 1, "L’activation de la couche de sortie ne convient pas."),
        ),
        0.2,
    ),
    "test_q5_parametres": (
        (("Le nombre de paramètres", 1, "Le nombre ne convient pas (reçu : {n})."),),
        0.3,
    ),
    "test_q6_mlp_entrainement": (
        (
            ("La fonction de coût", 0.25, "Le coût ne convient pas à des classes."),
            ("L’optimiseur et ses réglages", 0.5, "Le pas d’apprentissage ne convient pas."),
            ("La métrique", 0.25, "L’exactitude n’est pas mesurée."),
            ("L’entraînement", 0.5, "L’entraînement est plus court que demandé ({n} époques)."),
            ("L’exactitude", 0.5, "Le modèle classe bien {n},{n} % des images de test."),
        ),
        0.2,
    ),
    "test_q7_mlp_evaluation": (
        (("L’exactitude annoncée", 1, "L’exactitude annoncée n’est pas celle mesurée."),),
        0.1,
    ),
    "test_q8_initialisation": (
        (("L’initialisation des poids", 1, "Ce n’est pas l’initialiseur par défaut."),),
        0.25,
    ),
    "test_q9_lenet": (
        tuple(
            (title, 0.6, "Une couche manque ou diffère de l’énoncé.")
            for title in ("1er bloc", "2e bloc", "3e bloc", "Couche cachée", "Couche de sortie")
        ),
        0.25,
    ),
    "test_q10_lenet_entrainement": (
        (
            ("La fonction de coût", 0.25, "Le coût ne convient pas à des classes."),
            ("L’optimiseur et ses réglages", 0.75, "L’optimiseur ne convient pas."),
            ("L’entraînement", 1, "L’entraînement est plus court que demandé ({n} époques)."),
        ),
        0.3,
    ),
    "test_q11_lenet_evaluation": (
        (
            ("L’exactitude annoncée", 1, "L’exactitude annoncée n’est pas celle mesurée."),
            ("L’exactitude", 1, "Le modèle classe bien {n},{n} % des images de test."),
        ),
        0.3,
    ),
}
_TEXTS = ("q1_modele", "q2_metrics", "q3_comparaison", "q5_calcul", "q7_conclusion")
_ORDER = (
    *("q1_modele", "test_q1_parametres", "q2_metrics", "q3_comparaison", "test_q4_mlp"),
    *("test_q5_parametres", "q5_calcul", "test_q6_mlp_entrainement", "test_q7_mlp_evaluation"),
    *("q7_conclusion", "test_q8_initialisation", "test_q9_lenet", "test_q10_lenet_entrainement"),
    "test_q11_lenet_evaluation",
)


def sample_class(size: int, seed: int = 1, feedback: Path | None = None) -> ClassContents:
    """A class of `size` students, the awkward names first; the same each time."""
    chance = random.Random(seed)
    records = tuple(_record(number, size, chance, feedback) for number in range(size))
    return ClassContents(
        assignment="tp_keras",
        course="deep-learning",
        made=datetime(2026, 1, 20, 9, 30, tzinfo=UTC),
        records=records,
        pairs=tuple(_pairs(records)),
        thresholds={"mlp": Threshold(0.94, 0.85), "lenet": Threshold(0.98, 0.90)},
    )


def _record(number: int, size: int, chance: random.Random, pages: Path | None) -> StudentRecord:
    student = f"etu{number:05}"
    name = AWKWARD_NAMES[number] if number < len(AWKWARD_NAMES) else f"Étudiant {number}"
    outcome = _outcome(number, size)
    if outcome in {GradingOutcome.ABSENT, GradingOutcome.NOT_GRADABLE}:
        why = "le notebook est un lien, pas un fichier"
        return StudentRecord(
            student=student,
            name=name,
            outcome=outcome,
            marks=StudentMarks(student, ()),
            why=why if outcome is GradingOutcome.NOT_GRADABLE else "",
            lateness=Lateness(student, excused=number % 2 == 0),
        )
    level = chance.betavariate(2.2, 1.3)
    broken = "test_q9_lenet" if outcome is GradingOutcome.INCOMPLETE else ""
    results = {cell: _result(cell, level, chance, unsound=cell == broken) for cell in _TESTS}
    read = chance.random() < 0.9
    late = timedelta(hours=chance.expovariate(1 / 20)) if chance.random() < 0.1 else timedelta()
    accidents = (Note("q9_lenet", "la mémoire allouée est épuisée"),) if broken else ()
    return StudentRecord(
        student=student,
        name=name,
        outcome=outcome,
        marks=StudentMarks(student, tuple(_marks(results, level, chance, read=read))),
        results=results,
        reasons={broken: "La réponse a été perdue dans un accident."} if broken else {},
        mends=tuple(_mends(chance)),
        accidents=accidents,
        unverified={"test_q10_lenet_entrainement": ("lenet",)} if chance.random() < 0.04 else {},
        lateness=Lateness(student, _START + late, _START, penalty=1.0 if late else 0.0),
        effort=Effort(
            wall_seconds=round(chance.lognormvariate(4.5, 0.4), 1),
            cpu_seconds=round(chance.lognormvariate(3, 0.3), 1),
            trainings=3,
            trainings_found=chance.choice((1, 2, 2, 3)),
            training_seconds=round(chance.lognormvariate(3.5, 0.5), 1),
        ),
        feedback=pages / student / "tp_keras" / "deep_learning_keras.html" if pages else None,
    )


def _outcome(number: int, size: int) -> GradingOutcome:
    if number % 50 == 13:
        return GradingOutcome.NOT_GRADABLE
    if number % 25 == 11:
        return GradingOutcome.INCOMPLETE
    return (
        GradingOutcome.ABSENT
        if number % 30 == 17 or number == size - 1
        else (GradingOutcome.GRADED)
    )


def _result(cell: str, level: float, chance: random.Random, *, unsound: bool) -> Result:
    checks, difficulty = _TESTS[cell]
    if unsound:
        maximum = sum(points for _, points, _ in checks)
        reason = "La réponse a été perdue dans un accident."
        found = Finding("Accident", Outcome.COULD_NOT_GRADE, 0, round(maximum, 2), reason)
        return Result(cell, (found,))
    findings = []
    for title, points, message in checks:
        if chance.random() < level**difficulty:
            findings.append(Finding(title, Outcome.PASSED, points, points))
            continue
        said = message.replace("{n}", str(chance.randrange(2, 90)))
        earned = round(points * chance.choice((0, 0, 0.5)), 2)
        outcome = Outcome.PARTIAL if earned else Outcome.FAILED
        findings.append(Finding(title, outcome, earned, points, said, "Relisez l’énoncé."))
    exhibits: tuple[Confusion, ...] = ()
    if cell.endswith("evaluation"):
        variable, best, spread = ("mlp", 0.0505, 0.15) if "mlp" in cell else ("lenet", 0.0145, 0.25)
        slack = 0.0 if level > 0.45 else chance.random()
        error = best * chance.lognormvariate(0, spread) + slack * 0.6
        exhibits = (_confusion(variable, min(error, 0.9)),)
    return Result(cell, tuple(findings), exhibits)


def _confusion(variable: str, error: float) -> Confusion:
    """A thousand images a digit, of which a share is taken for the digit after."""
    wrong = round(10_000 * error)
    rows = [[0] * 10 for _ in range(10)]
    for digit, row in enumerate(rows):
        missed = (wrong + digit) // 10
        row[digit], row[(digit + 1) % 10] = 1000 - missed, missed
    return Confusion(variable, tuple(map(tuple, rows)))


def _marks(
    results: dict[str, Result], level: float, chance: random.Random, *, read: bool
) -> Iterator[CellMark]:
    for cell in _ORDER:
        if cell in _TEXTS:
            points = round(2 * min(1, max(0, chance.gauss(level, 0.2)))) / 2
            yield CellMark(cell, points if read else None, 1, manual=True)
        else:
            result = results[cell]
            unknown = result.outcome is Outcome.COULD_NOT_GRADE
            yield CellMark(cell, None if unknown else result.points, result.maximum, manual=False)


def _mends(chance: random.Random) -> Iterator[Note]:
    if chance.random() < 0.08:
        yield Note("test_q4_mlp", "La cellule « test_q4_mlp », effacée, a été remise.")
    if chance.random() < 0.05:
        yield Note("", "Le notebook, renommé, a été retrouvé sous « Untitled(2).ipynb ».")


def _pairs(records: tuple[StudentRecord, ...]) -> Iterator[SimilarPair]:
    marked = [record.student for record in records if record.has_marks]
    for first, second in zip(marked[2:6], marked[8:12], strict=False):
        code = "couche_magique = 100  # <b>ma couche</b>\nmlp.add(Dense(couche_magique))"
        cells = (SimilarCell("q4_mlp", 0.83, code, 41), SimilarCell("q2_metrics", 0.6, "La", 30))
        yield SimilarPair(first, second, 1.4, 0.83, 0.6, cells)
