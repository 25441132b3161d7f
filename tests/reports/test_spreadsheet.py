from __future__ import annotations

import pytest

from graders.reports.spreadsheet import no_formula


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\t=1", "\n=1", "\r=1", "＝1"])
def test_what_a_spreadsheet_would_run_has_an_apostrophe_before_it(text: str) -> None:
    assert no_formula(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Ève", "a=b", "1", "'=1"])
def test_any_other_text_is_as_it_was(text: str) -> None:
    assert no_formula(text) == text
