"""Writes the table of attacks into docs/security.md.

python -m tests.attacks.publish
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from tests.attacks.attack import Attack, Mark
from tests.attacks.tampering import TAMPERINGS, Tampering
from tests.attacks.themes import THEMES
from tests.grading.tiny_course import REPOSITORY

PAGE = REPOSITORY / "docs" / "security.md"
BEGIN, END = "<!-- attacks: written by tests/attacks/publish.py -->", "<!-- end of attacks -->"


def table() -> str:
    """All attacks, numbered, by theme."""
    return "\n".join(_lines())


def with_table(page: str) -> str:
    """The page with its table as it should be."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _lines() -> Iterator[str]:
    yield "| | theme | attack | what the student tries | marks it gets |"
    yield "|---|---|---|---|---|"
    rows: list[tuple[str, Attack | Tampering]] = [
        (theme, attack) for theme, attacks in THEMES.items() for attack in attacks
    ]
    rows += [("Submitted files", tampering) for tampering in TAMPERINGS]
    for number, (theme, attack) in enumerate(rows, 1):
        yield f"| {number} | {theme} | {attack.name} | {attack.tries} | {_marks(attack)} |"


def _marks(attack: Attack | Tampering) -> str:
    if attack.marks is None:
        return "not gradable"
    marks = " · ".join(map(_mark, attack.marks.values()))
    racing = isinstance(attack, Attack) and attack.racing
    return f"{marks} or less" if racing else marks


def _mark(mark: Mark) -> str:
    return "?" if mark is None else f"{mark:g}"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name}: {table().count(chr(10)) - 1} attacks\n")
