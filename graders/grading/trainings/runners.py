"""What a submission's requests need of whoever runs them, and how that can end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from graders.grading.trainings.frames import FrameError
from graders.grading.trainings.trainers import TrainerDied, TrainingFailed
from graders.language import translate as _
from graders.models.inference import InferenceJob
from graders.models.snapshot import Weights
from graders.models.training import Data, Environment, TrainingJob, TrainingState
from graders.models.training_limits import TrainingRefused

Fetch = Callable[[Data], memoryview]


class NotTrained(Exception):  # noqa: N818 - it says what became of the request
    """This is left to Keras in the kernel: it refuses it, in words of its own, or does it."""


class RunsTrainings(Protocol):
    """Where requests are run: `Trainers` on this machine, or a cluster's."""

    def environment(self) -> Environment:
        """What its results depend on, beside the jobs."""

    def train(self, job: TrainingJob, start: TrainingState, arrays: Mapping[str, int]) -> bytes:
        """As `Trainers.train`."""

    def infer(self, job: InferenceJob, weights: Weights, arrays: Mapping[str, int]) -> bytes:
        """As `Trainers.infer`."""


@dataclass
class Mishaps:
    """What has failed a notebook's requests, if it is none of the notebook's fault."""

    first: Exception | None = None

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """What goes wrong within, told as a student's kernel is to hear of it.

        Raises:
            NotTrained: Keras refuses it.
            TrainingRefused: it passed a limit, or the machine has failed it (then noted).
            FrameError: the student's side does not keep to the form.
        """
        if self.first is not None:
            raise TrainingRefused(self._excuse())
        try:
            yield
        except (TrainingRefused, NotTrained, FrameError):
            raise
        except TrainingFailed as error:
            raise NotTrained(str(error)) from None
        except TrainerDied as error:
            raise TrainingRefused(str(error)) from None
        except Exception as error:
            self.first = error
            raise TrainingRefused(self._excuse()) from error

    def _excuse(self) -> str:
        return _("La machine du correcteur a failli : ce notebook sera repris, sans conséquence.")
