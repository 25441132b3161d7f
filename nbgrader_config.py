"""The one file an instructor edits. Everything here is plain nbgrader configuration."""

from pathlib import Path

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearHiddenTests,
    GetGrades,
    LimitOutput,
)

from graders.grading.execute import ExecuteInKernel
from graders.grading.scoring import SaveMarks

c = get_config()  # noqa: F821 - nbgrader gives it to this file
here = Path(__file__).parent

# Your course: the name that JupyterHub, the exchange and the gradebook know it by.
c.CourseDirectory.course_id = "deep-learning"

# What students find in place of the solutions.
c.ClearSolutions.code_stub = {
    "python": '# VOTRE CODE ICI\nraise NotImplementedError("Cette question n\'a pas de réponse.")'
}
c.ClearSolutions.text_stub = "VOTRE RÉPONSE ICI"

# Time: one cell may train LeNet, which takes about three minutes on two cores.
c.ExecuteInKernel.timeout = 900  # seconds
c.ExecuteInKernel.mnist = str(here / "data" / "mnist.npz")

# A test cell that a student deleted comes back, and is marked.
c.OverwriteCells.add_missing_cells = True
c.OverwriteCells.missing_cell_notification = (
    "Cette cellule ({cell_id}) manquait dans votre copie : elle a été remise.\n\n"
)

# Marks come from results with reasons; what a library writes on stderr never costs a point.
c.Autograde.autograde_preprocessors = [
    ExecuteInKernel,
    LimitOutput,
    SaveMarks,
    AssignLatePenalties,
    CheckCellMetadata,
]

# Feedback shows marks and reasons, never the hidden tests.
c.GenerateFeedback.preprocessors = [ClearHiddenTests, GetGrades, CSSHTMLHeaderPreprocessor]
