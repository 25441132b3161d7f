"""Attacks that reach for the world outside of the sandbox."""

from __future__ import annotations

from tests.attacks.attack import on_number

ESCAPING = (
    on_number(
        "writing outside",
        "write into the course, the Python installation, the grader's files and the system",
        """
import os, pathlib, sys
import numpy
for path in ("@COURSE@/gradebook.db", "@COURSE@/new", "@PROJECT@/graders/rubric.py", "/etc/passwd",
             "/run/grader/relay.py", "/run/grader/mnist.npz", "/usr/bin/env", numpy.__file__,
             sys.prefix + "/pyvenv.cfg", "/proc/sys/kernel/core_pattern", "/proc/1/oom_score_adj"):
    for mode in ("ab", "wb"):
        try:
            with open(path, mode) as file:
                file.write(b"x")
            print("WRITTEN", path)
        except OSError as error:
            print(error.strerror)
""",
    ),
    on_number(
        "the network",
        "connect to the host over TCP and UDP, and ask for a name",
        """
import socket
socket.setdefaulttimeout(2)
for address in ("127.0.0.1", "localhost", "0.0.0.0", "::1"):
    try:
        socket.create_connection((address, @PORT@), 2).sendall(b"stolen")
        print("CONNECTED", address)
    except OSError as error:
        print(error.strerror)
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"stolen", ("127.0.0.1", @PORT@))
    print(socket.getaddrinfo("example.org", 80))
except OSError as error:
    print(error.strerror)
print([name for _, name in socket.if_nameindex()])
""",
        shows="['lo']",
    ),
    on_number(
        "sockets of the host",
        "connect to the host's Unix sockets, by path and by abstract name",
        """
import socket
for address in ("@SOCKET@", "\\0@SOCKET@", "/run/dbus/system_bus_socket", "/var/run/docker.sock"):
    try:
        socket.socket(socket.AF_UNIX).connect(address)
        print("CONNECTED", address)
    except OSError as error:
        print(error.strerror)
""",
    ),
    on_number(
        "signals to the grader",
        "end the grader's process, or trace it",
        """
import ctypes, os, signal
try:
    os.kill(@PID@, signal.SIGKILL)
    print("SENT")
except OSError as error:
    print(error.strerror)
libc = ctypes.CDLL(None, use_errno=True)
for target in (1, @PID@):
    print(libc.ptrace(16, target, 0, 0), os.strerror(ctypes.get_errno()))
""",
    ),
    on_number(
        "more rights",
        "become root, mount, make namespaces and devices",
        """
import ctypes, os, subprocess
def attempt(work):
    try:
        print("DONE", work())
    except OSError as error:
        print(error.strerror)
attempt(lambda: os.setuid(0))
attempt(lambda: os.mknod("/tmp/disk", 0o60666, os.makedev(8, 0)) or open("/tmp/disk").read(1))
attempt(lambda: os.chroot("/tmp"))
libc = ctypes.CDLL(None, use_errno=True)
for call in (lambda: libc.unshare(0x10000000), lambda: libc.mount(b"x", b"/tmp", b"tmpfs", 0, 0)):
    print(call())
for command in (["sudo", "-n", "id"], ["su", "-c", "id"], ["unshare", "-r", "id"]):
    attempt(lambda: subprocess.run(command, capture_output=True, timeout=5).returncode or 1)
""",
    ),
)
