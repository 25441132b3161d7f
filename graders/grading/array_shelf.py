"""`ArrayShelf`: the arrays that trainings read, by content, in files that trainers map."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from graders.grading.store_places import Content, DirectoryPlace, make_room
from graders.models.training import Data, content_digest


class WrongContentError(ValueError):
    """The bytes received for an array are not those its digest names."""


@dataclass(frozen=True, slots=True)
class ArrayShelf:
    """A directory of arrays; what was used longest ago goes once there are over `max_bytes`.

    An array is kept under the digest of its content, computed here: whoever sent it, it is the
    right one for whoever asks for this digest, and nobody can read what he could not name.
    """

    directory: Path
    max_bytes: int = 4 * 2**30

    def open(self, data: Data) -> int | None:
        """A descriptor, to be closed by the caller, of the raw bytes; None when not there.

        The bytes stay readable through it even once the file is gone.
        """
        path = self.directory / data.digest[:2] / data.digest
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        if os.fstat(descriptor).st_size != data.nbytes:
            os.close(descriptor)
            path.unlink(missing_ok=True)
            return None
        os.utime(path)
        return descriptor

    def keep(self, data: Data, content: Content) -> None:
        """Keep an array's raw bytes.

        Raises:
            WrongContentError: they are not the array's.
            OSError: they cannot be written.
        """
        if memoryview(content).nbytes != data.nbytes:
            raise WrongContentError(f"{data.nbytes} bytes are expected for this array.")
        if content_digest(data.dtype, data.shape, content) != data.digest:
            raise WrongContentError("The content of an array is not what its digest says.")
        place = DirectoryPlace(self.directory)
        make_room(place, data.nbytes, self.max_bytes)
        place.write(data.digest, content)
