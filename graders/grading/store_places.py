"""Where a `Store` keeps its entries: a local directory, or any address that fsspec knows."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

Content = bytes | bytearray | memoryview
_PARTIAL = ".partial-"
_ABANDONED_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its size in bytes, and when it was last used, in seconds since the epoch."""

    name: str
    size: int
    used: float


class Place(Protocol):
    """Bytes by name. Names are plain: hexadecimal digits."""

    def read(self, name: str) -> bytes | None:
        """The bytes, or None; counts as a use. Raises OSError."""

    def write(self, name: str, content: Content) -> None:
        """The bytes appear complete, in place of others, or not at all. Raises OSError."""

    def remove(self, name: str) -> None:
        """Make sure that nothing has this name. Raises OSError."""

    def entries(self) -> Iterable[Entry]:
        """What counts against the size limit."""


def make_room(place: Place, coming: int, most: int) -> None:
    """Remove what was used longest ago until `coming` bytes more are at most `most` in all.

    Raises:
        OSError: something could not be removed.
    """
    entries = sorted(place.entries(), key=lambda entry: entry.used)
    excess = sum(entry.size for entry in entries) + coming - most
    for entry in entries:
        if excess <= 0:
            return
        place.remove(entry.name)
        excess -= entry.size


@dataclass(frozen=True, slots=True)
class DirectoryPlace:
    """A local directory, in 256 folders."""

    directory: Path

    def read(self, name: str) -> bytes | None:
        path = self._path(name)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        with suppress(OSError):
            os.utime(path)
        return content

    def write(self, name: str, content: Content) -> None:
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = path.with_name(f"{_PARTIAL}{secrets.token_hex(8)}")
        try:
            partial.write_bytes(content)
            partial.replace(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise

    def remove(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def entries(self) -> Iterator[Entry]:
        """Every entry; what a process that died was writing is swept away on the way."""
        for path in self.directory.glob("[0-9a-f][0-9a-f]/*"):
            with suppress(FileNotFoundError):
                status = path.stat()
                if not path.name.startswith(_PARTIAL):
                    yield Entry(path.name, status.st_size, status.st_mtime)
                elif status.st_mtime < time.time() - _ABANDONED_SECONDS:
                    path.unlink()

    def _path(self, name: str) -> Path:
        return self.directory / name[:2] / name


class UrlPlace:
    """An address such as `s3://bucket/folder`; its size limit is left to its operator."""

    def __init__(self, url: str) -> None:
        import fsspec  # noqa: PLC0415 - only who asks for an address needs it

        self._files: Any
        self._files, self._root = fsspec.core.url_to_fs(url)

    def read(self, name: str) -> bytes | None:
        try:
            return bytes(self._files.cat_file(self._path(name)))
        except FileNotFoundError:
            return None

    def write(self, name: str, content: Content) -> None:
        self._files.makedirs(self._root, exist_ok=True)
        partial = self._path(f"{_PARTIAL}{secrets.token_hex(8)}")
        self._files.pipe_file(partial, bytes(content))
        self._files.mv(partial, self._path(name))

    def remove(self, name: str) -> None:
        with suppress(FileNotFoundError):
            self._files.rm_file(self._path(name))

    def entries(self) -> tuple[Entry, ...]:
        return ()

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"
