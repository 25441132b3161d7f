"""`Trainers`: runs trainings, each in a fresh process, never more at once than there are slots."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from graders.grading.trainings.devices import NONE_VISIBLE, VISIBLE, visible_gpus
from graders.grading.trainings.frames import FIT, INFERENCE, FrameError, Frames
from graders.language import translate as _
from graders.models.inference import InferenceJob
from graders.models.inference_form import dump_request as dump_inference
from graders.models.portable_schema import decode, parse_json
from graders.models.snapshot import Weights
from graders.models.training import ALIKE_TO_THE_BIT, Environment, TrainingJob, TrainingState
from graders.models.training_form import HEADER_BYTES, dump_request

CPU, ANY_GPU = "cpu", "gpu"
_START_SECONDS = 120.0
_END_SECONDS = 10.0
_MOST_BYTES = 2**34
DONE, FAILED, FELL, KILLED = b"D", b"F", b"M", b"K"
"""First byte of a trainer's answer: a result follows, or what Keras said; or it has ended without
one, by itself or by a signal from outside."""


class TrainingFailed(Exception):  # noqa: N818 - it says what became of the training
    """Keras refused the training: its own words, not for a student."""


class TrainerDied(Exception):  # noqa: N818 - it says what became of the trainer
    """The trainer's process ended, or was ended; the message says why, to a student.

    `seconds` is how long it had been running.
    """

    def __init__(self, message: str, seconds: float = 0.0) -> None:
        super().__init__(message)
        self.seconds = seconds


class TrainerLost(Exception):  # noqa: N818 - it says what became of the trainer
    """The trainer's process was ended by something that is not this training's doing."""


@dataclass(frozen=True, slots=True)
class TrainerSettings:
    """Where and how trainings run.

    `device` is `cpu`, the number of a GPU, or `gpu`: the one this process was given, the first it
    sees, or the processor where it sees none. `slots` is how many run at once: as many as the
    cores allow on a CPU, one on a GPU. `seconds` is the wall-clock time of one.
    """

    backend: str = "tensorflow"
    device: str = "cpu"
    threads: int = ALIKE_TO_THE_BIT
    slots: int | None = None
    seconds: float = 1800
    memory_bytes: int = 6 * 2**30

    def places(self) -> int:
        """How many trainings run at once."""
        if self.slots is not None:
            return max(self.slots, 1)
        cores = len(os.sched_getaffinity(0))
        return max(cores // self.threads, 1) if self.gpu() is None else 1

    def gpu(self) -> str | None:
        """The GPU that is used here, as `CUDA_VISIBLE_DEVICES` names it; None on the processor."""
        if self.device == CPU:
            return None
        return next(iter(visible_gpus()), None) if self.device == ANY_GPU else self.device

    def variables(self) -> dict[str, str]:
        """Environment variables of a trainer: what its results depend on is set here."""
        threads, gpu = str(self.threads), self.gpu()
        return {
            "KERAS_BACKEND": self.backend,
            "GRADERS_TRAINING_DEVICE": "cpu" if gpu is None else "gpu",
            VISIBLE: gpu or NONE_VISIBLE,
            "JAX_PLATFORMS": "cpu" if gpu is None else "cuda",
            "TF_FORCE_GPU_ALLOW_GROWTH": "true",
            "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
            "TF_NUM_INTRAOP_THREADS": threads,
            "TF_NUM_INTEROP_THREADS": threads,
            "OMP_NUM_THREADS": threads,
            "OPENBLAS_NUM_THREADS": threads,
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "PYTHONPATH": str(Path(__file__).parents[3]),
        }


class Trainers:
    """Trainers of one machine; a context manager, for any number of threads.

    Their process is started on entering, and is waited for by the first training only.
    """

    def __init__(self, settings: TrainerSettings | None = None) -> None:
        self.settings = settings or TrainerSettings()
        self._places = threading.BoundedSemaphore(self.settings.places())
        self._lock = threading.Lock()
        self._nursery: _Nursery | None = None

    def __enter__(self) -> Self:
        self._nursery = _Nursery(self.settings.variables())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._nursery is not None:
            self._nursery.close()
            self._nursery = None

    def environment(self) -> Environment:
        """What trainings run in: part of the digest of each; raises TrainerLost."""
        with self._lock:
            return self._ready().environment()

    def train(self, job: TrainingJob, start: TrainingState, arrays: Mapping[str, int]) -> bytes:
        """The result of a job as `training_form.load_result` reads it, once a slot is free.

        `arrays` are descriptors of raw bytes by digest; they stay the caller's.

        Raises:
            TrainingFailed: Keras does not train this.
            TrainerDied: it took too much time or memory, or crashed.
            TrainerLost: the machine has failed it.
        """
        return self._run(FIT, dump_request(job, start), arrays)

    def infer(self, job: InferenceJob, weights: Weights, arrays: Mapping[str, int]) -> bytes:
        """The result of a job as `inference_form.load_result` reads it; as `train`."""
        return self._run(INFERENCE, dump_inference(job, weights), arrays)

    def _run(self, kind: bytes, request: bytes, arrays: Mapping[str, int]) -> bytes:
        with self._places, _Child(self._connected(list(arrays.values()))) as child:
            settings = {
                "kind": kind.decode(),
                "memory_bytes": self.settings.memory_bytes,
                "arrays": list(arrays),
            }
            return child.run(json.dumps(settings).encode(), request, self.settings.seconds)

    def _connected(self, descriptors: list[int]) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            try:
                self._ready().hand_over([theirs.fileno(), *descriptors])
            except BaseException:
                ours.close()
                raise
        return ours

    def _ready(self) -> _Nursery:
        """The process to fork from; another one, should the first have died."""
        if self._nursery is None:
            raise RuntimeError("Trainers are used within `with`.")
        if not self._nursery.alive:
            self._nursery.close()
            self._nursery = _Nursery(self.settings.variables())
        self._nursery.environment()
        return self._nursery


class _Nursery:
    """The process of `process.py`."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._line, theirs = socket.socketpair()
        self._complaints: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - see `close`
        self._environment: Environment | None = None
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "graders.grading.trainings.process"],
                env={**os.environ, **variables},
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=self._complaints,
            )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def environment(self) -> Environment:
        if self._environment is None:
            try:
                said = Frames(self._line, _START_SECONDS).receive(HEADER_BYTES)
            except FrameError as error:
                raise TrainerLost(
                    f"The trainers' process did not start: {self._complaint() or error}"
                ) from None
            decoded: Environment = decode(Environment, parse_json(bytes(said), HEADER_BYTES))
            self._environment = decoded
            self._line.settimeout(None)
        return self._environment

    def hand_over(self, descriptors: list[int]) -> None:
        try:
            socket.send_fds(self._line, [b"t"], descriptors)
        except OSError as error:
            raise TrainerLost(f"The trainers' process has disappeared: {error}.") from None

    def close(self) -> None:
        self._line.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._complaints.close()

    def _complaint(self) -> str:
        self._complaints.seek(0)
        written = self._complaints.read()[-4000:].decode("utf-8", "replace").strip()
        return (written.splitlines() or [""])[-1]


class _Child:
    """One forked process, from the host; leaving the context ends it."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._pidfd: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._channel.close()
        if self._pidfd is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            # Its memory is given back before the next one takes its place.
            select.select([self._pidfd], [], [], _END_SECONDS)
            os.close(self._pidfd)

    def run(self, settings: bytes, request: bytes, seconds: float) -> bytes:
        until = time.monotonic() + seconds
        try:
            self._channel.settimeout(_END_SECONDS)
            mark, descriptors, *_flags = socket.recv_fds(self._channel, 1, 1)
            if not mark or not descriptors:
                raise TrainerLost("It did not start.")
            self._pidfd = descriptors[0]
            frames = Frames(self._channel, seconds)
            frames.send(settings)
            frames.send(request)
            answer = frames.receive(_MOST_BYTES, seconds=max(until - time.monotonic(), 0.001))
        except (FrameError, OSError):
            if time.monotonic() >= until:
                message = _(
                    "L'entraînement a été arrêté : il a duré plus de {seconds} secondes."
                ).format(seconds=f"{seconds:.0f}")
                raise TrainerDied(message, seconds) from None
            raise TrainerLost("Its process has disappeared.") from None
        outcome, content = answer[:1], memoryview(answer)[1:]
        if outcome == KILLED:
            raise TrainerLost(f"It was ended by the signal {int.from_bytes(content)}.")
        if outcome == FELL:
            raise TrainerDied(
                _("L'entraînement s'est interrompu : sans doute demandait-il trop de mémoire."),
                time.monotonic() - until + seconds,
            )
        if outcome == FAILED:
            raise TrainingFailed(bytes(content).decode("utf-8", "replace"))
        return bytes(content)
