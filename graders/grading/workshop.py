"""`Workshop`: the long-lived parts of a process that examines notebooks, made once."""

from __future__ import annotations

import atexit
import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from graders.grading.answering import Setting, run_answers, uses_keras
from graders.grading.checking.checker import Checker
from graders.grading.checking.known_classes import KnownClasses
from graders.grading.examination import judge_answers
from graders.grading.grading_settings import (
    GradingSettings,
    answers_digest,
    examination_digest,
    source_digest,
)
from graders.grading.isolation.confinement import Isolation
from graders.grading.isolation.plain import Plain
from graders.grading.isolation.sandbox import SandboxUnavailable, find_bwrap, find_sandbox
from graders.grading.once import once
from graders.grading.store import Store, open_store
from graders.grading.student import VISIBLE_IN_SANDBOX
from graders.grading.trainings.array_shelf import ArrayShelf
from graders.grading.trainings.known_arrays import lay_out
from graders.grading.trainings.service import Asked, RunsTrainings, TrainingService
from graders.grading.trainings.trainers import Trainers
from graders.grading.transcript import Transcript, TranscriptError
from graders.language import speaking
from graders.models.datasets import mnist_path, write_uncompressed

__all__ = [
    "GradingSettings",
    "TrainingLost",
    "Workshop",
    "answers_digest",
    "examination_digest",
    "isolation_for",
    "open_workshop",
    "shared_workshop",
]

_PROJECT = Path(__file__).resolve().parents[2]
_CODE_INSIDE, _MNIST_INSIDE = "/run/grader/python", "/run/grader/mnist.npz"


class TrainingLost(RuntimeError):  # noqa: N818 - it says what became of the training
    """A training was not run, for a reason that is none of the student's: nothing can be judged."""


@dataclass
class Workshop:
    """What examining needs beside the notebook; a workshop serves any number of threads.

    `known` are measures of models, where they are not the checker's own. `at_hand` are examined
    notebooks, by digest, that the store could not take.
    """

    settings: GradingSettings
    isolation: Isolation
    checker: Checker
    folder: Path
    store: Store
    shelf: ArrayShelf
    _lay_out_mnist: Callable[[], None]
    _trainers: Callable[[], RunsTrainings | None]
    _closing: ExitStack
    known: KnownClasses | None = None
    at_hand: dict[str, bytes] = field(default_factory=dict)

    @property
    def mnist(self) -> str:
        """The MNIST file as a student kernel sees it."""
        return _MNIST_INSIDE if self.isolation.isolated else str(mnist_path())

    def examine(
        self,
        notebook: NotebookNode,
        assignment: str,
        log: logging.Logger,
        progress: Callable[[Asked], object] = lambda _: None,
        *,
        retried: bool = False,
    ) -> None:
        """Examines a notebook in place; what was done before is taken from the store.

        `retried`, its cells are run whatever is there; trainings are taken from the store.

        Raises:
            StartError: the student kernel could not be started.
            CheckerError: the checker could not be started.
            TrainingLost: a training could not be run; nothing is kept of this notebook.
        """
        whole = examination_digest(notebook, assignment, self.settings)
        content = None if retried else self.examined(whole)
        if content is not None:
            executed = nbformat.reads(content.decode(), as_version=4)
            notebook.cells, notebook.metadata = executed.cells, executed.metadata
            return
        with speaking(self.settings.language):
            transcript = None if retried else self._transcript(notebook, assignment, log)
            if transcript is None:
                transcript = self._run(notebook, assignment, log, progress)
            judge_answers(notebook, transcript, self.checker, assignment, self.known)
        self.store.put(whole, nbformat.writes(notebook).encode())

    def examined(self, digest: str) -> bytes | None:
        """A notebook that was examined before, by its `examination_digest`."""
        return self.at_hand.get(digest) or self.store.get(digest)

    def take_in(self, digest: str, content: bytes) -> None:
        """Keeps a notebook that was examined elsewhere, in the place of an earlier one."""
        self.at_hand.pop(digest, None)
        if self.store.get(digest) != content and not self.store.put(digest, content):
            self.at_hand[digest] = content

    @contextmanager
    def without_memory(self) -> Iterator[Workshop]:
        """The same with an empty store, which goes away afterwards."""
        with tempfile.TemporaryDirectory(dir=self.folder, prefix="afresh-") as folder:
            store = open_store(folder)
            yield replace(self, store=store, known=_known_classes(store), at_hand={})

    def setting(self, assignment: str) -> Setting:
        """Where and within which limits notebooks of an assignment are run."""
        if self.isolation.isolated:
            self._lay_out_mnist()
        return Setting(assignment, self.isolation, self.settings.limits, self.mnist)

    def _transcript(
        self, notebook: NotebookNode, assignment: str, log: logging.Logger
    ) -> Transcript | None:
        """What is kept of the notebook's cells when they were run before."""
        content = self.store.get(answers_digest(notebook, assignment, self.settings))
        if content is None:
            return None
        try:
            return Transcript.from_bytes(content)
        except TranscriptError as error:
            log.warning("%s", error)
            return None

    def _run(
        self,
        notebook: NotebookNode,
        assignment: str,
        log: logging.Logger,
        progress: Callable[[Asked], object],
    ) -> Transcript:
        answers = answers_digest(notebook, assignment, self.settings)
        # Where nobody names Keras, nothing is trained: a trainer would import TensorFlow in vain.
        service = self.trainings(progress) if uses_keras(notebook) else None
        transcript = run_answers(notebook, self.setting(assignment), log, service)
        if service is not None and service.mishaps.first is not None:
            # The student's cells went on as if the training had been refused to them.
            raise TrainingLost(f"a training could not be run: {service.mishaps.first}")
        self.store.put(answers, transcript.to_bytes())
        return transcript

    def trainings(self, progress: Callable[[Asked], object]) -> TrainingService | None:
        """Who serves the trainings of one notebook; None when its kernel runs them itself."""
        trainers = self._trainers()
        if trainers is None:
            return None
        lay_out(self.shelf)
        limits = self.settings.training_limits
        return TrainingService(trainers, self.store, self.shelf, limits, progress)

    def close(self) -> None:
        """Ends its processes."""
        self._closing.close()


def open_workshop(
    settings: GradingSettings, trainers: RunsTrainings | None = None, folder: str | None = None
) -> Workshop:
    """A workshop of its own; `trainers` in place of this machine's, when given.

    What it needs for itself is kept in `folder`, or else in a temporary one.

    Raises:
        SandboxUnavailable: this machine allows no sandbox; the message says what to enable.
    """
    closing = ExitStack()
    own = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="graders-", dir=folder)))
    try:
        isolation = isolation_for(settings.isolation, own / "mnist.npz")
    except SandboxUnavailable:
        closing.close()
        raise
    bwrap = find_bwrap() if isolation.isolated else None
    store = open_store(settings.store or own / "store")
    checker = Checker(
        bwrap,
        preload=settings.preload,
        mnist=mnist_path(),
        limits=settings.check_limits,
        known=_known_classes(store),
    )
    closing.callback(checker.__exit__, None, None, None)

    @once
    def start_trainers() -> RunsTrainings | None:
        # Only when a notebook is run: starting them imports TensorFlow.
        if trainers is not None or settings.trainers is None:
            return trainers
        return closing.enter_context(Trainers(settings.trainers))

    # Arrays are large: processes of this machine that have a directory in common share them.
    shared = settings.store if "://" not in settings.store else ""
    shelf = ArrayShelf((Path(shared) if shared else own) / "arrays", spare=own / "spare-arrays")
    return Workshop(
        settings,
        isolation,
        checker,
        own,
        store,
        shelf,
        once(partial(write_uncompressed, own / "mnist.npz")),
        start_trainers,
        closing,
    )


def _known_classes(store: Store) -> KnownClasses:
    return KnownClasses(store, source_digest("models"))


@once
def shared_workshop(settings: GradingSettings) -> Workshop:
    """The workshop of this process, closed at its end.

    nbgrader makes a new preprocessor for every notebook, and starting a checker imports
    TensorFlow: one serves them all.
    """
    workshop = open_workshop(settings)
    atexit.register(workshop.close)
    return workshop


def isolation_for(kind: str, mnist: Path | None = None) -> Isolation:
    """How student kernels are started; they see MNIST and a few files of this package.

    `mnist` is the file they see, when one starts; by default the repository's.

    Raises:
        SandboxUnavailable: this machine allows no sandbox; the message says what to enable.
    """
    if kind == "none":
        return Plain((("PYTHONPATH", str(_PROJECT)),))
    visible = tuple((_PROJECT / path, f"{_CODE_INSIDE}/{path}") for path in VISIBLE_IN_SANDBOX)
    return find_sandbox(
        read_only=(*visible, (mnist or mnist_path(), _MNIST_INSIDE)),
        environment=(("PYTHONPATH", _CODE_INSIDE),),
    )
