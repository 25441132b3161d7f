"""A hub as the tests see it: who is who, where things are, commands with somebody's rights."""

from __future__ import annotations

import pwd
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from deploy.jupyterhub.sample_hub import SampleHub

ASSIGNMENT, NOTEBOOK = "tp_keras", "deep_learning_keras.ipynb"


@dataclass(frozen=True)
class Hub:
    """A sample hub that runs."""

    sample: SampleHub

    @cached_property
    def passwords(self) -> Mapping[str, str]:
        """By login."""
        return self.sample.passwords()

    @property
    def course(self) -> Path:
        """The course's folder."""
        return self.sample.state / "course"

    @property
    def exchange(self) -> Path:
        """The course's part of the exchange."""
        return self.sample.state / "exchange" / self.sample.course

    def login(self, who: str) -> str:
        """The login of `instructor`, `student`, `other student` or `grader`."""
        student, other = self.sample.students
        return {
            "instructor": self.sample.instructor,
            "student": student,
            "other student": other,
            "grader": self.sample.grader,
        }[who]

    def path(self, pattern: str) -> str:
        """A path, from the names of its parts in braces."""
        student, other = self.sample.students
        return pattern.format(
            course=self.course,
            exchange=self.exchange,
            programs=self.sample.programs,
            hub=self.sample.state / "hub",
            homes=self.sample.folder / "homes",
            student=student,
            other=other,
        )

    def run_as(self, login: str, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Runs a command with the rights of an account, in its home."""
        account = pwd.getpwnam(login)
        environment = {
            "HOME": account.pw_dir,
            "USER": login,
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
        }
        return subprocess.run(
            ["setpriv", f"--reuid={login}", f"--regid={account.pw_gid}", "--init-groups", *command],
            cwd="/",
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def run_as_grader(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs a command of the course, as its terminal in the hub does."""
        programs = self.sample.programs / "staff" / "bin"
        return self.run_as(
            self.sample.grader,
            "env",
            f"PATH={programs}:/usr/bin:/bin",
            f"JUPYTER_CONFIG_PATH={self.sample.state / 'etc' / 'grader'}",
            "sh",
            "-c",
            'cd "$0" && exec "$@"',
            str(self.course),
            *command,
        )
