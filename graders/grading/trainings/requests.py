"""Asking the host for work from a student's kernel, over its socket.

Whatever a student does to this file's functions changes that student's own cells only: the host
believes nothing that comes from here.
"""

from __future__ import annotations

import functools
import inspect
import json
import socket
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import keras
import numpy as np

from graders.grading.trainings.frames import FrameError, Frames
from graders.models.training import Array

MOST_BYTES = 1 << 32
_HEADER_BYTES = 1 << 16
_FRAME_SECONDS = 120.0

Uninstall = Callable[[], None]


class RefusedError(Exception):
    """The host will not do this; the message is for the student."""


class NotDoneError(Exception):
    """The host did not do this: Keras, here, will say why or do it."""


class Requests(Protocol):
    """A way to have work done elsewhere."""

    def ask(self, kind: bytes, request: bytes, arrays: Mapping[str, Array]) -> bytes:
        """The result of a request of a kind (`frames.FIT`, `frames.INFERENCE`), both as bytes.

        Raises:
            RefusedError: it will not be done.
            NotDoneError: it was not done; do it here instead.
        """


class EntrainementRefuse(RuntimeError):  # noqa: N818 - a student reads this name
    """Le correcteur ne fait pas cet entraînement."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows of it: the message, without the grader's own lines."""
        return [f"{type(self).__name__}: {self}"]


class SocketRequests:
    """Requests over the host's socket, one connection for each."""

    def __init__(self, path: str) -> None:
        self._path = path

    def ask(self, kind: bytes, request: bytes, arrays: Mapping[str, Array]) -> bytes:
        """As `Requests.ask`; a host that cannot be reached has done nothing."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as channel:
            try:
                channel.connect(self._path)
                frames = Frames(channel, _FRAME_SECONDS)
                frames.send(kind)
                return _converse(frames, request, arrays)
            except (OSError, FrameError) as error:
                raise NotDoneError(str(error)) from None


def _converse(frames: Frames, request: bytes, arrays: Mapping[str, Array]) -> bytes:
    frames.send(request)
    while True:
        # The trainer takes its time: the host watches over it, and the cell can be interrupted.
        message = json.loads(bytes(frames.receive(_HEADER_BYTES, seconds=float("inf"))))
        match message:
            case {"status": "send", "digest": digest}:
                frames.send(np.ascontiguousarray(arrays[digest]))
            case {"status": "done"}:
                return bytes(frames.receive(MOST_BYTES))
            case {"status": "refused", "message": text}:
                raise RefusedError(text)
            case _:
                raise NotDoneError("not done")


def replace_method(
    name: str, elsewhere: Callable[[Any, Mapping[str, Any]], tuple[Any] | None]
) -> Uninstall:
    """Have a method of `keras.Model` try `elsewhere` first; returns what puts it back.

    `elsewhere` receives the model and the bound arguments, defaults applied; it gives what the
    method is to return, or None for the method itself to run.
    """
    original = getattr(keras.Model, name)
    signature = inspect.signature(original)

    @functools.wraps(original)
    def method(self: Any, *arguments: Any, **settings: Any) -> Any:
        try:
            bound = signature.bind(self, *arguments, **settings)
        except TypeError:
            return original(self, *arguments, **settings)
        bound.apply_defaults()
        model = bound.arguments.pop("self")
        done = elsewhere(model, bound.arguments)
        return original(self, *arguments, **settings) if done is None else done[0]

    own = name in vars(keras.Model)
    setattr(keras.Model, name, method)

    def uninstall() -> None:
        if own:
            setattr(keras.Model, name, original)
        else:
            delattr(keras.Model, name)

    return uninstall
