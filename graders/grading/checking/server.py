"""The clean process that test cells are forked from: it imports, and never computes.

Run as a module, with a socket to the host as its standard input. A process that has only imported
TensorFlow can be forked in milliseconds; after any operation its children would hang.
"""

from __future__ import annotations

import gc
import importlib
import json
import mmap
import os
import resource
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

MOST_REPLY_BYTES = 4 * 2**20
_MOST_MESSAGE_BYTES = 64 * 2**10
_LARGEST_FILE = 16 * 2**20
_TICK_MILLISECONDS = 50
_PAGE = resource.getpagesize()
# What every test cell needs; an answer key is named by whoever starts the server, and fails soon.
_ALWAYS = ("tensorflow", "graders.grading.checking.cell_running", "graders.grading.values.live")


@dataclass(frozen=True, slots=True)
class Order:
    """One test cell to run: descriptors of its plan, document, blob and reply, and its limits."""

    plan: int
    document: int
    blob: int
    reply: int
    seconds: float
    memory_bytes: int


def main(modules: list[str]) -> None:
    """Import `modules`, then run one test cell after another until the host hangs up."""
    control = socket.socket(fileno=os.dup(0))
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    # Among a million objects that stay, there is no garbage to look for: a sixth of the time.
    gc.disable()
    for module in (*modules, *_ALWAYS):
        importlib.import_module(module)
    _read_catalogues()
    _read_mnist()
    # A collection in a child would touch, and so copy, every page it shares with this process.
    gc.collect()
    gc.freeze()
    gc.enable()
    control.send(json.dumps({"ready": True}).encode())
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, _MOST_MESSAGE_BYTES, 4)
        if not message:
            return
        report = _serve(Order(*descriptors, **json.loads(message)), control)
        for descriptor in descriptors:
            os.close(descriptor)
        control.send(json.dumps(report).encode())


def _read_catalogues() -> None:
    """Children share what is read here."""
    from graders.language import LANGUAGES, catalogue  # noqa: PLC0415

    for language in LANGUAGES:
        catalogue(language)


def _read_mnist() -> None:
    """Children share what is read here; it is made with NumPy alone."""
    from graders.models.datasets import mnist, mnist_path  # noqa: PLC0415

    if mnist_path().is_file():
        digits = mnist()
        digits.x_test, digits.y_test  # noqa: B018 - read once, kept by the value


def _serve(order: Order, control: socket.socket) -> dict[str, Any]:
    """Fork, watch, and report how the child ended and what it used."""
    began = time.process_time()
    child = os.fork()
    if child == 0:
        control.close()
        _be_the_child(order)
    ending = _watch(child, order, control)
    _, status, used = os.wait4(child, 0)
    if ending is None:
        ending = "exited" if status == 0 else "died"
    cpu = used.ru_utime + used.ru_stime + time.process_time() - began
    return {"ending": ending, "cpu_seconds": cpu, "peak_bytes": used.ru_maxrss * 1024}


def _watch(child: int, order: Order, control: socket.socket) -> str | None:
    """Wait for the end of a child; kill it and say why when it passes a limit."""
    deadline = time.monotonic() + order.seconds
    pidfd = os.pidfd_open(child)
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    poll.register(control, select.POLLRDHUP)
    try:
        while True:
            events = dict(poll.poll(_TICK_MILLISECONDS))
            if pidfd in events:
                return None
            excess = "abandoned" if events else _excess(child, order, deadline)
            if excess:
                signal.pidfd_send_signal(pidfd, signal.SIGKILL)
                return excess
    finally:
        os.close(pidfd)


def _excess(child: int, order: Order, deadline: float) -> str | None:
    if time.monotonic() > deadline:
        return "time limit"
    if _resident_bytes(child) > order.memory_bytes:
        return "memory limit"
    return None


def _resident_bytes(process: int) -> int:
    return int(Path(f"/proc/{process}/statm").read_bytes().split()[1]) * _PAGE


def _be_the_child(order: Order) -> None:
    """Run the test cell and leave, without a way back into the server's code."""
    status = 1
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
        nothing = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):  # TensorFlow writes to them past Python's own.
            os.dup2(nothing, stream)
        reply = _checked(order)
        os.write(order.reply, json.dumps(reply).encode()[:MOST_REPLY_BYTES])
        status = 0
    finally:
        os._exit(status)


def _checked(order: Order) -> dict[str, Any]:
    import keras  # noqa: PLC0415 - all are there: the server has imported them

    from graders.grading.checking.cell_running import Ending, Stop, run_cell  # noqa: PLC0415
    from graders.grading.checking.known_classes import memory_of, said_of  # noqa: PLC0415
    from graders.grading.transcript import Verified  # noqa: PLC0415
    from graders.grading.values.decoding import ValuesError, decode  # noqa: PLC0415
    from graders.grading.values.live import live_builders, unverified_trainings  # noqa: PLC0415
    from graders.language import speaking  # noqa: PLC0415
    from graders.models.classified import remembering  # noqa: PLC0415
    from graders.models.portable_schema import decode as known  # noqa: PLC0415

    plan = json.loads(bytes(_content(order.plan)))
    document = bytes(_content(order.document))
    keras.utils.set_random_seed(plan["seed"])
    try:
        verified = tuple(known(Verified, record) for record in plan["verified"])
        values = decode(document, _content(order.blob), builders=live_builders(verified))
    except ValuesError as error:
        ending = Ending(stop=Stop.UNREADABLE_VALUES, message=str(error)[:200])
        return {"ending": ending.to_data(), "classes": []}
    unverified = unverified_trainings(values.values)
    keras.utils.set_random_seed(plan["seed"])
    memory = memory_of(plan["classes"], verified)
    with speaking(plan["language"]), remembering(memory):
        ending = run_cell(plan["source"], values, plan["most_characters"])
    told = replace(ending, unverified=unverified)
    return {"ending": told.to_data(), "classes": said_of(memory)}


def _content(descriptor: int) -> memoryview:
    """The content of a file as memory of this process's own: writing to it changes no file."""
    size = os.fstat(descriptor).st_size
    if not size:
        return memoryview(b"")
    return memoryview(mmap.mmap(descriptor, size, access=mmap.ACCESS_COPY))


if __name__ == "__main__":
    main(sys.argv[1:])
