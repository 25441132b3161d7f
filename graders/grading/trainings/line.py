"""The line between a student kernel and its `TrainingService`: a socket in the shared directory."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import socket
import stat
import threading
from collections.abc import Iterator
from contextvars import copy_context
from functools import partial
from types import TracebackType
from typing import Self

from graders.grading.isolation.exchange import SharedDirectory
from graders.grading.trainings import frames as framing
from graders.grading.trainings.frames import FrameError, Frames
from graders.grading.trainings.runners import Fetch
from graders.grading.trainings.service import NotTrained, TrainingRefused, TrainingService
from graders.models.training import Data

NAME = "trainings"
_LOG = logging.getLogger(__name__)
_FRAME_SECONDS = 60.0
_LONGEST_KIND = 16
_END_SECONDS = 2.0
_ATTEND_SECONDS = 1.0


class TrainingLine:
    """Serves a student kernel's requests in a thread of the host; a context manager.

    One request at a time; each frame from the student's side is bounded in size and time.
    """

    def __init__(self, service: TrainingService, shared: SharedDirectory) -> None:
        self._service = service
        self._shared = shared
        self._idle = threading.Event()
        self._idle.set()
        self._closing = False
        self._listener: socket.socket
        self._thread: threading.Thread

    def __enter__(self) -> Self:
        self._shared.remove(NAME)
        self._listener = _listen(self._shared.descriptor)
        # What it tells the student is in the language of whoever runs the notebook.
        serve = partial(copy_context().run, self._serve)
        self._thread = threading.Thread(target=serve, name="training-line", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._closing = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        # A training that goes on is left to end by itself: others may wait for its result.
        self._thread.join(_END_SECONDS)

    @property
    def path(self) -> str:
        """Where the student's side connects to."""
        return f"{self._shared.inside}/{NAME}"

    def attend(self, _kernel: object = None) -> bool:
        """What `StudentKernel` calls while a cell runs: returns once no training is going on.

        It comes back each second in any case, so that the kernel stays watched, and says
        whether one still is.
        """
        return not self._idle.wait(_ATTEND_SECONDS)

    def _serve(self) -> None:
        while not self._closing:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(FrameError):
                self._answer(Frames(connection, _FRAME_SECONDS))

    def _answer(self, frames: Frames) -> None:
        kind = bytes(frames.receive(_LONGEST_KIND))
        request = bytes(frames.receive(self._service.most_request_bytes))
        try:
            with self._busy():
                content = self._answered(kind, request, lambda data: self._fetch(frames, data))
        except TrainingRefused as refused:
            _send(frames, status="refused", message=str(refused))
        except NotTrained:
            _send(frames, status="not trained")
        except FrameError:
            raise
        except Exception:  # noqa: BLE001 - said in the log, and no reason to end a class
            # Whatever went wrong here, the student's kernel can still train.
            _LOG.exception("A training could not be served.")
            _send(frames, status="not trained")
        else:
            _send(frames, status="done")
            frames.send(content)

    def _answered(self, kind: bytes, request: bytes, fetch: Fetch) -> bytes:
        match kind:
            case framing.FIT:
                return self._service.answer(request, fetch)
            case framing.INFERENCE:
                return self._service.inferences.answer(request, fetch)
        raise NotTrained("another kind of request")

    def _fetch(self, frames: Frames, data: Data) -> memoryview:
        self._idle.set()  # The student's own time, not the trainer's.
        _send(frames, status="send", digest=data.digest)
        content = frames.receive(data.nbytes)
        self._idle.clear()
        return memoryview(content)

    @contextlib.contextmanager
    def _busy(self) -> Iterator[None]:
        self._idle.clear()
        try:
            yield
        finally:
            self._idle.set()


def _send(frames: Frames, **message: str) -> None:
    frames.send(json.dumps(message).encode())


def _listen(directory: int) -> socket.socket:
    """A socket in an open directory that a student can write to, and may connect to."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(f"/proc/self/fd/{directory}/{NAME}")
        # Through a descriptor of the very file: the name may lead elsewhere by now.
        descriptor = os.open(NAME, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                os.chmod(f"/proc/self/fd/{descriptor}", 0o777)  # noqa: PTH101
        finally:
            os.close(descriptor)
        listener.listen(4)
    except BaseException:
        listener.close()
        raise
    return listener
