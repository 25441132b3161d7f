"""`fit` in a student's kernel becomes a request to the trainers, where that gives the same.

Everything else is left to Keras. Whatever a student does to this file's functions changes that
student's own cells only: the host believes nothing that comes from here.
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
from graders.models.portable_fit import NotPortable, portable
from graders.models.portable_schema import PortableError
from graders.models.training import Array
from graders.models.training_apply import apply
from graders.models.training_form import dump_request, load_result

_HEADER_BYTES = 1 << 16
_MOST_BYTES = 1 << 32
_FRAME_SECONDS = 120.0


class RefusedError(Exception):
    """The host will not run this training; the message is for the student."""


class NotTrainedError(Exception):
    """The host did not run this training: Keras, here, will say why or do it."""


class Requests(Protocol):
    """A way to have a training run elsewhere."""

    def train(self, request: bytes, arrays: Mapping[str, Array]) -> bytes:
        """The result of a request, both as `training_form` writes them.

        Raises:
            RefusedError: it will not be run.
            NotTrainedError: it was not run; train here instead.
        """


class EntrainementRefuse(RuntimeError):  # noqa: N818 - a student reads this name
    """Le correcteur ne fait pas cet entraînement."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows of it: the message, without the grader's own lines."""
        return [f"{type(self).__name__}: {self}"]


def install(requests: Requests) -> Callable[[], None]:
    """Make `keras.Model.fit` ask for its trainings; returns what puts the original back."""
    original = keras.Model.fit
    signature = inspect.signature(original)

    @functools.wraps(original)
    def fit(self: Any, *arguments: Any, **settings: Any) -> Any:
        trained = _trained(requests, signature, (self, *arguments), settings)
        return original(self, *arguments, **settings) if trained is None else trained

    own = "fit" in vars(keras.Model)
    keras.Model.fit = fit

    def uninstall() -> None:
        if own:
            keras.Model.fit = original
        else:
            del keras.Model.fit

    return uninstall


def install_socket(path: str) -> None:
    """`install` with the host's socket."""
    install(SocketRequests(path))


def _trained(
    requests: Requests,
    signature: inspect.Signature,
    arguments: tuple[Any, ...],
    settings: Mapping[str, Any],
) -> Any:
    """The `History` of a training that the host has run; None for `fit` to train here."""
    try:
        bound = signature.bind(*arguments, **settings)
    except TypeError:
        return None
    bound.apply_defaults()
    model = bound.arguments.pop("self")
    described = portable(model, bound.arguments)
    if isinstance(described, NotPortable):
        return None
    try:
        content = requests.train(dump_request(described.job, described.start), described.arrays)
        result = load_result(content, _MOST_BYTES)
    except RefusedError as refused:
        raise EntrainementRefuse(str(refused)) from None
    except (NotTrainedError, PortableError):
        return None
    return apply(result, model, described)


class SocketRequests:
    """Requests over the host's socket, one connection for each."""

    def __init__(self, path: str) -> None:
        self._path = path

    def train(self, request: bytes, arrays: Mapping[str, Array]) -> bytes:
        """As `Requests.train`; a host that cannot be reached has not trained."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as channel:
            try:
                channel.connect(self._path)
                return _converse(Frames(channel, _FRAME_SECONDS), request, arrays)
            except (OSError, FrameError) as error:
                raise NotTrainedError(str(error)) from None


def _converse(frames: Frames, request: bytes, arrays: Mapping[str, Array]) -> bytes:
    frames.send(request)
    while True:
        # The trainer takes its time: the host watches over it, and the cell can be interrupted.
        message = json.loads(bytes(frames.receive(_HEADER_BYTES, seconds=float("inf"))))
        match message:
            case {"status": "send", "digest": digest}:
                frames.send(np.ascontiguousarray(arrays[digest]))
            case {"status": "done"}:
                return bytes(frames.receive(_MOST_BYTES))
            case {"status": "refused", "message": text}:
                raise RefusedError(text)
            case _:
                raise NotTrainedError("not trained")
