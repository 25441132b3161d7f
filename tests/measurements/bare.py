"""The distinct trainings of a notebook's class, one after another in one plain process.

    python -m tests.measurements.bare NOTEBOOK

NOTEBOOK is the release; its given cells that load the data and train the logistic regression are
run, then every different network of `bench_class`. Writes a JSON object: seconds by training.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import nbformat

from graders.models.datasets import mnist_path, use_local_mnist
from tests.class_of_students.builder import grade_id
from tests.measurements.bench_class import distinct_trainings

_GIVEN = ("importation", "donnees", "images", "logistique", "logistique_compilation")
_LOGISTIC = "logistique_entrainement"


def main(arguments: list[str]) -> None:
    """Runs everything once, and says how long each training took."""
    notebook = nbformat.read(Path(arguments[0]), as_version=4)
    sources = {grade_id(cell) or cell.id: cell.source for cell in notebook.cells}
    use_local_mnist(mnist_path())
    seconds: dict[str, float] = {}
    namespace: dict[str, Any] = {}
    with redirect_stdout(sys.stderr):
        for name in _GIVEN:
            exec(sources[name], namespace)
        for name, source in (("logistic regression", sources[_LOGISTIC]), *distinct_trainings()):
            began = time.monotonic()
            exec(source, namespace)
            seconds[name] = time.monotonic() - began
    json.dump(seconds, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
