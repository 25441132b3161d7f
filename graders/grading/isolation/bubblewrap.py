"""Starting a process under bwrap, with an identity that has no rights, whoever starts it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from graders.grading.isolation.confinement import StartError

# Who a student is inside, whoever starts the sandbox.
STUDENT = 1000
# Who that is on the host when root starts it: next to nobody, and below what containers map.
_UNPRIVILEGED = 65533


@dataclass(frozen=True, slots=True)
class Command:
    """What to run: its arguments, environment and directory, and the descriptors it inherits."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    directory: str
    descriptors: Sequence[int]


def started_by_root() -> bool:
    """Whether the sandbox knows root too: the command must then become STUDENT at once."""
    return os.geteuid() == 0


def spawn(
    bwrap: Path, file_system: Sequence[str], rules: BinaryIO, command: Command
) -> tuple[subprocess.Popen[bytes], int]:
    """A process in new namespaces, and a pidfd of the first one inside, whose end ends them all.

    `file_system` holds the bwrap arguments for it, `rules` the seccomp program.

    Raises:
        StartError: bwrap refuses, or may not make its namespaces.
    """
    with ExitStack() as stack:
        news, announce = _pipe(stack)
        wait, permit = _pipe(stack)
        arguments = [
            *(str(bwrap), *_namespaces(), *file_system),
            *(part for item in command.environment.items() for part in ("--setenv", *item)),
            *("--chdir", command.directory),
            *("--seccomp", str(rules.fileno())),
            *("--info-fd", str(announce.fileno())),
            *(("--userns-block-fd", str(wait.fileno())) if started_by_root() else ()),
            *("--", *command.arguments),
        ]
        inherited = [file.fileno() for file in (rules, announce, wait)]
        process = _run(arguments, (*command.descriptors, *inherited))
        # Else the news would never end when bwrap does.
        announce.close()
        try:
            first = _first_process(news)
            if started_by_root():
                _map_identities(first)
                permit.write(b"\n")
            return process, os.pidfd_open(first)
        except (OSError, ValueError) as error:
            process.kill()
            complaint = process.communicate()[1].decode("utf-8", "replace").strip()
            raise StartError(complaint or str(error)) from error


def _run(arguments: Sequence[str], descriptors: Sequence[int]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            arguments,
            pass_fds=descriptors,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={},
        )
    except OSError as error:
        raise StartError(f"bwrap cannot be run: {error}") from error


def _namespaces() -> tuple[str, ...]:
    # Root inside is a way to reach what root may read (a Python below its home, for instance);
    # of its powers only the one to become somebody else is left.
    root = ("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
    identity = "0" if started_by_root() else str(STUDENT)
    return (
        *("--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"),
        *("--unshare-cgroup-try", "--hostname", "tp"),
        *("--uid", identity, "--gid", identity),
        *("--cap-drop", "ALL", *(root if started_by_root() else ())),
        *("--new-session", "--die-with-parent", "--clearenv"),
    )


def _first_process(news: BinaryIO) -> int:
    """The number, on the host, of the first process of the new pid namespace."""
    written = b""
    while not written.rstrip().endswith(b"}"):
        part = news.read(4096)
        if not part:
            raise ValueError("bwrap ended before it had started anything")
        written += part
    return int(json.loads(written)["child-pid"])


def _map_identities(first: int) -> None:
    """Let the sandbox know two identities: root, to set up and leave, and the student."""
    for kind in ("uid", "gid"):
        Path(f"/proc/{first}/{kind}_map").write_text(f"0 0 1\n{STUDENT} {_UNPRIVILEGED} 1\n")


def _pipe(stack: ExitStack) -> tuple[BinaryIO, BinaryIO]:
    reader, writer = os.pipe()
    return (
        stack.enter_context(os.fdopen(reader, "rb", buffering=0)),
        stack.enter_context(os.fdopen(writer, "wb", buffering=0)),
    )
