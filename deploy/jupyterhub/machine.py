"""What a hub asks of the machine: accounts, groups, processes, a Python that all may run."""

from __future__ import annotations

import grp
import os
import pwd
import subprocess
import sys
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

_DEBIANS_PYTHON = "/usr/bin/python3"
_END_SECONDS = 60


def python_for_all() -> str:
    """A Python that other accounts may run: `HUB_PYTHON`, this one, or Debian's."""
    own = os.path.realpath(sys.executable)
    return os.environ.get("HUB_PYTHON") or (own if everyone_reaches(Path(own)) else _DEBIANS_PYTHON)


def everyone_reaches(path: Path) -> bool:
    """Whether it is there, in folders that every account may enter."""
    return path.exists() and all(folder.stat().st_mode & 0o001 for folder in path.parents)


def has_account(login: str) -> bool:
    """Whether the system has this account."""
    with suppress(KeyError):
        return pwd.getpwnam(login) is not None
    return False


def accounts_below(folder: Path) -> set[str]:
    """The accounts whose home is somewhere below a folder."""
    return {
        account.pw_name for account in pwd.getpwall() if Path(account.pw_dir).is_relative_to(folder)
    }


def remove_account(login: str) -> None:
    """Takes an account away, if it is there; its files stay."""
    if has_account(login):
        subprocess.run(["userdel", login], check=True, capture_output=True)


def remove_group(name: str) -> None:
    """Takes a group away, if it is there."""
    with suppress(KeyError):
        grp.getgrnam(name)
        subprocess.run(["groupdel", name], check=True, capture_output=True)


def processes_of(logins: Collection[str]) -> list[psutil.Process]:
    """Everything that these accounts run."""
    return [p for p in psutil.process_iter(["username"]) if p.info["username"] in logins]


def process_in(file: Path, name: str) -> psutil.Process | None:
    """The process whose number is in a file, if it runs and is the program `name`."""
    try:
        process = psutil.Process(int(file.read_text()))
        # A number in a file may belong to somebody else by now.
        return process if name in " ".join(process.cmdline()) else None
    except (OSError, ValueError, psutil.Error):
        return None


def end(processes: Sequence[psutil.Process]) -> None:
    """Asks processes to end, and ends those that do not."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, alive = psutil.wait_procs(processes, _END_SECONDS)
    for process in alive:
        process.kill()
