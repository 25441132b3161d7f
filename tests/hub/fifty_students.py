"""Fetches and hands in an assignment for many accounts at once; runs in the students' environment.

    python fifty_students.py COURSE ASSIGNMENT SECONDS LOGIN…

As root: each account's part runs in a process of its own, with that account's rights, at a moment
of its own within SECONDS. It is nbgrader's own exchange that they all go through.
"""

from __future__ import annotations

import os
import pwd
import random
import sys
import time
from pathlib import Path

from nbgrader.apps.nbgraderapp import NbGraderApp
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory


def main(arguments: list[str]) -> None:
    """Starts everybody, and ends with 1 if somebody's part did."""
    course, assignment, seconds, *logins = arguments
    moments = random.Random(course)
    children = {}
    for login in logins:
        moment = moments.uniform(0, float(seconds))
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                _become(login)
                time.sleep(moment)
                _fetch_and_submit(course, assignment, login)
                code = 0
            finally:
                sys.stderr.flush()
                os._exit(code)
        children[pid] = login
    failed = [login for pid, login in children.items() if os.waitpid(pid, 0)[1]]
    sys.exit(f"failed: {' '.join(failed)}" if failed else 0)


def _become(login: str) -> None:
    account = pwd.getpwnam(login)
    os.initgroups(login, account.pw_gid)
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    os.umask(0o022)
    os.environ["HOME"] = account.pw_dir
    os.chdir(account.pw_dir)


def _fetch_and_submit(course: str, assignment: str, login: str) -> None:
    _exchange(course, assignment, "FetchAssignment")
    notebook = next((Path.cwd() / assignment).glob("*.ipynb"))
    # Each hands in something of their own, longer than one write.
    text = notebook.read_text().replace("VOTRE RÉPONSE ICI", f"{login} " * 20_000)
    notebook.write_text(text)
    _exchange(course, assignment, "Submit")


def _exchange(course: str, assignment: str, what: str) -> None:
    app = NbGraderApp()
    app.load_config_file()
    app.config.CourseDirectory.course_id = course
    app.config.CourseDirectory.assignment_id = assignment
    parts = {
        "coursedir": CourseDirectory(config=app.config),
        "authenticator": Authenticator(config=app.config),
        "config": app.config,
    }
    getattr(ExchangeFactory(config=app.config), what)(**parts).start()


if __name__ == "__main__":
    main(sys.argv[1:])
