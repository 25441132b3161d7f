"""The process that trainings are forked from: it has imported Keras, and has done nothing else.

A forked child trains at once, normally, and gives all its memory back when it ends; had the
parent run a single operation, the child would hang. Started by `Trainers`, with descriptor
0 as its line to the host; it ends when the host hangs up, and its children with it.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import mmap
import os
import resource
import select
import signal
import socket
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from graders.grading.trainings.frames import FIT, INFERENCE, FrameError, Frames, framed
from graders.grading.trainings.trainers import DONE, FAILED, FELL, KILLED
from graders.models import inference_form
from graders.models.inference_run import infer
from graders.models.portable_schema import encode
from graders.models.training import Array, Data
from graders.models.training_form import dump_result, load_request
from graders.models.training_run import environment, run

MOST_BYTES = 2**40  # The host is trusted, and has checked.
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
_MOST_DESCRIPTORS = 8
# Signals that no training brings upon itself.
_FROM_OUTSIDE = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT})


def serve(host: socket.socket) -> None:
    """Fork a child for each connection that the host hands over, and tell it of its death."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the host's to hear.
    # One warns that a process with threads is forked: its threads wait for work, no more.
    warnings.simplefilter("ignore", DeprecationWarning)
    described = encode(environment(os.environ, os.environ["GRADERS_TRAINING_DEVICE"]))
    Frames(host, None).send(json.dumps(described).encode())
    children: dict[int, _Child] = {}
    poll = select.poll()
    poll.register(host, select.POLLIN)
    while True:
        for descriptor, _ in poll.poll():
            if descriptor != host.fileno():
                poll.unregister(descriptor)
                _bury(descriptor, children.pop(descriptor))
                continue
            mark, descriptors, _, _ = socket.recv_fds(host, 1, _MOST_DESCRIPTORS)
            if not mark:
                return
            pid = _forked(host, descriptors, children)
            pidfd = os.pidfd_open(pid)
            children[pidfd] = _Child(pid, descriptors[0])
            poll.register(pidfd, select.POLLIN)


@dataclass(frozen=True, slots=True)
class _Child:
    """A forked child, and a descriptor of its connection to the host."""

    pid: int
    channel: int


def _forked(host: socket.socket, descriptors: list[int], others: Mapping[int, _Child]) -> int:
    """The number of a new child; of its descriptors this process keeps the connection only."""
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            host.close()
            for pidfd, other in others.items():
                os.close(pidfd)
                os.close(other.channel)
            status = _live(parent, descriptors)
        finally:
            os._exit(status)
    for descriptor in descriptors[1:]:
        os.close(descriptor)
    return pid


def _bury(pidfd: int, child: _Child) -> None:
    """Tell the host how a child ended, where the child has not said so itself."""
    os.close(pidfd)
    _, status = os.waitpid(child.pid, 0)
    killer = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if status:
        said = KILLED + bytes((killer,)) if killer in _FROM_OUTSIDE else FELL
        with socket.socket(fileno=child.channel) as channel, contextlib.suppress(OSError):
            # Never waiting for a host that does not listen any more.
            channel.send(framed(said), socket.MSG_DONTWAIT)
    else:
        os.close(child.channel)


def _live(parent: int, descriptors: list[int]) -> int:
    """A child's whole life, one piece of work, and its exit status: 0 when it has had its say."""
    ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        return 1
    channel = socket.socket(fileno=descriptors[0])
    # With it the host can end this very process, whatever becomes of its number.
    socket.send_fds(channel, [b"p"], [os.pidfd_open(os.getpid())])
    frames = Frames(channel, None)
    try:
        settings = json.loads(bytes(frames.receive(MOST_BYTES)))
        request = bytes(frames.receive(MOST_BYTES))
        memory = settings["memory_bytes"]
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _let_memory_grow()
        given = dict(zip(settings["arrays"], descriptors[1:], strict=True))
        frames.send(DONE, _WORK[settings["kind"].encode()](request, given))
    except FrameError:
        return 0  # There is nobody to tell.
    except MemoryError:
        return 1
    except Exception as error:  # noqa: BLE001 - the host is to know, whatever it is
        if type(error).__name__ == "ResourceExhaustedError":  # TensorFlow's own.
            return 1
        frames.send(FAILED, f"{type(error).__name__}: {error}"[:2000].encode())
    return 0


def _train(request: bytes, given: Mapping[str, int]) -> bytes:
    job, start = load_request(request, MOST_BYTES)
    return dump_result(run(job, _mapped(job.data, given), start))


def _infer(request: bytes, given: Mapping[str, int]) -> bytes:
    job, weights = inference_form.load_request(request, MOST_BYTES)
    return inference_form.dump_result(infer(job, _mapped(job.data, given), weights))


_WORK: Mapping[bytes, Callable[[bytes, Mapping[str, int]], bytes]] = MappingProxyType(
    {FIT: _train, INFERENCE: _infer}
)


def _mapped(arrays: Iterable[Data], descriptors: Mapping[str, int]) -> dict[str, Array]:
    """A job's arrays, read where they lie: trainings side by side share their memory."""
    mapped: dict[str, Array] = {}
    for data in arrays:
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
