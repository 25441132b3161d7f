"""The student kernel's end of the line: starts an ipykernel and carries cells to it, outputs back.

Runs where student code runs, so nothing it says is believed: whatever a student does to it can
only change what is shown of that student's own cells. In return, the host reads one bounded
stream of JSON lines and never speaks the kernel's protocol itself.

Needs the standard library, zmq and jupyter_client; started by path, nothing of the project is
imported. Its one argument is a JSON object, `Settings` of `confinement.py`.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PR_SET_CHILD_SUBREAPER = 36
SHOWN = frozenset(
    {
        "stream",
        "display_data",
        "execute_result",
        "error",
        "clear_output",
        "update_display_data",
    }
)
# What a thread of the kernel may still send once the reply is there.
SECONDS_FROM_REPLY_TO_IDLE = 2.0
KERNEL_OPTIONS = ("--HistoryManager.enabled=False",)
PARTS = ("header", "parent_header", "content")
MALFORMED = (ValueError, TypeError, KeyError, AttributeError)


def main(settings: Mapping[str, Any]) -> None:
    """Serve the host until it hangs up or the kernel ends.

    What is slow to import waits until the host holds this side and can watch it.
    """
    confine(settings)
    channel = socket.socket(fileno=settings["channel"])
    hand_over(channel, ("/proc", *settings["directories"]))
    with tempfile.TemporaryDirectory(prefix="k", dir=settings["sockets"]) as directory:
        kernel = Kernel(Path(directory))
        kernel.wait_until_ready()
        send(channel, {"ready": True})
        Relay(channel, kernel, settings["longest_text"]).serve()


def confine(settings: Mapping[str, Any]) -> None:
    """Take the unprivileged identity and the limits, for good, before any student code."""
    for name, value in settings["limits"].items():
        resource.setrlimit(getattr(resource, name), (value, value))
    if settings["identity"] is not None:
        os.setgroups([])
        os.setresgid(*[settings["identity"]] * 3)
        os.setresuid(*[settings["identity"]] * 3)
    if settings["adopt_orphans"]:
        # Daemons stay descendants of this process, where the host can find and end them.
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def hand_over(channel: socket.socket, directories: tuple[str, ...]) -> None:
    """Give the host open directories of this side; it reaches no file here by another way."""
    descriptors = [os.open(path, os.O_RDONLY | os.O_DIRECTORY) for path in directories]
    socket.send_fds(channel, [b"\n"], descriptors)
    for descriptor in descriptors:
        os.close(descriptor)


def send(channel: socket.socket, message: Mapping[str, Any]) -> None:
    """One message, one line."""
    channel.sendall(json.dumps(message).encode("utf-8", "replace") + b"\n")


class Kernel:
    """An ipykernel over sockets in `directory`, and a client of it."""

    def __init__(self, directory: Path) -> None:
        from jupyter_client.blocking.client import BlockingKernelClient  # noqa: PLC0415 - see main
        from jupyter_client.connect import write_connection_file  # noqa: PLC0415

        # A socket's path has at most 107 characters.
        path, _ = write_connection_file(
            str(directory / "c.json"),
            transport="ipc",
            ip=str(directory / "s"),
            key=os.urandom(16).hex().encode(),
        )
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ipykernel_launcher", "-f", path, *KERNEL_OPTIONS],
            env={**os.environ, "JPY_PARENT_PID": str(os.getpid())},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Its own group, so that an interrupt reaches the commands it runs as Ctrl-C would.
            start_new_session=True,
        )
        self.end = os.pidfd_open(self.process.pid)
        self.client = BlockingKernelClient()
        self.client.load_connection_file(path)
        self.client.start_channels(hb=False, stdin=False)
        self.shell = self.client.shell_channel.socket
        self.iopub = self.client.iopub_channel.socket

    def wait_until_ready(self) -> None:
        """Return once a request is answered on both channels; the host measures the time."""
        while self.process.poll() is None:
            request = self.client.kernel_info()
            until = time.monotonic() + 0.5
            while time.monotonic() < until:
                if self.iopub.poll(50):
                    message = self.decode(self.iopub.recv_multipart())
                    if message and message["parent_header"].get("msg_id") == request:
                        return
        sys.exit(f"The kernel ended before it was ready, with status {self.process.returncode}.")

    def decode(self, frames: list[bytes]) -> dict[str, Any] | None:
        """A message received, or None when it is malformed."""
        try:
            _, parts = self.client.session.feed_identities(frames)
            message = self.client.session.deserialize(parts)
            well_formed = all(type(message[part]) is dict for part in PARTS)
        except MALFORMED:
            return None
        return message if well_formed else None

    def interrupt(self) -> None:
        """What Ctrl-C does."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)


class Relay:
    """Between the host's line and the kernel's channels: one cell at a time."""

    def __init__(self, channel: socket.socket, kernel: Kernel, longest_text: int) -> None:
        self.channel = channel
        self.kernel = kernel
        self.longest_text = longest_text
        self.longest_message = 16 * longest_text
        self.pending = b""
        self.cell: str | None = None
        self.request: str | None = None
        self.replied: float | None = None

    def serve(self) -> None:
        """Carry messages until the host hangs up or the kernel ends."""
        import zmq  # noqa: PLC0415

        poller = zmq.Poller()
        for source in (self.channel, self.kernel.end, self.kernel.shell, self.kernel.iopub):
            poller.register(source, zmq.POLLIN)
        while True:
            ready = dict(poller.poll(100 if self.replied else None))
            if self.channel.fileno() in ready and not self.hear_host():
                return
            if self.kernel.shell in ready:
                self.hear_shell()
            if self.kernel.iopub in ready:
                self.hear_iopub()
            elif self.kernel.end in ready:
                send(self.channel, {"died": self.kernel.process.wait()})
                self.await_hang_up()
                return
            if self.replied and time.monotonic() > self.replied + SECONDS_FROM_REPLY_TO_IDLE:
                self.finish()

    def hear_host(self) -> bool:
        """Obey the host's lines; False once it has hung up."""
        received = self.channel.recv(65536)
        *lines, self.pending = (self.pending + received).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if "source" in message:
                self.start(message)
            elif message.get("interrupt") == self.cell:
                self.kernel.interrupt()
        return bool(received)

    def await_hang_up(self) -> None:
        """Stay while the host counts and ends what the kernel has left running."""
        while self.channel.recv(65536):
            continue

    def start(self, message: Mapping[str, Any]) -> None:
        """Give the kernel a cell."""
        self.cell = message["cell"]
        self.replied = None
        self.request = self.kernel.client.execute(
            message["source"],
            silent=message["silent"],
            store_history=not message["silent"],
            allow_stdin=False,
            stop_on_error=False,
        )

    def hear_shell(self) -> None:
        """Note that the cell has been answered; its last outputs may still be on their way."""
        message = self.kernel.decode(self.kernel.shell.recv_multipart())
        if message and self.request and message["parent_header"].get("msg_id") == self.request:
            self.replied = time.monotonic()

    def hear_iopub(self) -> None:
        """Pass on an output of the present cell; outputs of earlier cells come too late."""
        frames = self.kernel.iopub.recv_multipart()
        size = sum(map(len, frames))
        if size > self.longest_message:
            # Reading it would take seconds, while more of its kind comes in.
            send(self.channel, {"cell": self.cell, "cut": size})
            return
        message = self.kernel.decode(frames)
        if not message or not self.request:
            return
        if message["parent_header"].get("msg_id") != self.request:
            return
        kind, content = message["header"].get("msg_type"), message["content"]
        if kind in SHOWN:
            text = content.get("text")
            cut = len(text) - self.longest_text if isinstance(text, str) else 0
            if cut > 0:
                content = {**content, "text": text[: self.longest_text]}
            send(self.channel, {"cell": self.cell, "kind": kind, "content": content, "cut": cut})
        elif kind == "status" and content.get("execution_state") == "idle":
            self.finish()

    def finish(self) -> None:
        """Tell the host that the cell is over."""
        send(self.channel, {"cell": self.cell, "done": True})
        self.cell = self.request = self.replied = None


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
