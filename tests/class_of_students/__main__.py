"""Builds the sample class of the demonstration.

python -m tests.class_of_students RELEASE SUBMITTED

RELEASE is an assignment's folder in release/; SUBMITTED is where a folder per student is made.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat

from tests.class_of_students.builder import filled, submit
from tests.class_of_students.catalogue import DEMONSTRATION


def main(arguments: list[str]) -> int:
    """Writes the submissions; returns the exit code."""
    if len(arguments) != 2:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    release, submitted = map(Path, arguments)
    notebooks = sorted(release.glob("*.ipynb"))
    if len(notebooks) != 1:
        sys.stderr.write(f"Expected one notebook in {release}. Received: {len(notebooks)}.\n")
        return 1
    released = nbformat.read(notebooks[0], as_version=4)
    for student in DEMONSTRATION:
        notebook = filled(released, student.answers, student.deleted_cells)
        submit(notebook, submitted / student.login / release.name, notebooks[0].name)
        sys.stdout.write(f"{student.login}: {student.description}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
