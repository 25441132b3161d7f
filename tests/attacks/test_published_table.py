"""What docs/security.md says is what the tests do."""

from __future__ import annotations

import re

from tests.attacks.publish import PAGE, table
from tests.attacks.tampering import TAMPERINGS
from tests.attacks.themes import THEMES
from tests.grading.tiny_course import REPOSITORY


def test_there_are_as_many_attacks_as_promised_and_each_has_its_name() -> None:
    names = [attack.name for attacks in THEMES.values() for attack in attacks]
    names += [tampering.name for tampering in TAMPERINGS]
    assert len(names) == len(set(names))
    assert len(names) >= 40


def test_the_page_holds_the_table() -> None:
    assert table() in PAGE.read_text(encoding="utf-8"), "Run: python -m tests.attacks.publish"


def test_every_test_that_the_page_names_is_there() -> None:
    page = PAGE.read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page)
    assert len(named) >= 10
    for path, function in named:
        assert (REPOSITORY / path).is_file(), path
        assert f"def {function}" in (REPOSITORY / path).read_text(encoding="utf-8"), function
