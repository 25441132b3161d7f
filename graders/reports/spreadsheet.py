"""Texts in files that a spreadsheet opens: students choose their names."""

from __future__ import annotations

# A spreadsheet takes a text that begins so for a formula, and runs it.
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def no_formula(text: str) -> str:
    """The same text, with an apostrophe before it where it would be run."""
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text
