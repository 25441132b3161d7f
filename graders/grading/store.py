"""`Store`: results by digest, so that nothing is computed twice; crashes and full disks are met.

An entry is its content followed by the SHA-256 of it: whatever is found otherwise (a crash, a
failing disk, a hand) is thrown away and computed again. Only the host writes here.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from graders.grading.store_places import DirectoryPlace, Place, UrlPlace, make_room

_TRAILER = hashlib.sha256().digest_size
_GIB = 2**30
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stored:
    """A result; `found` when it was there already, else it has just been computed."""

    content: bytes
    found: bool


class Store:
    """Bytes by digest (64 hexadecimal digits), shared by any number of processes.

    `max_bytes` bounds a directory: what was used longest ago goes first (a URL's size is its
    operator's business). `locks` is a directory of this machine for `once`.
    """

    def __init__(self, place: Place, locks: Path, max_bytes: int = 20 * _GIB) -> None:
        self._place = place
        self._locks = locks
        self._max_bytes = max_bytes
        self._full = False

    def get(self, digest: str) -> bytes | None:
        """The content stored under a digest, or None; what is corrupt is discarded."""
        try:
            entry = self._place.read(_name(digest))
        except OSError as error:
            _LOG.warning("The store could not be read: %s.", error)
            return None
        if entry is None:
            return None
        content = entry[:-_TRAILER]
        if len(entry) < _TRAILER or hashlib.sha256(content).digest() != entry[-_TRAILER:]:
            _LOG.warning("A corrupt entry of the store was discarded: %s.", digest)
            with suppress(OSError):
                self._place.remove(_name(digest))
            return None
        return content

    def put(self, digest: str, content: bytes) -> bool:
        """Store a content, complete or not at all; False when it could not be (reported once)."""
        entry = content + hashlib.sha256(content).digest()
        try:
            make_room(self._place, len(entry), self._max_bytes)
            self._place.write(_name(digest), entry)
        except OSError as error:
            if not self._full:
                _LOG.warning("Results are no longer stored, they will be needed again: %s.", error)
            self._full = True
            return False
        self._full = False
        return True

    def once(self, digest: str, compute: Callable[[], bytes]) -> Stored:
        """The content of a digest, computed by one process of this machine while others wait.

        A process that dies while computing leaves its place to the next one. Whatever `compute`
        raises goes through, and nothing is stored.
        """
        content = self.get(digest)
        if content is not None:
            return Stored(content, found=True)
        with self._claim(digest):
            content = self.get(digest)
            if content is not None:
                return Stored(content, found=True)
            content = compute()
            self.put(digest, content)
            return Stored(content, found=False)

    @contextmanager
    def _claim(self, digest: str) -> Iterator[None]:
        """Hold a digest alone; the system lets go of it when the process ends, however it does."""
        path = self._locks / f"{_name(digest)}.lock"
        descriptor = _locked(path)
        try:
            yield
        finally:
            if descriptor is not None:
                path.unlink(missing_ok=True)
                os.close(descriptor)


def open_store(address: str | Path, max_bytes: int = 20 * _GIB, locks: Path | None = None) -> Store:
    """The store in a local directory, or at any address that fsspec knows (`s3://…`).

    Raises:
        OSError: the directory cannot be made.
        ImportError, ValueError: nothing installed knows the address.
    """
    if "://" not in str(address):
        directory = Path(address)
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Store(DirectoryPlace(directory), locks or directory / "locks", max_bytes)
    if locks is None:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        locks = cache / "graders" / "locks" / hashlib.sha256(str(address).encode()).hexdigest()
    return Store(UrlPlace(str(address)), locks, max_bytes)


def _name(digest: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise ValueError(f"A digest of 64 hexadecimal digits is expected. Received: {digest!r}.")
    return digest


def _locked(path: Path) -> int | None:
    """A descriptor that holds the lock file `path`; None where files cannot be locked."""
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            _LOG.warning("A result may be computed twice: %s.", error)
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            # Whoever held it has removed it on leaving: then this is no longer the lock.
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        except FileNotFoundError:
            pass
        except OSError as error:
            os.close(descriptor)
            _LOG.warning("A result may be computed twice: %s.", error)
            return None
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
