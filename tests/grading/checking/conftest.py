"""One checker for all tests, as for all cells of a class."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from graders.grading.checking.checker import (
    Checker,
)
from tests.grading.checking.checked import (
    bwrap,
)


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    """One server for all tests, as for all cells of a class."""
    with Checker(bwrap(), preload=("graders.answer_keys.tp_keras",)) as started:
        yield started
