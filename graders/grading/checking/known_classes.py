"""`KnownClasses`: the test images as models of our own trainers class them, measured once.

A test cell's process measures a model on every test image. What it finds of a model that one of
our trainers made is kept by the host, and told to later test cells, of any submission.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from graders.grading.store import Store
from graders.grading.transcript import Verified
from graders.models.classified import Classes, ClassMemory, Key

_MOST_IMAGES = 100_000
_LOWEST, _HIGHEST = -1, 9


def key_of(verified: Verified) -> Key:
    """The model that a training has made."""
    return verified.architecture, verified.weights


@dataclass(frozen=True, slots=True)
class KnownClasses:
    """Classes kept in a store; `context` is the digest of all else that they depend on."""

    store: Store
    context: str

    def told(self, verified: Iterable[Verified]) -> list[list[str]]:
        """What is known of the models of these trainings, as `memory_of` reads it."""
        found = []
        for key in dict.fromkeys(map(key_of, verified)):
            content = self.store.get(self._name(key))
            if content is not None and _readable(content):
                found.append([*key, base64.b64encode(content).decode()])
        return found

    def keep(self, said: Any, verified: Iterable[Verified]) -> None:
        """Keep what a test cell's process says it has measured of these models, as `said_of`.

        Whatever is not of that form, or of another model, is dropped.
        """
        wanted = {key_of(each) for each in verified}
        for entry in said if type(said) is list else []:
            match entry:
                case [str(architecture), str(weights), str(encoded)]:
                    key, content = (architecture, weights), _decoded(encoded)
                    if key in wanted and content is not None and _readable(content):
                        self.store.put(self._name(key), content)

    def _name(self, key: Key) -> str:
        return hashlib.sha256("\0".join(("classes", self.context, *key)).encode()).hexdigest()


def memory_of(told: list[list[str]], verified: Iterable[Verified]) -> ClassMemory:
    """What a test cell's process knows of the models it may find."""
    given = {
        (architecture, weights): _array(base64.b64decode(encoded))
        for architecture, weights, encoded in told
    }
    return ClassMemory(given, frozenset(map(key_of, verified)))


def said_of(memory: ClassMemory) -> list[list[str]]:
    """What a test cell's process has measured, for the host to keep."""
    return [
        [*key, base64.b64encode(classes.tobytes()).decode()]
        for key, classes in memory.found.items()
    ]


def _decoded(encoded: str) -> bytes | None:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None


def _readable(content: bytes) -> bool:
    """Whether bytes are classes of images."""
    classes = _array(content)
    return 0 < len(classes) <= _MOST_IMAGES and bool(
        ((classes >= _LOWEST) & (classes <= _HIGHEST)).all()
    )


def _array(content: bytes) -> Classes:
    return np.frombuffer(content, np.int8)
