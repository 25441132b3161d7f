"""Who may read and write what, tried with the system's own accounts."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.hub.hubs import Hub

INSTRUCTOR, STUDENT, OTHER, GRADER = "instructor", "student", "other student", "grader"


@dataclass(frozen=True)
class Attempt:
    """Somebody tries something with a path of the hub; whether they may."""

    who: str
    what: str
    path: str
    may: bool


_LIST, _READ, _MAKE, _REMOVE = 'ls "$0"', 'cat "$0"', 'touch "$0/mine"', 'rm -rf "$0"'
_RUN = '"$0" -c ""'
_IMPORT = '"$0" -c "import graders.answer_keys.tp_keras"'

ATTEMPTS = [
    Attempt(STUDENT, _LIST, "{course}", False),
    Attempt(STUDENT, _READ, "{course}/source/tp_keras/deep_learning_keras.ipynb", False),
    Attempt(STUDENT, _READ, "{course}/gradebook.db", False),
    Attempt(STUDENT, _READ, "{course}/nbgrader_config.py", False),
    Attempt(STUDENT, _LIST, "{programs}/staff", False),
    Attempt(STUDENT, _RUN, "{programs}/staff/bin/python", False),
    Attempt(STUDENT, _RUN, "{programs}/students/bin/python", True),
    Attempt(STUDENT, _IMPORT, "{programs}/students/bin/python", False),
    Attempt(INSTRUCTOR, _IMPORT, "{programs}/staff/bin/python", True),
    Attempt(GRADER, _IMPORT, "{programs}/staff/bin/python", True),
    Attempt(GRADER, _LIST, "{course}/source", True),
    Attempt(INSTRUCTOR, _LIST, "{course}", False),
    Attempt(STUDENT, _LIST, "{hub}", False),
    Attempt(INSTRUCTOR, _LIST, "{hub}", False),
    Attempt(STUDENT, _LIST, "{homes}/{other}", False),
    Attempt(STUDENT, _LIST, "{homes}/{student}", True),
    Attempt(INSTRUCTOR, _LIST, "{homes}/{student}", False),
    Attempt(STUDENT, _LIST, "{exchange}/outbound", True),
    Attempt(STUDENT, _MAKE, "{exchange}/outbound", False),
    Attempt(STUDENT, _READ, "{exchange}/outbound/sample/notebook.ipynb", True),
    Attempt(STUDENT, _MAKE, "{exchange}/outbound/sample", False),
    Attempt(STUDENT, _REMOVE, "{exchange}/outbound/sample/notebook.ipynb", False),
    Attempt(STUDENT, _LIST, "{exchange}/inbound", False),
    Attempt(STUDENT, _MAKE, "{exchange}/inbound", True),
    Attempt(OTHER, _REMOVE, "{exchange}/inbound/handed-in-by-student", False),
    Attempt(OTHER, _MAKE, "{exchange}/inbound/handed-in-by-student", False),
    Attempt(GRADER, _LIST, "{exchange}/inbound", True),
    Attempt(STUDENT, _LIST, "{exchange}/feedback", False),
    Attempt(STUDENT, _MAKE, "{exchange}/feedback", False),
    Attempt(STUDENT, _MAKE, "{exchange}", False),
    Attempt(STUDENT, _REMOVE, "{exchange}", False),
]


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda a: f"{a.who}: {a.what} {a.path}")
def test_an_account_may_do_what_is_its_own_to_do_and_no_more(hub: Hub, attempt: Attempt) -> None:
    path = hub.path(attempt.path)
    tried = hub.run_as(hub.login(attempt.who), "sh", "-c", attempt.what, path)
    assert (tried.returncode == 0) is attempt.may, tried.stderr
    if not attempt.may:
        told = ("Permission denied", "Operation not permitted", "No module named 'graders'")
        assert any(reason in tried.stderr for reason in told)
