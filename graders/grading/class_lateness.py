"""Who was late, was given more time, or is excused: a class's dates, for what people see."""

from __future__ import annotations

from dataclasses import replace

from nbgrader.api import MissingEntry
from nbgrader.preprocessors import AssignLatePenalties

from graders.extensions import Extensions, ExtensionsError
from graders.grading.course import Course, CourseError
from graders.grading.late_penalties import LatePenalty, in_utc, lateness_of
from graders.lateness import Lateness


def class_lateness(course: Course, assignment: str) -> dict[str, Lateness]:
    """Dates and penalties by login: of everybody who has a submission or an extension.

    Penalties are the gradebook's, as the last grading left them; the dates are today's.

    Raises:
        CourseError: the list of extensions cannot be understood, or the gradebook be used.
    """
    granted = granted_in(course)
    policy = LatePenalty(config=course.config).policy()
    with course.gradebook() as gradebook:
        try:
            due = in_utc(gradebook.find_assignment(assignment).duedate)
        except MissingEntry:
            due = None
        found = {
            login: Lateness(login, None, due, extension.until, extension.excused)
            for (login, name), extension in granted.items()
            if name == assignment
        }
        for submission in gradebook.assignment_submissions(assignment):
            login = submission.student.id
            dates = lateness_of(submission, granted.get((login, assignment)), policy)
            found[login] = replace(dates, penalty=float(submission.late_submission_penalty or 0))
    return found


def granted_in(course: Course) -> Extensions:
    """The course's list of extensions; none under another plugin than ours.

    Raises:
        CourseError: it cannot be understood.
    """
    plugin = AssignLatePenalties(config=course.config).plugin_class(config=course.config)
    try:
        return plugin.granted() if isinstance(plugin, LatePenalty) else {}
    except ExtensionsError as error:
        raise CourseError(str(error)) from error
