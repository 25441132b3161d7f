"""The most common mistakes: findings that say the same, but for numbers, to several students."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graders.records import StudentRecord
from graders.rubric import Finding, Outcome

_NUMBER = re.compile(r"\d+(?:[\s\u00a0\u202f.,]\d+)*")
ANY_NUMBER = "…"

_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake of one test cell.

    `message` is as students read it when all of them read the same; else numbers that differ
    from one to another are left out. `students` are logins; `points` is what it cost them, in
    all.
    """

    cell: str
    title: str
    message: str
    students: tuple[str, ...]
    points: float


def common_mistakes(records: Sequence[StudentRecord]) -> tuple[Mistake, ...]:
    """All mistakes, most common first, then by what they cost."""
    groups: dict[_Key, list[tuple[str, Finding]]] = {}
    for record in records:
        for key, finding in _mistakes(record):
            groups.setdefault(key, []).append((record.student, finding))
    found = [_mistake(key, group) for key, group in groups.items()]
    return tuple(sorted(found, key=lambda m: (-len(m.students), -m.points, m.cell, m.message)))


def _mistakes(record: StudentRecord) -> Iterator[tuple[_Key, Finding]]:
    for cell, result in record.results.items():
        for finding in result.findings:
            if finding.outcome in {Outcome.FAILED, Outcome.PARTIAL}:
                yield (cell, finding.title, _NUMBER.sub(ANY_NUMBER, finding.message)), finding


def _mistake(key: _Key, group: Sequence[tuple[str, Finding]]) -> Mistake:
    cell, title, message = key
    messages = {finding.message for _, finding in group}
    return Mistake(
        cell,
        title,
        message if len(messages) > 1 else messages.pop(),
        tuple(dict.fromkeys(student for student, _ in group)),
        round(sum(finding.maximum - finding.points for _, finding in group), 2),
    )
