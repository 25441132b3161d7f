"""The nbgrader preprocessor that replaces `Execute`: student code never meets the tests."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Dict, Enum, List, Unicode
from traitlets.config import Config

from graders.grading.checking.checker import CheckLimits
from graders.grading.isolation.limits import Limits
from graders.grading.trainings.trainers import TrainerSettings
from graders.grading.workshop import GradingSettings, shared_workshop
from graders.language import LANGUAGES, marked, speaking
from graders.language import translate as _
from graders.models.datasets import MNIST_VARIABLE
from graders.models.training_limits import TrainingLimits

Resources = dict[str, Any]

_NOT_ISOLATED = marked(
    "**Ce notebook a été exécuté sans isolation** : les notes qui suivent supposent que rien dans "
    "la copie n’a cherché à les changer."
)


class ExecuteIsolated(NbGraderPreprocessor):
    """Runs answers in a sandboxed kernel and tests in a checker, a process of its own."""

    isolation = Enum(
        ("sandbox", "none"),
        default_value="sandbox",
        help="“none” runs student code with your own rights; every report then says so.",
    ).tag(config=True)

    language = Enum(
        LANGUAGES, default_value="fr", help="The language that students are spoken to in."
    ).tag(config=True)

    limits = Dict(help="What a notebook may use: see graders/grading/isolation/limits.py.").tag(
        config=True
    )

    check_limits = Dict(help="What a test cell may use: `seconds`, `memory_bytes`.").tag(
        config=True
    )

    training_limits = Dict(
        help="What trainings may use: see graders/models/training_limits.py."
    ).tag(config=True)

    trainers = Dict(
        allow_none=True,
        help="Where trainings run (`backend`, `device`, `slots`); None trains in the sandbox.",
    ).tag(config=True)

    preload = List(
        Unicode(), help="Modules that test cells import: loaded once, before the first test."
    ).tag(config=True)

    store = Unicode(
        "", help="Directory or fsspec address where results are kept; empty: nothing is kept."
    ).tag(config=True)

    mnist = Unicode("", help="The MNIST file that `load_data()` reads: data/mnist.npz.").tag(
        config=True
    )

    def settings(self) -> GradingSettings:
        """The same as a value."""
        if self.mnist:
            os.environ[MNIST_VARIABLE] = str(Path(self.mnist).resolve())
        return GradingSettings(
            isolation=self.isolation,
            limits=Limits(**self.limits),
            check_limits=CheckLimits(**self.check_limits),
            training_limits=TrainingLimits(**self.training_limits),
            trainers=None if self.trainers is None else TrainerSettings(**self.trainers),
            preload=tuple(self.preload),
            store=self.store,
            language=self.language,
        )

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        workshop = shared_workshop(self.settings())
        workshop.examine(nb, resources["nbgrader"]["assignment"], self.log)
        if not workshop.isolation.isolated:
            with speaking(self.language):
                nb.cells.insert(0, new_markdown_cell(_(_NOT_ISOLATED)))
        return nb, resources


def grading_settings(config: Config) -> GradingSettings:
    """What a course's configuration says of how notebooks are examined."""
    return ExecuteIsolated(config=config).settings()
