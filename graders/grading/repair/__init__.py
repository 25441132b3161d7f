"""Mending a submission from the assignment's own record of its cells.

`repair` is a pure function: bytes and a record in, a notebook and what was mended out.
`folder` does the same for what surrounds the notebook, `in_nbgrader` has nbgrader do both.
"""

from graders.grading.repair.mending import Repaired, repair
from graders.grading.repair.mends import Mend, MendKind, NotRepairable, mends_from_data
from graders.grading.repair.source import Source, SourceCell

__all__ = [
    "Mend",
    "MendKind",
    "NotRepairable",
    "Repaired",
    "Source",
    "SourceCell",
    "mends_from_data",
    "repair",
]
