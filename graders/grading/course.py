"""A course folder: its nbgrader configuration, its assignments, its gradebook."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from graders.language import known_language

CONFIGURATION = "nbgrader_config.py"


class CourseError(Exception):
    """The course cannot do what was asked; the message is one line for whoever asked."""


@dataclass(frozen=True)
class Course:
    """A folder with an `nbgrader_config.py`, opened."""

    root: Path
    config: Config

    @classmethod
    def open(cls, root: Path) -> Course:
        """Reads the configuration of the course in `root`.

        Raises:
            CourseError: there is no course there, or its configuration does not load.
        """
        root = root.resolve()
        path = root / CONFIGURATION
        if not path.is_file():
            raise CourseError(
                f"No course in {root}: {CONFIGURATION} is missing. Name the course with --course."
            )
        try:
            config = PyFileConfigLoader(path.name, path=str(root)).load_config()
        except Exception as error:
            raise CourseError(f"{path} does not load: {type(error).__name__}: {error}") from error
        config.CourseDirectory.root = str(root)
        _make_scripts_findable()
        return cls(root, config)

    def directory(self, assignment: str, student: str = "*") -> CourseDirectory:
        """nbgrader's own view of the folders, for one assignment."""
        directory = CourseDirectory(config=self.config)
        directory.assignment_id = assignment
        directory.student_id = student
        return directory

    def path(self, step: str, student: str, assignment: str) -> Path:
        """Where a step (`source`, `submitted`, …) keeps an assignment; `student` may be `.`."""
        directory = self.directory(assignment, student)
        folder = getattr(directory, f"{step}_directory")
        return Path(directory.format_path(folder, student, assignment))

    @property
    def language(self) -> str:
        """The language that its students are spoken to in.

        Raises:
            CourseError: there is no such language here.
        """
        try:
            return language_of(self.config)
        except ValueError as error:
            place = f"{self.root / CONFIGURATION}, ExecuteIsolated.language"
            raise CourseError(f"{place}: {error}") from error

    @property
    def workspace(self) -> Path:
        """Our own files beside nbgrader's, on the same file system: staging and logs."""
        return self.root / ".graders"

    def api(self) -> NbGraderAPI:
        """nbgrader's programming interface to this course."""
        return NbGraderAPI(coursedir=CourseDirectory(config=self.config), config=self.config)

    @contextmanager
    def gradebook(self) -> Iterator[Gradebook]:
        """The gradebook, opened and closed.

        Raises:
            CourseError: it cannot be opened or written.
        """
        directory = self.directory("*")
        try:
            with Gradebook(directory.db_url, directory.course_id) as gradebook:
                yield gradebook
        except SQLAlchemyError as error:
            raise CourseError(
                f"The gradebook {directory.db_url} cannot be used: {_first_line(error)}"
            ) from error

    def assignments(self) -> tuple[str, ...]:
        """Names of the assignments that have a source notebook."""
        source = self.path("source", ".", "*").parent
        return tuple(sorted({notebook.parent.name for notebook in source.glob("*/*.ipynb")}))

    def require_source(self, assignment: str) -> tuple[Path, ...]:
        """The assignment's source notebooks, each known to be readable.

        Raises:
            CourseError: no such assignment, or a corrupt notebook.
        """
        notebooks = tuple(sorted(self.path("source", ".", assignment).glob("*.ipynb")))
        if not notebooks:
            known = self.assignments()
            close = get_close_matches(assignment, known, n=1)
            guess = f" Did you mean {close[0]}?" if close else ""
            raise CourseError(
                f"No assignment {assignment!r} in {self.root / 'source'}.{guess} "
                f"Assignments: {', '.join(known) or 'none'}."
            )
        for notebook in notebooks:
            read_notebook(notebook)
        return notebooks

    def require_release(self, assignment: str) -> None:
        """Makes sure that the release exists and that the gradebook knows it.

        Raises:
            CourseError: one of them is missing.
        """
        release = self.path("release", ".", assignment)
        if not any(release.glob("*.ipynb")):
            raise CourseError(
                f"{assignment} has no release in {release}. Run: graders release {assignment}"
            )
        with self.gradebook() as gradebook:
            try:
                released = gradebook.find_assignment(assignment).notebooks
            except MissingEntry:
                released = []
        if not released:
            raise CourseError(
                f"The gradebook does not know {assignment} yet. Run: graders release {assignment}"
            )

    def submitted_students(self, assignment: str) -> tuple[str, ...]:
        """Logins of the students who submitted the assignment."""
        folder = self.path("submitted", "*", assignment)
        root = Path(self.directory(assignment).submitted_directory)
        pattern = str(folder.relative_to(self.root / root))
        return tuple(
            sorted(
                found.relative_to(self.root / root).parts[0]
                for found in (self.root / root).glob(pattern)
                if found.is_dir() and not found.name.startswith(".")
            )
        )


def language_of(config: Config) -> str:
    """The language that a course's students are spoken to in, as its configuration says.

    Raises:
        ValueError: there is no such language here.
    """
    return known_language(config.ExecuteIsolated.get("language", "fr"))


def read_notebook(path: Path) -> nbformat.NotebookNode:
    """A notebook, in the current format.

    Raises:
        CourseError: the file is not a notebook.
    """
    try:
        return nbformat.read(path, as_version=4)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, ValueError) as error:
        raise CourseError(f"{path} is not a readable notebook: {_first_line(error)}") from error


def _make_scripts_findable() -> None:
    """Puts this Python's scripts on the PATH: nbgrader runs `alembic` to make a gradebook."""
    scripts = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", "")
    if scripts not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join(filter(None, (scripts, path)))


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)[:200]
