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
    What the directory has no room for is kept in `spare`.
    """

    directory: Path
    max_bytes: int = 4 * 2**30
    spare: Path | None = None

    def open(self, data: Data) -> int | None:
        """A descriptor, to be closed by the caller, of the raw bytes; None when not there.

        The bytes stay readable through it even once the file is gone.
        """
        for directory in self._directories():
            path = directory / data.digest[:2] / data.digest
            try:
                descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                continue
            if os.fstat(descriptor).st_size == data.nbytes:
                os.utime(path)
                return descriptor
            os.close(descriptor)
            path.unlink(missing_ok=True)
        return None

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
        try:
            self._write(self.directory, data, content)
        except OSError:
            if self.spare is None:
                raise
            self._write(self.spare, data, content)

    def _write(self, directory: Path, data: Data, content: Content) -> None:
        place = DirectoryPlace(directory)
        make_room(place, data.nbytes, self.max_bytes)
        place.write(data.digest, content)

    def _directories(self) -> tuple[Path, ...]:
        return (self.directory,) if self.spare is None else (self.directory, self.spare)
