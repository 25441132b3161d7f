"""`graders demo`: the whole way from source to marks, on a sample class and the real MNIST."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from graders.class_run import ClassReport, ClassShown, Place, grade_and_show
from graders.commands.report import write_report
from graders.grading.course import CONFIGURATION, Course, CourseError
from graders.grading.rehearsal import rehearsal
from graders.grading.release import generate_release
from graders.progress import logged_to

ASSIGNMENT = "tp_keras"
_KEPT = ".graders"
# One of the class never ends. Time spent on trainings by the trainers is not counted.
_SHORTER = """
# The demonstration waits less for a cell that does not end.
c.ExecuteIsolated.limits = {**c.ExecuteIsolated.limits, "cell_seconds": 30}
"""


def demonstrate(course: Course, folder: Path, console: Console) -> ClassReport:
    """Makes a course in `folder`, has its class of twelve graded, and shows what came of it.

    What an earlier demonstration has trained is used again.

    Raises:
        CourseError: a step failed; the message says which, and why.
    """
    _emptied(folder)
    console.print(
        "A class of twelve is graded on the 60 000 images of MNIST: every notebook is executed, "
        "and every distinct training is run once. This takes 5 to 8 minutes on two cores, and "
        "less than one when it is done again."
    )
    copy = rehearsal(course, ASSIGNMENT, folder)
    with (copy.root / CONFIGURATION).open("a", encoding="utf-8") as configuration:
        configuration.write(_SHORTER)
    copy = Course.open(folder)
    with logged_to(copy.workspace / "logs" / f"release-{ASSIGNMENT}.log") as log:
        console.print(f"Release: {generate_release(copy, ASSIGNMENT, log)}", soft_wrap=True)
    submitted = copy.path("submitted", ".", ASSIGNMENT).parent
    _build_sample_class(course, copy.path("release", ".", ASSIGNMENT), submitted)
    report = grade_and_show(copy, ASSIGNMENT, None, False, Place(), ClassShown(console))
    feedback = copy.api().generate_feedback(ASSIGNMENT, force=True)
    if not feedback["success"]:
        reason = feedback["error"].splitlines()[-1]
        raise CourseError(f"nbgrader could not make the feedback: {reason}")
    console.print("Feedback, one page a student:")
    for page in sorted(copy.root.glob(f"feedback/*/{ASSIGNMENT}/*.html")):
        console.print(f"  {page}", soft_wrap=True)
    console.print(f"Class report: {write_report(copy, ASSIGNMENT)}", soft_wrap=True)
    return report


def _emptied(folder: Path) -> None:
    """Removes an earlier demonstration, but not the trainings it has kept."""
    folder.mkdir(parents=True, exist_ok=True)
    for found in folder.iterdir():
        if found.is_symlink() or found.is_file():
            found.unlink()
        elif found.name != _KEPT:
            shutil.rmtree(found)


def _build_sample_class(course: Course, release: Path, submitted: Path) -> None:
    """Runs the repository's builder of sample submissions, a program beside its tests."""
    command = [sys.executable, "-m", "tests.class_of_students", str(release), str(submitted)]
    built = subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=False)
    if built.returncode:
        reason = built.stderr.strip().splitlines()[-1]
        raise CourseError(f"The sample class could not be built: {reason}")
