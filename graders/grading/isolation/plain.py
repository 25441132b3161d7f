"""`Plain`: a student kernel without isolation, for machines that allow none and only on request."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from graders.grading.isolation.confinement import RELAY, Confined, Settings, rlimits
from graders.grading.isolation.environment import student_environment
from graders.grading.isolation.limits import Limits


@dataclass(frozen=True, slots=True)
class Plain:
    """Starts kernels that can read and write whatever the grader can.

    Limits hold for honest mistakes only: a daemon can escape, `kill -9 -1` ends the grader, and
    neither the number of processes nor the size of files together is limited by the system.
    `environment` is added to the kernel's.
    """

    environment: tuple[tuple[str, str], ...] = ()

    @property
    def isolated(self) -> bool:
        """No."""
        return False

    def start(self, limits: Limits) -> Confined:
        """A running relay in a temporary directory, which goes away with it; raises StartError."""
        # Short, for the paths of sockets are.
        home = Path(tempfile.mkdtemp(prefix="tp-", dir="/tmp"))
        (home / "shared").mkdir()
        ours, theirs = socket.socketpair()
        with theirs:
            settings = Settings(
                channel=theirs.fileno(),
                directories=(str(home / "shared"),),
                # A relay that is killed takes nothing away: this goes with the rest.
                sockets=str(home),
                limits=rlimits(limits),
                identity=None,
                adopt_orphans=True,
                longest_text=limits.cell_output_bytes,
            )
            process = subprocess.Popen(
                [sys.executable, "-P", str(RELAY), settings.as_argument()],
                env={**student_environment(str(home)), **dict(self.environment)},
                cwd=home,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        return Confined(
            process,
            ours,
            str(home / "shared"),
            leader=None,
            clean=lambda: shutil.rmtree(home, ignore_errors=True),
            seconds=limits.start_seconds,
        )
