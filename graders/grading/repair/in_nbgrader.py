"""Where nbgrader repairs: three hooks that `nbgrader_config.py` names.

`prepare_submission` runs before nbgrader opens a submission, on its folder (links, names, date);
`SubmissionExporter` reads any file that can be read as a notebook; `RepairCells`, first of the
sanitizing preprocessors, mends the cells and writes down every mend. No file that was handed in
is changed. `nbgrader autograde` and formgrader work in `submitted/` itself: there, links are
moved to `.original/` in the submission's folder, and a notebook under another name is copied to
its own. `graders grade` does the same in a copy and leaves `submitted/` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets.log import get_logger

from graders.grading.course import Course, language_of
from graders.grading.repair.aside import is_regular, recorded_mends
from graders.grading.repair.cells import to_notebook
from graders.grading.repair.folder import prepare
from graders.grading.repair.mending import mend
from graders.grading.repair.mends import NotRepairable
from graders.grading.repair.reading import read_bytes, read_document
from graders.grading.repair.record import read_sources
from graders.grading.repair.source import Source
from graders.grading.repair.text import MOST_BYTES
from graders.language import speaking
from graders.language import translate as _

Resources = dict[str, Any]

_READ = "graders_mends_of_reading"


class SubmissionExporter(NotebookExporter):
    """Reads a submitted notebook whatever its encoding, format and accidents.

    For `c.Autograde.exporter_class`.
    """

    def from_file(
        self, file_stream: Any, resources: Resources | None = None, **options: Any
    ) -> tuple[NotebookNode, Resources]:
        """As nbconvert's, from the file's bytes.

        Raises:
            NotRepairable: the file is no notebook.
        """
        with speaking(language_of(self.config)):
            if not is_regular(Path(file_stream.name)):
                raise NotRepairable(_("le notebook est un lien, pas un fichier"))
            document = read_bytes(file_stream.buffer.read(MOST_BYTES + 1))
        resources = resources if resources is not None else {}
        resources[_READ] = list(document.mends)
        notebook = to_notebook(document.cells, document.metadata)
        return self.from_notebook_node(notebook, resources=resources, **options)


class RepairCells(NbGraderPreprocessor):
    """Mends a submission's cells from the gradebook's record, and lists every mend.

    First of `c.Autograde.sanitize_preprocessors`.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """The notebook with each named cell once, in order.

        Raises:
            NotRepairable: it holds nothing of the assignment.
        """
        names = resources["nbgrader"]
        directory = CourseDirectory(config=self.config)
        sources = read_sources(directory, names["assignment"])
        folder = Path(resources["metadata"]["path"])
        # What was mended in the folder is told once, in the assignment's first notebook there.
        present = [name for name in sources if is_regular(folder / f"{name}.ipynb")]
        around = recorded_mends(folder) if names["notebook"] in present[:1] else ()
        earlier = (*around, *resources.pop(_READ, ()))
        with speaking(language_of(self.config)):
            repaired = mend(read_document(nb), sources[names["notebook"]], earlier)
        for found in repaired.mends:
            self.log.warning("%s: mended: %s", names["student"], found.message)
        return repaired.notebook, resources


def prepare_submission(assignment: str, student: str, notebooks: list[str]) -> None:
    """Makes a submission's folder ready, for `c.Autograde.pre_convert_hook`.

    nbgrader carries on whatever a hook raises, with the notebooks in the list it gave: one that
    must not be opened is taken out, one that was found is added.
    """
    del student  # may be a pattern, such as *; the notebooks tell whose they are
    folder = Path(notebooks[0]).parent
    course = Course.open(Path.cwd())
    sources = read_sources(course.directory(assignment), assignment)
    before = _notebooks_in(folder, sources)
    try:
        with speaking(course.language):
            prepare(folder, sources)
    except (NotRepairable, OSError) as error:
        get_logger().error("%s: %s", folder, error)
        notebooks.clear()
        return
    after = _notebooks_in(folder, sources)
    notebooks[:] = [
        *(path for path in notebooks if is_regular(Path(path))),
        *sorted(after - before),
    ]


def _notebooks_in(folder: Path, sources: Mapping[str, Source]) -> set[str]:
    return {str(path) for name in sources if is_regular(path := folder / f"{name}.ipynb")}
