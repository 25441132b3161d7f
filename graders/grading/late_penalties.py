"""Late penalties through nbgrader's own plugin: `c.AssignLatePenalties.plugin_class`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import SubmittedAssignment, SubmittedNotebook
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from traitlets import Float, Unicode

from graders.extensions import Extensions, read_extensions
from graders.lateness import Extension, Lateness, LatePolicy


class LatePenalty(LateSubmissionPlugin):
    """Points for every day begun after the due date, or after the one a student was granted."""

    points_per_day = Float(
        0.0, help="Points that each day begun costs; 0: being late is free."
    ).tag(config=True)

    grace_minutes = Float(0.0, min=0, help="Minutes after the due date that cost nothing.").tag(
        config=True
    )

    most = Float(
        None,
        min=0,
        allow_none=True,
        help="Points that being late costs at most; None: all of them.",
    ).tag(config=True)

    extensions = Unicode(
        "", help="A CSV of login, assignment and until: a date with its time zone, or excused."
    ).tag(config=True)

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """A notebook's part of the penalty, in points; None when there is none.

        Raises:
            ExtensionsError: the list of extensions cannot be understood.
        """
        names = self.parent
        submission = names.gradebook.find_submission(names.assignment_id, student_id)
        extension = self.granted().get((student_id, names.assignment_id))
        penalty = lateness_of(submission, extension, self.policy()).penalty
        part = {notebook.name: notebook.max_score for notebook in submission.notebooks}
        share = float(part[names.notebook_id] / submission.max_score) if penalty else 0.0
        return penalty * share or None

    def policy(self) -> LatePolicy:
        """What being late costs, as a value."""
        return LatePolicy(self.points_per_day, self.grace_minutes, self.most)

    def granted(self) -> Extensions:
        """The list of extensions; empty when the course has none.

        Raises:
            ExtensionsError: it cannot be understood.
        """
        return read_extensions(Path(self.extensions)) if self.extensions else {}


class AssignWholePenalties(AssignLatePenalties):
    """Keeps the whole penalty, which nbgrader cuts to the marks there are when tests have run.

    Answers that a person marks later are then worth no more to whoever was late.
    """

    def _check_late_penalty(self, notebook: SubmittedNotebook, penalty: float) -> float:
        return float(min(max(penalty, 0.0), notebook.max_score))


def lateness_of(
    submission: SubmittedAssignment, extension: Extension | None, policy: LatePolicy
) -> Lateness:
    """A submission's dates and penalty; of a date granted here and one in nbgrader, the later."""
    due = in_utc(submission.assignment.duedate)
    excused = extension is not None and extension.excused
    granted = [extension.until] if extension is not None and extension.until else []
    if due is not None and submission.extension:
        granted.append(due + submission.extension)
    dates = Lateness(
        student=submission.student.id,
        submitted=in_utc(submission.timestamp),
        due=due,
        extension=max(granted, default=None),
        excused=excused,
    )
    return dates.charged(policy, float(submission.max_score))


def in_utc(moment: datetime | None) -> datetime | None:
    """A date of nbgrader's, which are in UTC and do not say so."""
    return None if moment is None else moment.replace(tzinfo=UTC)
