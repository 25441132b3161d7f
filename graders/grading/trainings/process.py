"""The process that trainings are forked from: it has imported Keras, and has done nothing else.

A forked child trains at once, normally, and gives all its memory back when it ends; had the
parent run a single operation, the child would hang. Started by `Trainers`, with descriptor
0 as its line to the host; it ends when the host hangs up, and its children with it.
"""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import resource
import signal
import socket
import sys
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from graders.grading.trainings.frames import FrameError, Frames
from graders.grading.trainings.trainers import DONE, FAILED
from graders.models.portable_schema import encode
from graders.models.training import Array, TrainingJob
from graders.models.training_form import dump_result, load_request
from graders.models.training_run import environment, run

MOST_BYTES = 2**40  # The host is trusted, and has checked.
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
_MOST_DESCRIPTORS = 8


def serve(host: socket.socket) -> None:
    """Fork a child for each connection that the host hands over."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # The system then buries the children.
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the host's to hear.
    # One warns that a process with threads is forked: its threads wait for work, no more.
    warnings.simplefilter("ignore", DeprecationWarning)
    described = encode(environment(os.environ, os.environ["GRADERS_TRAINING_DEVICE"]))
    Frames(host, None).send(json.dumps(described).encode())
    while True:
        mark, descriptors, _, _ = socket.recv_fds(host, 1, _MOST_DESCRIPTORS)
        if not mark:
            return
        parent = os.getpid()
        if os.fork() == 0:
            host.close()
            status = 1
            try:
                _live(parent, descriptors)
                status = 0
            finally:
                os._exit(status)
        for descriptor in descriptors:
            os.close(descriptor)


def _live(parent: int, descriptors: list[int]) -> None:
    """A child's whole life: one training."""
    ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        return
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    channel = socket.socket(fileno=descriptors[0])
    # With it the host can end this very process, whatever becomes of its number.
    socket.send_fds(channel, [b"p"], [os.pidfd_open(os.getpid())])
    frames = Frames(channel, None)
    try:
        settings = json.loads(bytes(frames.receive(MOST_BYTES)))
        job, start = load_request(bytes(frames.receive(MOST_BYTES)), MOST_BYTES)
        memory = settings["memory_bytes"]
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _let_memory_grow()
        arrays = _mapped(job, dict(zip(settings["arrays"], descriptors[1:], strict=True)))
        frames.send(DONE, dump_result(run(job, arrays, start)))
    except (FrameError, MemoryError):
        return  # The host sees a process that ended without a word.
    except Exception as error:  # noqa: BLE001 - the host is to know, whatever it is
        if type(error).__name__ == "ResourceExhaustedError":  # TensorFlow's own.
            return
        frames.send(FAILED, f"{type(error).__name__}: {error}"[:2000].encode())


def _mapped(job: TrainingJob, descriptors: Mapping[str, int]) -> dict[str, Array]:
    """The job's arrays, read where they lie: trainings side by side share their memory."""
    mapped: dict[str, Array] = {}
    for data in job.data:
        content = mmap.mmap(descriptors[data.digest], data.nbytes, prot=mmap.PROT_READ)
        mapped[data.digest] = np.frombuffer(content, data.dtype).reshape(data.shape)
    return mapped


def _let_memory_grow() -> None:
    """Keep TensorFlow from taking a whole GPU, where there is one."""
    tensorflow: Any = sys.modules.get("tensorflow")
    if tensorflow is not None and os.environ["GRADERS_TRAINING_DEVICE"] != "cpu":
        for device in tensorflow.config.list_physical_devices("GPU"):
            tensorflow.config.experimental.set_memory_growth(device, True)


if __name__ == "__main__":
    serve(socket.socket(fileno=0))
