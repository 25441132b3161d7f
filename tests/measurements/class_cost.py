"""Measures what a class costs, beside stock nbgrader; writes `docs/performance.md`.

    python -m tests.measurements.class_cost

The same class, whole notebooks on the full MNIST, on this machine and in one run: `graders grade`
from an empty store, again, after a changed test, and with more right submissions; stock
`nbgrader autograde` on a sample; the distinct trainings in one plain script. Takes half an hour on
two cores, which must have nothing else to do.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat

from tests.class_of_students.builder import filled, submit
from tests.measurements.bench_class import CLASS, Handed, right
from tests.measurements.class_cost_page import publish
from tests.measurements.memory import PeakMemory

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RAW = HERE / "class_cost.json"
ASSIGNMENT, NOTEBOOK = "tp_keras", "deep_learning_keras.ipynb"
# One of each kind: two that train LeNet in full, one that cuts it short.
SAMPLE = ("juste-000", "relu", "trois-epoques")
EXTRA = 8

_STOCK = """\
c = get_config()
c.CourseDirectory.course_id = "deep-learning"
c.ClearSolutions.code_stub = {"python": "# VOTRE CODE ICI\\nraise NotImplementedError()"}
c.ExecutePreprocessor.timeout = 3600
"""


def main() -> None:
    """Runs all sides, and writes the figures, the page and the plot."""
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "build", prefix="bench-") as folder:
        figures = _measured(Path(folder))
    RAW.write_text(json.dumps(figures, indent=1) + "\n")
    publish(figures)


def _measured(folder: Path) -> dict[str, Any]:
    ours, stock = _our_course(folder / "ours"), folder / "stock"
    _hand_in(ours, CLASS)
    # The stock course has the same source, the same release, the same gradebook's record of it.
    shutil.copytree(ours, stock, symlinks=True)
    (stock / "nbgrader_config.py").write_text(_STOCK)
    figures: dict[str, Any] = {"cores": os.cpu_count(), "submissions": len(CLASS)}
    _say("the class, from an empty store")
    figures["cold"] = _run(ours, "graders", "grade", ASSIGNMENT, "--plain")
    _say("the same again")
    figures["again"] = _run(ours, "graders", "grade", ASSIGNMENT, "--force", "--plain")
    _say("after a changed test")
    _change_a_test(ours)
    figures["changed test"] = _run(ours, "graders", "grade", ASSIGNMENT, "--force", "--plain")
    _say("more right submissions")
    figures["more"] = {
        "one": _grade_more(ours, 16, 1),
        "many": _grade_more(ours, 17, 1 + EXTRA),
        "how many more": EXTRA,
    }
    _say("the distinct trainings, bare")
    release = ours / "release" / ASSIGNMENT / NOTEBOOK
    figures["bare"] = _bare(release)
    figures["stock"] = {}
    for login in SAMPLE:
        _say(f"stock nbgrader, {login}")
        command = ("nbgrader", "autograde", ASSIGNMENT, "--student", login)
        figures["stock"][login] = _run(stock, *command, **_mnist_in_kernels(folder))
    return figures


def _our_course(course: Path) -> Path:
    shutil.copytree(ROOT / "source", course / "source")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    (course / "data").symlink_to(ROOT / "data", target_is_directory=True)
    _run(course, "graders", "release", ASSIGNMENT)
    return course


def _hand_in(course: Path, submissions: Sequence[Handed]) -> None:
    released = nbformat.read(course / "release" / ASSIGNMENT / NOTEBOOK, as_version=4)
    for handed in submissions:
        folder = course / "submitted" / handed.login / ASSIGNMENT
        submit(filled(released, handed.answers), folder, NOTEBOOK)


def _change_a_test(course: Path) -> None:
    """A test cell's hidden part has one line more; the release is made anew."""
    path = course / "source" / ASSIGNMENT / NOTEBOOK
    marker = "### BEGIN HIDDEN TESTS"
    notebook = nbformat.read(path, as_version=4)
    cell = next(cell for cell in notebook.cells if marker in cell.source)
    cell.source = cell.source.replace(marker, f"{marker}\nassert True", 1)
    nbformat.write(notebook, path)
    _run(course, "graders", "release", ASSIGNMENT)


def _grade_more(course: Path, first: int, count: int) -> dict[str, float]:
    more = [right(number) for number in range(first, first + count)]
    _hand_in(course, more)
    chosen = [word for handed in more for word in ("--student", handed.login)]
    return _run(course, "graders", "grade", ASSIGNMENT, "--plain", *chosen)


def _bare(release: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.measurements.bare", str(release)]
    ran = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return {name: float(seconds) for name, seconds in json.loads(ran.stdout).items()}


def _mnist_in_kernels(folder: Path) -> dict[str, str]:
    """An environment in which a kernel's `load_data()` reads the repository's own file."""
    startup = folder / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    (startup / "mnist.py").write_text(
        "from pathlib import Path\n"
        "from graders.models.datasets import use_local_mnist\n"
        f"use_local_mnist(Path({str(ROOT / 'data' / 'mnist.npz')!r}))\n"
    )
    return {"IPYTHONDIR": str(folder / "ipython")}


def _run(course: Path, *command: str, **environment: str) -> dict[str, float]:
    """Wall-clock and processor seconds of a command, and the peak of memory of one submission.

    Processor seconds are the machine's: what the command's processes leave behind counts too.
    """
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    log = course.parent / f"{course.name}.log"
    busy, began = _busy_seconds(), time.monotonic()
    with log.open("a") as output, PeakMemory() as memory:
        ran = subprocess.run(
            command,
            cwd=course,
            env={**os.environ, "PATH": path, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if ran.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {ran.returncode}: see {log}.")
    return {
        "seconds": time.monotonic() - began,
        "cpu_seconds": _busy_seconds() - busy,
        "kernel_bytes": memory.peak_bytes,
    }


def _busy_seconds() -> float:
    """Processor seconds that this machine has worked since it started."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    user, nice, system, _idle, _waiting, irq, softirq = map(int, fields[:7])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def _say(what: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {what}\n")


if __name__ == "__main__":
    main()
