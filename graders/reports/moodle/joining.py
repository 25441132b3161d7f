"""Who is who: Moodle's participants joined to logins, by participant number or by e-mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from graders.reports.moodle.columns import same_words
from graders.reports.moodle.csv_table import read_table
from graders.reports.moodle.refusal import MoodleFileError

# One name of a folder, that no shell, no glob and no nbgrader pattern reads otherwise.
_LOGIN = re.compile(r"[^\W_][\w.@-]{0,99}")
_PARTICIPANT = re.compile(r"\d{1,18}", re.ASCII)
_LOGIN_COLUMNS = ("login", "id")


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a login; `email` is empty and `participant` None when not told."""

    login: str
    email: str = ""
    participant: int | None = None


@dataclass(frozen=True, slots=True)
class Unjoined:
    """A participant without a login, and why; `name` is empty when Moodle does not tell it."""

    participant: int
    name: str
    reason: str

    def __str__(self) -> str:
        name = f" ({self.name})" if self.name else ""
        return f"participant {self.participant}{name}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A participant whose login is asked for; `email` is empty when not known."""

    number: int
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Joined:
    """Logins by participant number, and the participants that have none."""

    logins: Mapping[int, str]
    unjoined: tuple[Unjoined, ...]


def join(asked: Iterable[Asked], told: Sequence[Person], roster: Sequence[Person]) -> Joined:
    """The login of each participant: as `told` by number, then by e-mail, then by the `roster`.

    A doubt is never settled by guessing: an e-mail of two logins, and a login of two
    participants, join nobody.
    """
    ways: tuple[Callable[[Asked], set[str]], ...] = (
        lambda one: {p.login for p in told if p.participant == one.number},
        lambda one: _by_email(one, told),
        lambda one: _by_email(one, roster),
    )
    found: dict[int, str] = {}
    unjoined: list[Unjoined] = []
    everyone = {one.number: one for one in asked}
    for one in everyone.values():
        logins = next(filter(None, (way(one) for way in ways)), set())
        if len(logins) == 1:
            found[one.number] = logins.pop()
        else:
            unjoined.append(Unjoined(one.number, one.name, _why_not(one, logins)))
    for number, login in tuple(found.items()):
        others = [str(n) for n, found_login in found.items() if found_login == login]
        if len(others) > 1:
            reason = f"login {login} is the one of participants {' and '.join(others)}"
            unjoined.append(Unjoined(number, everyone[number].name, reason))
    doubtful = {one.participant for one in unjoined}
    return Joined({n: login for n, login in found.items() if n not in doubtful}, tuple(unjoined))


def read_people(content: bytes) -> tuple[Person, ...]:
    """Who is told in a CSV: a column `login` (or `id`), and `participant`, `email` or both.

    Raises:
        MoodleFileError: a column is missing, or a value cannot be what its column says.
    """
    table = read_table(content)
    columns = {same_words(name): position for position, name in enumerate(table.header)}
    login = next((columns[name] for name in _LOGIN_COLUMNS if name in columns), None)
    number, email = columns.get("participant"), columns.get("email")
    if login is None or (number is None and email is None):
        raise MoodleFileError(
            f"Received the columns {', '.join(table.header)}; expected login, and participant or "
            "email or both."
        )
    return tuple(
        Person(
            _login(row[login]),
            row[email].strip() if email is not None else "",
            _number(row[number]) if number is not None else None,
        )
        for row in table.rows
    )


def is_login(text: str) -> bool:
    """Whether a login can be the name of a folder of submissions."""
    return _LOGIN.fullmatch(text) is not None


def _by_email(one: Asked, people: Sequence[Person]) -> set[str]:
    email = one.email.strip().casefold()
    return {p.login for p in people if email and p.email.strip().casefold() == email}


def _why_not(one: Asked, logins: set[str]) -> str:
    if logins:
        return f"several logins: {', '.join(sorted(logins))}"
    return f"no login for {one.email}" if one.email else "no login known, nor an e-mail"


def _login(text: str) -> str:
    login = text.strip()
    if not is_login(login):
        raise MoodleFileError(
            f"Received the login {text[:100]!r}, expected letters, digits, '.', '-', '_' or '@'."
        )
    return login


def _number(text: str) -> int | None:
    digits = text.strip().removeprefix("Participant").strip()
    if not digits:
        return None
    if _PARTICIPANT.fullmatch(digits) is None:
        raise MoodleFileError(f"Received the participant {text[:100]!r}, expected a number.")
    return int(digits)
