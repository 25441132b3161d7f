"""Short texts that can be shown and saved, whatever they came from."""

from __future__ import annotations

from graders.language import decimal, language

_LONGEST_TEXT = 500
_TYPOGRAPHIC_SPACES = "\u00a0\u202f"


def printable(text: str) -> str:
    """`text` cut to a length, without anything that cannot be shown or saved."""
    shown = text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"
    return "".join(
        character if character.isprintable() or character in _TYPOGRAPHIC_SPACES else "\ufffd"
        for character in shown
    )


def type_name(value: object) -> str:
    """Name of a value's type, without running any code of the value's."""
    return printable(type.__dict__["__name__"].__get__(type(value)))


def number(value: float) -> str:
    """A number as the current language writes it, without superfluous zeros."""
    return decimal(f"{value:.2f}".rstrip("0").rstrip("."))


def percent(share: float, decimals: int = 2) -> str:
    """A share as a percentage, as the current language writes it."""
    return decimal(f"{100 * share:.{decimals}f}") + ("\u00a0%" if language() == "fr" else "%")
