"""The hub of this folder on this machine, with sample accounts: `make hub` and `make hub-stop`.

What it makes lies below one folder and in the system's accounts, and `remove` takes all of it
away. Stopped and started again, it goes on with the same accounts, course and exchange. An account
is this hub's when its home is below that folder: the system itself remembers, whatever becomes of
our files.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import psutil

from deploy.jupyterhub.machine import (
    accounts_below,
    end,
    has_account,
    process_in,
    processes_of,
    python_for_all,
    remove_account,
    remove_group,
)

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
_START_SECONDS = 120
# Above the first port, in jupyterhub_config.py: the proxy's own, the hub's, the service's.
_SERVICE = 99
PORTS_ABOVE = (1, 81, _SERVICE)


class HubError(RuntimeError):
    """The hub cannot be started here; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class SampleHub:
    """A hub: its folder and its programs, its course, its first port, how its logins begin."""

    folder: Path
    programs: Path
    course: str = "deep-learning"
    port: int = 8000
    prefix: str = "tp-"

    @property
    def url(self) -> str:
        """Where browsers reach it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def state(self) -> Path:
        """The course, the exchange, the hub's own files."""
        return self.folder / "state"

    @property
    def instructor(self) -> str:
        """The login of the one who teaches."""
        return f"{self.prefix}enseignant"

    @property
    def students(self) -> tuple[str, ...]:
        """The logins of the two who learn."""
        return f"{self.prefix}etudiant1", f"{self.prefix}etudiant2"

    @property
    def grader(self) -> str:
        """The system's account that owns the course and grades."""
        return f"cours-{self.course}"

    @property
    def groups(self) -> tuple[str, ...]:
        """The system's groups of the course."""
        return f"formgrade-{self.course}", f"nbgrader-{self.course}"

    def variables(self) -> Mapping[str, str]:
        """What `set-up`, `add-accounts` and `jupyterhub_config.py` are told."""
        return {
            "HUB_COURSE": self.course,
            "HUB_PREFIX": str(self.programs),
            "HUB_STATE": str(self.state),
            "HUB_HOMES": str(self.folder / "homes"),
            "HUB_PORT": str(self.port),
            "HUB_PYTHON": python_for_all(),
        }

    def passwords(self) -> dict[str, str]:
        """Passwords by login, of the accounts that were made here."""
        kept = self._passwords_file
        return json.loads(kept.read_text()) if kept.exists() else {}

    @property
    def _passwords_file(self) -> Path:
        return self.state / "hub" / "sample-passwords.json"

    @property
    def log(self) -> Path:
        """What the hub, its servers and its service say."""
        return self.state / "hub" / "jupyterhub.log"

    def set_up(self) -> None:
        """Installs everything and makes the accounts; what is there is kept.

        Raises:
            HubError: this machine or this user cannot.
        """
        if os.geteuid() != 0:
            raise HubError("The hub's accounts are the system's: run it as root (sudo make hub).")
        # Now, for what comes next takes minutes.
        self._refuse_others((self.grader, self.instructor, *self.students))
        self._script("set-up")
        (self.folder / "homes").mkdir(exist_ok=True)
        self.add_accounts("staff", (self.instructor,))
        self.add_accounts("students", self.students)

    def add_accounts(self, whose: str, logins: Sequence[str]) -> None:
        """Makes accounts of `staff` or `students`, and keeps their passwords.

        Raises:
            HubError: the system has such an account already, which this hub has not made.
        """
        self._refuse_others(logins)
        known = self.passwords()
        # Ended between an account's making and our keeping its password, nobody knows that one.
        for login in self._own_accounts() & set(logins) - set(known):
            remove_account(login)
            shutil.rmtree(self.folder / "homes" / login, ignore_errors=True)
        said = self._script("add-accounts", whose, told="\n".join(logins))
        self._passwords_file.touch(mode=0o600)
        made = known | dict(line.split() for line in said.splitlines())
        self._passwords_file.write_text(json.dumps(made))

    def _own_accounts(self) -> set[str]:
        return accounts_below(self.folder)

    def _refuse_others(self, logins: Iterable[str]) -> None:
        for login in set(logins) - self._own_accounts():
            if has_account(login):
                raise HubError(
                    f"This machine has an account {login} already, whose home is not below "
                    f"{self.folder}: it is not this hub's. If a hub that is no more has left it, "
                    f"take it away (userdel {login}) and start again."
                )

    def start(self) -> None:
        """Starts the hub, and waits until it and the grading service answer.

        Raises:
            HubError: it does not.
        """
        if self.process() is not None:
            return
        with self.log.open("a") as log:
            subprocess.Popen(
                [
                    self.programs / "staff/bin/jupyterhub",
                    "-f",
                    self.programs / "jupyterhub_config.py",
                ],
                cwd=self.state / "hub",
                env={
                    "PATH": f"{self.programs / 'staff/bin'}:/usr/sbin:/usr/bin:/sbin:/bin",
                    "LANG": "C.UTF-8",
                    **self.variables(),
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        _await(self.answers, _START_SECONDS, f"The hub does not answer: see {self.log}")

    def answers(self) -> bool:
        """Whether the hub and the grading service are there."""
        return _answers(f"{self.url}/hub/health") and _answers(
            f"http://127.0.0.1:{self.port + _SERVICE}/services/{self.course}/api"
        )

    def process(self) -> psutil.Process | None:
        """The hub's process, if it runs."""
        return process_in(self.state / "hub" / "jupyterhub.pid", "jupyterhub")

    def end_hub(self) -> None:
        """Ends the hub, its service and its proxy; people's servers go on."""
        proxy = process_in(self.state / "hub" / "proxy.pid", "configurable-http-proxy")
        # One after the other: the hub ends its proxy itself.
        for process in filter(None, (self.process(), proxy)):
            end([process])

    def stop(self) -> None:
        """Ends the hub, and all that its accounts run."""
        self.end_hub()
        end(processes_of(self._own_accounts()))

    def remove(self) -> None:
        """Stops it and takes away its accounts, its groups, the course and the exchange."""
        self.stop()
        own = self._own_accounts()
        for login in own:
            remove_account(login)
        # The groups are made just before the grader: whose is the one, are the others.
        if self.grader in own:
            for group in self.groups:
                remove_group(group)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _script(self, name: str, *arguments: str, told: str = "") -> str:
        ran = subprocess.run(
            [HERE / name, *arguments],
            env={**os.environ, **self.variables()},
            input=f"{told}\n",
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if ran.returncode:
            raise HubError(f"{name} ended with {ran.returncode}; above, it says why.")
        return ran.stdout


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:  # or an answer of the proxy that nobody is there
        return False


def _await(condition: Callable[[], bool], seconds: float, otherwise: str) -> None:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise HubError(otherwise)
        time.sleep(0.5)


def main(arguments: list[str]) -> None:
    """`start`, `stop` or `remove`."""
    hub = SampleHub(REPOSITORY / "build" / "hub", REPOSITORY / "build" / "hub-programs")
    command = arguments[0] if len(arguments) == 1 else ""
    try:
        if command == "start":
            hub.set_up()
            hub.start()
            _tell(hub)
        elif command in {"stop", "remove"}:
            getattr(hub, command)()
        else:
            _fail("say start, stop or remove")
    except HubError as error:
        _fail(str(error))


def _tell(hub: SampleHub) -> None:
    accounts = [f"  {login:<16} {password}" for login, password in hub.passwords().items()]
    lines = [
        f"The hub is at {hub.url}. Its accounts:",
        *accounts,
        "make hub-stop ends it; make hub-remove takes its accounts and files away.",
    ]
    sys.stdout.write("\n".join([*lines, ""]))


def _fail(message: str) -> NoReturn:
    sys.exit(f"hub: {message}")


if __name__ == "__main__":
    main(sys.argv[1:])
