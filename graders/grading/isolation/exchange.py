"""`SharedDirectory`: the one place where host and student kernel leave each other files."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass


class SharedFileError(ValueError):
    """A file of the shared directory is not one the host will read or write."""


@dataclass(frozen=True, slots=True)
class SharedDirectory:
    """A directory that student code can write to, open on the host as `descriptor`.

    `inside` is its path for the student kernel. Only plain names are used here, and neither
    symbolic link, device, pipe nor growing file leads the host elsewhere or makes it wait.
    """

    descriptor: int
    inside: str

    def read(self, name: str, max_bytes: int) -> bytes:
        """The content of a regular file.

        Raises:
            SharedFileError: missing, not a regular file, longer than `max_bytes` or not readable.
        """
        descriptor = self._open(name, os.O_RDONLY)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise SharedFileError(f"{name!r} must be a regular file. Received: another kind.")
            if status.st_size > max_bytes:
                raise SharedFileError(
                    f"{name!r} must have at most {max_bytes} bytes. Received: {status.st_size}."
                )
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                content = file.read(max_bytes + 1)
        finally:
            os.close(descriptor)
        if len(content) > max_bytes:
            raise SharedFileError(f"{name!r} must have at most {max_bytes} bytes. It is growing.")
        return content

    def write(self, name: str, content: bytes) -> None:
        """A new file in place of whatever bears that name; it appears complete or not at all.

        Raises:
            SharedFileError: it cannot be written, because the directory is full for instance.
        """
        _check(name)
        partial = f".{name}.partial"
        self.remove(partial)
        descriptor = self._open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                os.fchmod(descriptor, 0o644)
            os.rename(partial, name, src_dir_fd=self.descriptor, dst_dir_fd=self.descriptor)
        except OSError as error:
            raise SharedFileError(f"{name!r} could not be written: {error.strerror}.") from error

    def remove(self, name: str) -> None:
        """Make sure no file bears that name.

        Raises:
            SharedFileError: a directory bears it.
        """
        _check(name)
        try:
            os.unlink(name, dir_fd=self.descriptor)
        except FileNotFoundError:
            return
        except OSError as error:
            raise SharedFileError(f"{name!r} could not be removed: {error.strerror}.") from error

    def _open(self, name: str, mode: int) -> int:
        _check(name)
        # Without O_NONBLOCK a named pipe, or a file under lease, would hold the host for ever.
        flags = mode | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
        try:
            return os.open(name, flags, 0o644, dir_fd=self.descriptor)
        except OSError as error:
            raise SharedFileError(f"{name!r} could not be opened: {error.strerror}.") from error


def _check(name: str) -> None:
    if not name or "/" in name or "\0" in name or name in {".", ".."}:
        raise SharedFileError(
            f"A plain file name is expected, without folders. Received: {name!r}."
        )
