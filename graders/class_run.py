"""Grading a class from the command line: who, where, what is shown, what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console

from graders.grading.accounts import account_of
from graders.grading.autograde import Grading, SubmissionOutcome
from graders.grading.batch.audit import Disagreement, audited
from graders.grading.batch.class_grading import Batch, grade_class
from graders.grading.batch.cluster import open_cluster, places
from graders.grading.batch.course_lock import alone
from graders.grading.batch.tasks import SANDBOX, TRAINER
from graders.grading.batch.workers import GPU
from graders.grading.class_lateness import granted_in
from graders.grading.class_marks import class_marks, student_marks
from graders.grading.course import Course, CourseError
from graders.grading.execute import grading_settings
from graders.grading.trainings.devices import visible_gpus
from graders.grading.trainings.trainers import ANY_GPU, TrainerSettings
from graders.grading.workshop import isolation_for
from graders.language import speaking
from graders.progress import ClassProgress, logged_to, problems_told
from graders.reports.marks_table import LEGEND, marks_table
from graders.reports.needs_a_look import Look, needs_a_look


@dataclass(frozen=True, slots=True)
class Place:
    """Where a class is graded, which share of it twice, and whether accidents are run anew."""

    scheduler: str | None = None
    workers: int | None = None
    audit: float = 0.0
    retry: bool = False


@dataclass(frozen=True, slots=True)
class ClassShown:
    """How a run is shown: live on a terminal, in plain lines, or not."""

    console: Console
    plain: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class ClassReport:
    """What came of a run."""

    outcomes: tuple[SubmissionOutcome, ...]
    disagreements: tuple[Disagreement, ...]

    @property
    def sound(self) -> bool:
        """Whether every submission was graded, and no audit found a difference."""
        failed = any(outcome.grading is Grading.NOT_GRADABLE for outcome in self.outcomes)
        return not failed and not self.disagreements


def grade_and_show(
    course: Course,
    assignment: str,
    students: Sequence[str] | None,
    force: bool,
    place: Place,
    shown: ClassShown,
) -> ClassReport:
    """Grades a class and shows its marks.

    Raises:
        CourseError, ClusterUnavailable, SandboxUnavailable: nothing can be graded so.
    """
    chosen = _chosen(course, assignment, students)
    granted_in(course)  # a list of extensions with a mistake stops a run before it begins
    settings = grading_settings(course.config)
    isolation = settings.isolation
    isolation_for(isolation)
    console = shown.console
    progress = ClassProgress(console, len(chosen), plain=shown.plain, quiet=shown.quiet)
    outcomes = []
    trainings = settings.trainers is not None
    with (
        speaking(course.language),
        alone(course),
        logged_to(course.workspace / "logs" / f"grade-{assignment}.log") as log,
        problems_told(progress.problem, log),
        open_cluster(
            place.scheduler, place.workers, trainings=trainings, gpus=_gpus_for(settings.trainers)
        ) as client,
    ):
        batch = Batch(
            course, assignment, chosen, force, client, place.scheduler, log, retry=place.retry
        )
        with progress:
            found = places(client)
            progress.begin(found[SANDBOX], found[TRAINER], found[GPU])
            for outcome in grade_class(batch, progress.hear):
                progress.end(outcome, _points(course, assignment, outcome))
                outcomes.append(outcome)
        graded = tuple(o.student for o in outcomes if o.grading is not Grading.NOT_GRADABLE)
        disagreements = audited(batch, graded, place.audit, progress.hear_problems)
    if not shown.quiet:
        marks = class_marks(course, assignment)
        console.print(marks_table(marks, f"Marks of {assignment}", console.width))
        console.print(LEGEND)
        console.print(progress.summary(), highlight=False, soft_wrap=True)
    for look in _looks(course, assignment, outcomes):
        console.print(f"Needs a look: {look}", markup=False, highlight=False, soft_wrap=True)
    report = ClassReport(tuple(outcomes), disagreements)
    _show_problems(report, course, isolation, console)
    return report


def _gpus_for(trainers: TrainerSettings | None) -> tuple[str, ...]:
    """The GPUs of this machine that trainings are to run on, if they may on any."""
    return visible_gpus() if trainers is not None and trainers.device == ANY_GPU else ()


def _chosen(course: Course, assignment: str, students: Sequence[str] | None) -> tuple[str, ...]:
    course.require_source(assignment)
    course.require_release(assignment)
    submitted = course.submitted_students(assignment)
    unknown = sorted(set(students or ()) - set(submitted))
    if unknown:
        raise CourseError(f"No submission of {assignment} by {', '.join(unknown)} in {course.root}")
    chosen = tuple(students or submitted)
    if not chosen:
        raise CourseError(f"Nobody has submitted {assignment} in {course.root}")
    return chosen


def _points(course: Course, assignment: str, outcome: SubmissionOutcome) -> str:
    if outcome.reason:
        return ""
    marks = student_marks(course, assignment, outcome.student)
    return f"{marks.automatic_points:.4g} points by tests"


def _looks(
    course: Course, assignment: str, outcomes: Sequence[SubmissionOutcome]
) -> tuple[Look, ...]:
    accounts = {o.student: account_of(course, assignment, o.student) for o in outcomes}
    return needs_a_look(
        [student_marks(course, assignment, outcome.student) for outcome in outcomes],
        {student: account.reasons for student, account in accounts.items()},
        {student: account.accidents for student, account in accounts.items()},
        {o.student: o.reason for o in outcomes if o.grading is Grading.NOT_GRADABLE},
    )


def _show_problems(report: ClassReport, course: Course, isolation: str, console: Console) -> None:
    if isolation == "none":
        console.print("[bold red]Student code ran without isolation.[/]")
    for found in report.disagreements:
        console.print(
            f"Audit: {found.student}, {found.cell}: {found.first} at first, {found.second} again.",
            markup=False,
            soft_wrap=True,
        )
    if any(outcome.reason for outcome in report.outcomes):
        logs = course.workspace / "logs"
        console.print(f"What went wrong is told in full in {logs}", soft_wrap=True)
