"""Where nbgrader makes the page: a preprocessor and an exporter that `nbgrader_config.py` names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbconvert.exporters.exporter import FilenameExtension
from nbformat import NotebookNode
from nbgrader.api import Gradebook, SubmittedNotebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from graders.grading.class_lateness import granted_in
from graders.grading.class_marks import cell_mark
from graders.grading.course import Course, language_of
from graders.grading.late_penalties import LatePenalty, lateness_of
from graders.language import speaking
from graders.lateness import Lateness
from graders.reports.feedback.contents import Facts
from graders.reports.feedback.page import render
from graders.reports.feedback.reading import feedback_of
from graders.text import printable

Resources = dict[str, Any]

_FACTS = "graders_facts"


class GatherFacts(NbGraderPreprocessor):
    """Takes a student's marks, comments and lateness from the gradebook.

    For `c.GenerateFeedback.preprocessors`.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """The same notebook; `resources` hold what the gradebook knows of it."""
        names = resources["nbgrader"]
        granted = granted_in(Course(Path(CourseDirectory(config=self.config).root), self.config))
        extension = granted.get((names["student"], names["assignment"]))
        policy = LatePenalty(config=self.config).policy()
        with Gradebook(names["db_url"]) as gradebook:
            found = gradebook.find_submission_notebook(
                names["notebook"], names["assignment"], names["student"]
            )
            dates = lateness_of(found.assignment, extension, policy)
            # What it cost when it was graded: the policy may have changed since.
            penalty = float(found.late_submission_penalty or 0)
            resources[_FACTS] = _facts(found, replace(dates, penalty=penalty))
        return nb, resources


class FeedbackExporter(Exporter):
    """Writes one self-contained HTML page for a marked notebook.

    For `c.GenerateFeedback.exporter_class`.
    """

    export_from_notebook = None  # no entry in Jupyter's menus: it needs a gradebook
    output_mimetype = "text/html"
    file_extension = FilenameExtension(".html")

    notebook_language = Unicode("fr", help="The language that the assignment is written in.").tag(
        config=True
    )

    def from_notebook_node(
        self, nb: NotebookNode, resources: Resources | None = None, **options: Any
    ) -> tuple[str, Resources]:
        """The page, in the course's language."""
        notebook, found = super().from_notebook_node(nb, resources, **options)
        with speaking(language_of(self.config)):
            page = feedback_of(notebook, found[_FACTS])
            return render(page, self.notebook_language), found


def _facts(notebook: SubmittedNotebook, lateness: Lateness) -> Facts:
    student = notebook.student
    return Facts(
        student=student.id,
        name=printable(" ".join(filter(None, (student.first_name, student.last_name)))),
        marks={grade.name: cell_mark(grade) for grade in notebook.grades},
        comments={found.name: found.manual_comment or "" for found in notebook.comments},
        lateness=lateness,
        # What `SaveMarks` says by itself of an answer that was left as it was given.
        unanswered=frozenset(found.name for found in notebook.comments if found.auto_comment),
    )
