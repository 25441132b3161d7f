"""What an attack is: a submission that tries something, and the marks it must get all the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# A mark, or None where the cell could not be graded. Never more than an honest answer earns.
Mark = float | None

NUMBER, WORD, MODEL = "test_number", "test_word", "test_q4_mlp"

WRONG_NUMBER: Mapping[str, Mark] = {NUMBER: 0.5, WORD: 0, MODEL: 0}
"""What 41 earns where 42 is right, with nothing else answered."""

UNJUDGED: Mapping[str, Mark] = {NUMBER: None, WORD: None, MODEL: None}
"""Nothing could be judged, and nothing is written as 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """A submission's answers by cell, and what they must earn.

    `tries` is published. In a source `@COURSE@`, `@PROJECT@`, `@PORT@`, `@SOCKET@` and `@PID@`
    stand for the course's folder, the repository, the host's listening port, its socket, the
    grader's process. `limits` differ from those of the other attacks. `shows` must stand in
    what the cells show: it tells that the attack went as far as it could. `racing` is one whose
    outcome depends on who is faster.
    """

    name: str
    tries: str
    answers: Mapping[str, str]
    marks: Mapping[str, Mark]
    limits: Mapping[str, float] = field(default_factory=dict)
    shows: str = ""
    racing: bool = False

    def allows(self, marks: Mapping[str, Mark]) -> bool:
        """Whether these marks are right; winning a race may cost a mark, and never adds to it."""
        if not self.racing:
            return marks == self.marks
        return all(mark is None or mark <= (self.marks[name] or 0) for name, mark in marks.items())


def on_number(
    name: str,
    tries: str,
    source: str,
    marks: Mapping[str, Mark] = WRONG_NUMBER,
    *,
    shows: str = "",
    racing: bool = False,
    **limits: float,
) -> Attack:
    """An attack from the first cell, with a wrong number as its answer unless it says another."""
    return Attack(
        name=name,
        tries=tries,
        answers={"number": f"the_number = 41\n{source.strip()}\n"},
        marks=marks,
        limits=limits,
        shows=shows,
        racing=racing,
    )


def on_model(
    name: str, tries: str, source: str, mark: Mark, *, shows: str = "", **limits: float
) -> Attack:
    """An attack from the cell that builds the model, the only one that is answered."""
    return Attack(
        name=name,
        tries=tries,
        answers={"q4_mlp": source.strip() + "\n"},
        marks={NUMBER: 0, WORD: 0, MODEL: mark},
        limits=limits,
        shows=shows,
    )
