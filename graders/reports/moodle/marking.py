"""Which mark goes in which row of a worksheet, and who must be told about the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from graders.reports.moodle.joining import Joined, Unjoined
from graders.reports.moodle.numbers import rescaled
from graders.reports.moodle.worksheet import Participant
from graders.reports.standing import FinalMark, Standing

# Of a sum of binary fractions.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Withheld:
    """A row that gets no mark, and why."""

    participant: Participant
    login: str
    reason: str

    def __str__(self) -> str:
        return f"{self.login} (participant {self.participant.number}): {self.reason}"


@dataclass(frozen=True, slots=True)
class Marking:
    """What a worksheet is filled with.

    `values` are by participant number, out of Moodle's maximum, None for a cell to empty;
    `without_row` are logins with a submission here and no row there.
    """

    values: Mapping[int, Decimal | None]
    withheld: tuple[Withheld, ...]
    absent: tuple[str, ...]
    unjoined: tuple[Unjoined, ...]
    without_row: tuple[str, ...]

    @property
    def marked(self) -> tuple[int, ...]:
        """Participant numbers of those who get a mark."""
        return tuple(number for number, value in self.values.items() if value is not None)


def marking(
    participants: Iterable[Participant], joined: Joined, marks: Iterable[FinalMark]
) -> Marking:
    """Decides every row. Who waits for a person gets an empty cell; who is absent is let be.

    A row that is locked, or whose mark Moodle would pass over in silence as out of range, is let
    be too and told.
    """
    by_login = {mark.login: mark for mark in marks}
    values: dict[int, Decimal | None] = {}
    withheld: list[Withheld] = []
    absent: list[str] = []
    for participant in participants:
        login = joined.logins.get(participant.number)
        if login is None:
            continue
        mark = by_login.get(login, FinalMark(login, Standing.ABSENT))
        if mark.standing is Standing.ABSENT:
            absent.append(login)
        elif reason := _not_to_write(participant, mark):
            withheld.append(Withheld(participant, login, reason))
        elif mark.points is None:
            values[participant.number] = None
            withheld.append(Withheld(participant, login, mark.waits_for))
        else:
            value = rescaled(mark.points, mark.maximum, participant.maximum)
            values[participant.number] = value
    rows = set(joined.logins.values())
    without_row = [
        mark.login
        for mark in by_login.values()
        if mark.standing is not Standing.ABSENT and mark.login not in rows
    ]
    return Marking(values, tuple(withheld), tuple(absent), joined.unjoined, tuple(without_row))


def _not_to_write(participant: Participant, mark: FinalMark) -> str:
    if participant.locked:
        return "the mark is locked in Moodle"
    if mark.points is None:
        return ""
    if not mark.maximum:
        return "the assignment is worth no point"
    if mark.points > mark.maximum + _ROUNDING:
        return (
            f"{mark.points:g} points out of {mark.maximum:g}: Moodle takes no mark above its "
            "maximum, write it there by hand"
        )
    return ""
