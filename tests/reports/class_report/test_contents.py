"""The figures of the report are counted from records, and from nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from graders.exhibits import Confusion
from graders.lateness import Lateness
from graders.marks import CellMark, StudentMarks
from graders.records import Effort, GradingOutcome, Note, StudentRecord
from graders.reports.class_report.accuracies import measured_accuracies
from graders.reports.class_report.attention import Entry, Kind, attention
from graders.reports.class_report.contents import ClassContents, Threshold
from graders.reports.class_report.distribution import distribution_of, quartiles
from graders.reports.class_report.effort import class_effort
from graders.reports.class_report.mistakes import common_mistakes
from graders.reports.class_report.success import success_by_cell
from graders.rubric import Finding, Outcome, Result

PASSED, FAILED, PARTIAL = Outcome.PASSED, Outcome.FAILED, Outcome.PARTIAL
GRADED, INCOMPLETE = GradingOutcome.GRADED, GradingOutcome.INCOMPLETE
NOT_GRADABLE, ABSENT = GradingOutcome.NOT_GRADABLE, GradingOutcome.ABSENT


def student(
    login: str,
    test: float | None = None,
    text: float | None = None,
    outcome: GradingOutcome = GRADED,
    results: tuple[Result, ...] = (),
    effort: Effort | None = None,
) -> StudentRecord:
    """A record with a test cell of 2 points and a text of 1; without cells when it has no marks."""
    cells = (
        CellMark("test_q1", test, 2, manual=False),
        CellMark("q2_text", text, 1, manual=True),
    )
    marks = cells if outcome in {GRADED, INCOMPLETE} else ()
    return StudentRecord(
        student=login,
        name="",
        outcome=outcome,
        marks=StudentMarks(login, marks),
        results={result.question: result for result in results},
        effort=effort or Effort(),
    )


def failing(message: str, title: str = "Taille", points: float = 0) -> Result:
    outcome = PARTIAL if points else FAILED
    return Result("test_q1", (Finding(title, outcome, points, 2, message),))


def contents(*records: StudentRecord) -> ClassContents:
    return ClassContents("tp", "course", datetime(2026, 1, 1, tzinfo=UTC), records)


def test_marks_are_whole_once_every_answer_is_read() -> None:
    found = distribution_of(contents(student("a", 2, 1), student("b", 0, 0.5)))
    assert (found.values, found.maximum, found.of_tests) == ((0.5, 3), 3, False)


def test_one_answer_that_nobody_has_read_leaves_only_tests_to_compare() -> None:
    found = distribution_of(contents(student("a", 2, 1), student("b", 0, None)))
    assert (found.values, found.maximum, found.of_tests) == ((0, 2), 2, True)


def test_the_absent_and_the_not_gradable_are_no_zeros() -> None:
    others = student("b", outcome=ABSENT), student("c", outcome=NOT_GRADABLE)
    assert distribution_of(contents(student("a", 2, 1), *others)).values == (3,)


def test_incomplete_submissions_are_told_apart() -> None:
    found = distribution_of(contents(student("a", 2, 1), student("b", None, 1, INCOMPLETE)))
    assert (found.graded, found.incomplete) == ((3,), (1,))


def test_every_mark_falls_in_one_interval_and_the_maximum_in_the_last() -> None:
    marks = [0.0, 0.15, 0.3, 1.5, 2.0, 3.0]
    found = distribution_of(contents(*(student(str(m), min(m, 2), max(m - 2, 0)) for m in marks)))
    bins = found.bins()
    assert sum(graded for _, _, graded, _ in bins) == len(marks)
    assert [graded for _, _, graded, _ in bins[:3]] == [1, 1, 1]
    assert bins[-1][2] == 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [((), (0, 0, 0)), ((4,), (4, 4, 4)), ((1, 2, 3, 4, 5), (2, 3, 4))],
)
def test_quartiles(values: tuple[float, ...], expected: tuple[float, float, float]) -> None:
    assert quartiles(values) == expected


def test_lateness_costs_no_more_than_was_earned() -> None:
    late = StudentRecord(
        student="a",
        name="",
        outcome=GRADED,
        marks=student("a", 1, 0).marks,
        lateness=Lateness("a", penalty=5),
    )
    assert distribution_of(contents(late)).values == (0,)


def test_success_counts_each_outcome_of_each_cell() -> None:
    records = [student("a", 2, 1), student("b", 0.5, 0), student("c", 0, None)]
    first, second = success_by_cell(contents(*records, student("d", None, None, INCOMPLETE)))
    assert (first.cell, first.counts, first.mean) == ("test_q1", (1, 1, 1, 1), 2.5 / 6)
    assert (second.counts, second.unread, second.could_not_grade) == ((1, 0, 1, 2), 2, 0)


def test_success_of_a_cell_that_nobody_judged_has_no_mean() -> None:
    assert success_by_cell(contents(student("a", None, 1, INCOMPLETE)))[0].mean is None


def test_mistakes_that_differ_by_numbers_are_one() -> None:
    records = [
        student("a", 0, 1, results=(failing("Reçu : 79 510."),)),
        student("b", 1, 1, results=(failing("Reçu : 7,5.", points=1),)),
        student("c", 0, 1, results=(failing("Reçu : rien."),)),
    ]
    first, second = common_mistakes(records)
    assert (first.message, first.students, first.points) == ("Reçu : ….", ("a", "b"), 3)
    assert (second.message, second.students) == ("Reçu : rien.", ("c",))


def test_a_mistake_that_all_made_alike_keeps_its_numbers() -> None:
    records = [student(login, 0, 1, results=(failing("Reçu : 12."),)) for login in "ab"]
    assert [found.message for found in common_mistakes(records)] == ["Reçu : 12."]


def test_the_same_message_under_another_title_is_another_mistake() -> None:
    records = [
        student("a", 0, 1, results=(failing("Non.", "Taille"),)),
        student("b", 0, 1, results=(failing("Non.", "Forme"),)),
    ]
    assert len(common_mistakes(records)) == 2


def test_what_was_right_or_could_not_be_judged_is_no_mistake() -> None:
    findings = (
        Finding("Juste", PASSED, 1, 1),
        Finding("Accident", Outcome.COULD_NOT_GRADE, 0, 1, "Le noyau est mort."),
    )
    assert common_mistakes([student("a", 1, 1, results=(Result("test_q1", findings),))]) == ()


def measured(login: str, variable: str, right: int) -> StudentRecord:
    shown = Confusion(variable, ((right, 100 - right), (0, 0)))
    result = Result("test_q1", (Finding("Juste", PASSED, 2, 2),), (shown,))
    return student(login, 2, 1, results=(result,))


def test_accuracies_are_counted_against_the_thresholds_both_bounds_included() -> None:
    records = [measured(str(right), "mlp", right) for right in (94, 93, 86, 85, 10)]
    thresholds = {"mlp": Threshold(full=0.94, floor=0.85)}
    (found,) = measured_accuracies(
        ClassContents("tp", "c", datetime(2026, 1, 1, tzinfo=UTC), tuple(records), (), thresholds)
    )
    assert (found.variable, found.counts) == ("mlp", (1, 2, 2))


def test_a_model_without_a_threshold_is_shown_all_the_same() -> None:
    (found,) = measured_accuracies(contents(measured("a", "other", 50)))
    assert (found.by_student, found.counts) == ((("a", 0.5),), None)


def test_effort_counts_only_what_was_run() -> None:
    records = [
        student("a", 2, 1, effort=Effort(10, 5, 3, 1, 6)),
        student("b", 2, 1, effort=Effort(30, 5, 2, 2, 0)),
        student("c", outcome=ABSENT),
    ]
    found = class_effort(records)
    assert (found.submissions, found.wall_seconds, found.quartiles[1]) == (2, 40, 20)
    assert (found.trainings, found.trainings_run, found.training_seconds) == (5, 2, 6)
    assert [record.student for record in found.slowest] == ["b", "a"]


def test_everything_that_needs_a_person_is_listed_under_its_reason() -> None:
    marked = StudentRecord(
        student="a",
        name="",
        outcome=INCOMPLETE,
        marks=student("a", None, None, INCOMPLETE).marks,
        reasons={"test_q1": "Le noyau est mort."},
        accidents=(Note("q1", "le noyau Python s’est arrêté"),),
        mends=(Note("", "Le notebook a été renommé."),),
        unverified={"test_q1": ("mlp",), "test_q3": ("mlp",)},
        isolated=False,
    )
    lost = StudentRecord(
        student="b", name="", outcome=NOT_GRADABLE, marks=StudentMarks("b", ()), why="un lien"
    )
    found = {group.kind: group.entries for group in attention([marked, lost])}
    assert found == {
        Kind.NOT_GRADABLE: (Entry("b", "", "un lien"),),
        Kind.COULD_NOT_GRADE: (Entry("a", "test_q1", "Le noyau est mort."),),
        Kind.ACCIDENT: (Entry("a", "q1", "le noyau Python s’est arrêté"),),
        Kind.NOT_ISOLATED: (Entry("a", ""),),
        Kind.UNVERIFIED: (Entry("a", "test_q3", "mlp"),),
        Kind.MENDED: (Entry("a", "", "Le notebook a été renommé."),),
        Kind.UNREAD: (Entry("", "q2_text", count=1),),
    }


def test_a_class_that_is_done_needs_nobody() -> None:
    assert attention([student("a", 2, 1), student("b", outcome=ABSENT)]) == ()
