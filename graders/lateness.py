"""When a submission was due, when it came, and what that costs: data and arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

_DAY = timedelta(days=1)
_ON_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Extension:
    """What one student was granted for one assignment: a later date, or to be excused.

    `until` has a time zone, and is None for whoever is excused.
    """

    until: datetime | None = None

    @property
    def excused(self) -> bool:
        """Whether the student owes nothing: no date, no penalty, and absence is no fault."""
        return self.until is None


@dataclass(frozen=True, slots=True)
class LatePolicy:
    """What being late costs: points for every day begun, after some minutes of grace.

    `most` bounds it; None bounds it by the assignment's maximum alone. No penalty by default.
    """

    points_per_day: float = 0.0
    grace_minutes: float = 0.0
    most: float | None = None

    def __post_init__(self) -> None:
        for name, value in (
            ("points_per_day", self.points_per_day),
            ("grace_minutes", self.grace_minutes),
            ("most", self.most or 0.0),
        ):
            if not 0 <= value < math.inf:
                raise ValueError(f"Received {name} = {value}, expected a number from 0 on.")


@dataclass(frozen=True, slots=True)
class Lateness:
    """One student's dates for an assignment, in UTC, and the penalty in points.

    `submitted` is None for whoever handed in nothing; `due` is None without a due date;
    `extension` is the date granted in its place, if one was.
    """

    student: str
    submitted: datetime | None = None
    due: datetime | None = None
    extension: datetime | None = None
    excused: bool = False
    penalty: float = 0.0

    @property
    def deadline(self) -> datetime | None:
        """The date that counts for this student, the later one; None when none does."""
        if self.due is None or self.excused:
            return None
        return max(self.due, self.extension or self.due)

    @property
    def late(self) -> timedelta:
        """How long after the deadline it came; nothing when it came in time."""
        if self.submitted is None or self.deadline is None:
            return _ON_TIME
        return max(_ON_TIME, self.submitted - self.deadline)

    @property
    def days(self) -> int:
        """Days begun since the deadline."""
        return math.ceil(self.late / _DAY)

    def charged(self, policy: LatePolicy, maximum: float) -> Lateness:
        """The same with its penalty, from 0 to the assignment's maximum.

        Within the grace it is nothing; past it, days are counted from the deadline itself.
        """
        if self.late <= timedelta(minutes=policy.grace_minutes):
            return replace(self, penalty=0.0)
        most = maximum if policy.most is None else min(policy.most, maximum)
        return replace(self, penalty=round(min(policy.points_per_day * self.days, most), 2))
