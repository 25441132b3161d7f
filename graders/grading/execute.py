"""The nbgrader preprocessor that replaces `Execute`: student code never meets the tests."""

from __future__ import annotations

import atexit
import functools
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Dict, Enum, List, Unicode

from graders.grading.checker import Checker, CheckLimits
from graders.grading.confinement import Isolation
from graders.grading.examination import Setting, examine
from graders.grading.limits import Limits
from graders.grading.plain import Plain
from graders.grading.sandbox import find_bwrap, find_sandbox
from graders.grading.student import VISIBLE_IN_SANDBOX

Resources = dict[str, Any]

_PROJECT = Path(__file__).resolve().parents[2]
_CODE_INSIDE, _MNIST_INSIDE = "/run/grader/python", "/run/grader/mnist.npz"


class ExecuteIsolated(NbGraderPreprocessor):
    """Runs answers in a sandboxed kernel and tests in a checker, a process of its own."""

    isolation = Enum(
        ("sandbox", "none"),
        default_value="sandbox",
        help="“none” runs student code with your own rights; every report then says so.",
    ).tag(config=True)

    limits = Dict(help="What a notebook may use: see graders/grading/limits.py.").tag(config=True)

    check_limits = Dict(help="What a test cell may use: `seconds`, `memory_bytes`.").tag(
        config=True
    )

    preload = List(
        Unicode(), help="Modules that test cells import: loaded once, before the first test."
    ).tag(config=True)

    mnist = Unicode("", help="The MNIST file that `load_data()` reads: data/mnist.npz.").tag(
        config=True
    )

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        mnist = Path(self.mnist or _PROJECT / "data" / "mnist.npz").resolve()
        isolation = isolation_for(self.isolation, mnist)
        setting = Setting(
            assignment=resources["nbgrader"]["assignment"],
            isolation=isolation,
            limits=Limits(**self.limits),
            mnist=_MNIST_INSIDE if isolation.isolated else str(mnist),
        )
        checker = shared_checker(
            isolation.isolated, mnist, tuple(self.preload), CheckLimits(**self.check_limits)
        )
        record = examine(nb, setting, checker, self.log)
        nb.metadata["graders"] = {**nb.metadata.get("graders", {}), **record.to_data()}
        return nb, resources


def isolation_for(kind: str, mnist: Path) -> Isolation:
    """How student kernels are started; `mnist` is all they see of the course.

    Raises:
        SandboxUnavailable: this machine allows no sandbox; the message says what to enable.
    """
    if kind == "none":
        return Plain((("PYTHONPATH", str(_PROJECT)),))
    visible = tuple((_PROJECT / path, f"{_CODE_INSIDE}/{path}") for path in VISIBLE_IN_SANDBOX)
    return find_sandbox(
        read_only=(*visible, (mnist, _MNIST_INSIDE)),
        environment=(("PYTHONPATH", _CODE_INSIDE),),
    )


@functools.cache
def shared_checker(
    isolated: bool, mnist: Path, preload: tuple[str, ...], limits: CheckLimits
) -> Checker:
    """The checker of this process, started at its first test cell.

    nbgrader makes a new preprocessor for every notebook, and starting a checker imports
    TensorFlow: one serves them all.
    """
    bwrap = find_bwrap() if isolated else None
    checker = Checker(bwrap, preload=preload, mnist=mnist, limits=limits)
    atexit.register(checker.__exit__, None, None, None)
    return checker
