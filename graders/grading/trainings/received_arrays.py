"""`ReceivedArrays`: the arrays of one submission's requests, as files that trainers map."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from graders.grading.trainings.array_shelf import ArrayShelf, WrongContentError
from graders.grading.trainings.runners import Fetch
from graders.language import translate as _
from graders.models.training import Data
from graders.models.training_limits import TrainingRefused


class ReceivedArrays:
    """Arrays of a shelf, and those that a student's kernel sends: at most `most_bytes` of them."""

    def __init__(self, shelf: ArrayShelf, most_bytes: int) -> None:
        self._shelf = shelf
        self._most_bytes = most_bytes
        self._left = most_bytes

    @contextmanager
    def opened(self, arrays: Iterable[Data], fetch: Fetch) -> Iterator[dict[str, int]]:
        """Descriptors by digest; `fetch` is asked for what the shelf does not hold.

        Raises:
            TrainingRefused: there are too many bytes, or they are not what their digest says.
            OSError: the machine cannot keep them.
        """
        with ExitStack() as stack:
            descriptors: dict[str, int] = {}
            for data in dict.fromkeys(arrays):
                descriptor = self._shelf.open(data)
                if descriptor is None:
                    descriptor = self._receive(data, fetch)
                stack.callback(os.close, descriptor)
                descriptors[data.digest] = descriptor
            yield descriptors

    def _receive(self, data: Data, fetch: Fetch) -> int:
        if data.nbytes > self._left:
            raise TrainingRefused(
                _(
                    "Les données d'entraînement de ce notebook sont trop volumineuses pour le "
                    "correcteur, qui en accepte {count} Mio."
                ).format(count=f"{self._most_bytes / 2**20:.0f}")
            )
        self._left -= data.nbytes
        try:
            self._shelf.keep(data, fetch(data))
        except WrongContentError:
            raise TrainingRefused(
                _("Les données d'entraînement ont changé pendant leur envoi.")
            ) from None
        descriptor = self._shelf.open(data)
        if descriptor is None:
            raise OSError(f"The array {data.digest} was not kept.")
        return descriptor
