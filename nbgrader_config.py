"""The one file an instructor edits. Everything here is plain nbgrader configuration."""

from pathlib import Path

from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
    LimitOutput,
    OverwriteCells,
    OverwriteKernelspec,
)

from graders.grading.execute import ExecuteIsolated
from graders.grading.harmless import harmless_markdown
from graders.grading.hiding import HideTests
from graders.grading.late_penalties import AssignWholePenalties, LatePenalty
from graders.grading.repair.in_nbgrader import RepairCells, SubmissionExporter, prepare_submission
from graders.grading.scoring import SaveMarks
from graders.reports.feedback.exporter import FeedbackExporter, GatherFacts

c = get_config()  # noqa: F821 - nbgrader gives it to this file
here = Path(__file__).parent

# Your course: the name that JupyterHub, the exchange and the gradebook know it by.
c.CourseDirectory.course_id = "deep-learning"

# The language that students are spoken to in: "fr" or "en". Another one judges anew, and runs no
# answer again.
c.ExecuteIsolated.language = "fr"

# What students find in place of the solutions.
c.ClearSolutions.code_stub = {
    "python": '# VOTRE CODE ICI\nraise NotImplementedError("Cette question n\'a pas de réponse.")'
}
c.ClearSolutions.text_stub = "VOTRE RÉPONSE ICI"

# What one notebook may use (all of it: graders/grading/isolation/limits.py). Training LeNet takes
# about three minutes on two cores.
c.ExecuteIsolated.limits = {
    "cell_seconds": 900,
    "notebook_seconds": 2700,
    "memory_bytes": 6 * 2**30,
}
c.ExecuteIsolated.mnist = str(here / "data" / "mnist.npz")

# Every distinct training is run once; what was computed is kept here, and can be deleted.
c.ExecuteIsolated.store = str(here / ".graders" / "store")

# Student code runs in a sandbox without network, out of sight of tests and other submissions.
# "none" gives it your own rights; every report then says so.
c.ExecuteIsolated.isolation = "sandbox"

# What the hidden tests import; loaded once for a whole class.
c.ExecuteIsolated.preload = ["tensorflow", "graders.answer_keys.tp_keras"]

# What a student broke is mended before anything else, and every mend is told: cells deleted,
# copied, moved or retyped, a renamed notebook, foreign encodings, links.
c.CourseDirectory.ignore.append(".original")
c.Autograde.pre_convert_hook = prepare_submission
c.Autograde.exporter_class = SubmissionExporter
c.Autograde.sanitize_preprocessors = [
    RepairCells,
    ClearOutput,
    DeduplicateIds,
    OverwriteKernelspec,
    OverwriteCells,
    CheckCellMetadata,
]

# Marks come from results with reasons; what a library writes on stderr never costs a point.
c.Autograde.autograde_preprocessors = [
    ExecuteIsolated,
    LimitOutput,
    SaveMarks,
    HideTests,
    AssignWholePenalties,
    CheckCellMetadata,
]

# Feedback is one page a student: marks, reasons, what was understood; never the hidden tests.
c.GenerateFeedback.preprocessors = [HideTests, GatherFacts]
c.GenerateFeedback.exporter_class = FeedbackExporter

# In formgrader, what students wrote is shown and never runs.
c.HTMLExporter.filters = {"markdown2html": harmless_markdown}

# Being late is free. For two points less each day begun, at most ten, after a quarter of an hour:
# c.LatePenalty.points_per_day = 2
# c.LatePenalty.most = 10
# c.LatePenalty.grace_minutes = 15
c.AssignLatePenalties.plugin_class = LatePenalty

# Who has more time, and who is excused, if anybody: login,assignment,until. See docs/late.md.
c.LatePenalty.extensions = str(here / "extensions.csv")
