"""Participants are joined to logins by what is told, never by guessing."""

from __future__ import annotations

import pytest

from graders.reports.moodle.joining import Asked, Person, join, read_people
from graders.reports.moodle.refusal import MoodleFileError

ONE = Asked(1, "Étudiant Un", "Un@Example.org")
TWO = Asked(2, "Étudiante Deux", "")
ROSTER = (Person("un", "un@example.org"), Person("deux", "deux@example.org"))


def test_an_email_joins_whatever_its_case() -> None:
    assert join([ONE], (), ROSTER).logins == {1: "un"}


def test_a_number_that_is_told_joins_before_any_email() -> None:
    assert join(
        [ONE, TWO], (Person("deux", participant=2), Person("x", participant=1)), ROSTER
    ) == (join([ONE, TWO], (Person("x", participant=1), Person("deux", participant=2)), ()))
    assert join([ONE], (Person("x", participant=1),), ROSTER).logins == {1: "x"}


def test_an_email_that_is_told_joins_before_the_roster_s() -> None:
    assert join([ONE], (Person("x", "un@example.org"),), ROSTER).logins == {1: "x"}


DOUBTS = {
    "nobody known": ([ONE], (), "no login for Un@Example.org"),
    "no email": ([TWO], (), "no login known, nor an e-mail"),
    "an email of two": (
        [ONE],
        (Person("a", "un@example.org"), Person("b", "un@example.org")),
        "several logins: a, b",
    ),
    "a number of two": (
        [TWO],
        (Person("a", participant=2), Person("b", participant=2)),
        "several logins: a, b",
    ),
}


@pytest.mark.parametrize(("asked", "told", "reason"), DOUBTS.values(), ids=DOUBTS)
def test_a_doubt_joins_nobody_and_is_told(
    asked: list[Asked], told: tuple[Person, ...], reason: str
) -> None:
    joined = join(asked, told, ())
    assert joined.logins == {}
    assert [one.reason for one in joined.unjoined] == [reason]


def test_two_participants_of_one_login_are_both_left_out() -> None:
    told = (Person("a", participant=1), Person("a", participant=2), Person("c", participant=3))
    joined = join([ONE, TWO, Asked(3, "", "")], told, ())
    assert joined.logins == {3: "c"}
    assert [one.participant for one in joined.unjoined] == [1, 2]


def test_who_has_no_email_is_never_joined_by_its_absence() -> None:
    assert join([TWO], (Person("a"),), (Person("b"),)).logins == {}


PEOPLE = {
    "numbers": (b"login,participant\nun,12\n", Person("un", participant=12)),
    "identifiers": (b"participant;login\nParticipant 12;un\n", Person("un", participant=12)),
    "emails": (b"login\temail\nun\t un@example.org \n", Person("un", "un@example.org")),
    "both": (b"Login,Participant,Email\nun,,u@example.org\n", Person("un", "u@example.org")),
    "nbgrader's own": (
        b"id,last_name,first_name,email\nun,Un,\xc3\x89tudiant,u@example.org\n",
        Person("un", "u@example.org"),
    ),
}


@pytest.mark.parametrize(("content", "person"), PEOPLE.values(), ids=PEOPLE)
def test_a_csv_tells_logins(content: bytes, person: Person) -> None:
    assert read_people(content) == (person,)


@pytest.mark.parametrize(
    "login", ["", ".", "..", "../x", "a/b", ".hidden", "-x", "a\x00b", "a b", "x" * 101, "a+b"]
)
def test_a_login_that_is_no_folder_s_name_is_refused(login: str) -> None:
    with pytest.raises(MoodleFileError, match="expected letters, digits"):
        read_people(f'login,email\n"{login}",x@example.org\n'.encode())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"login,name\nun,Un\n", "expected login, and participant or email or both"),
        (b"name,email\nUn,un@example.org\n", "expected login"),
        (b"login,participant\nun,twelve\n", "expected a number"),
    ],
)
def test_a_csv_that_tells_nobody_says_what_it_lacks(content: bytes, told: str) -> None:
    with pytest.raises(MoodleFileError, match=told):
        read_people(content)
