"""Marks as Moodle writes them: a decimal point or comma, five decimals at most."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

_NUMBER = re.compile(r"\d{1,12}(?:([.,])(\d{1,12}))?", re.ASCII)
# Moodle's database keeps a mark with five decimals.
_SMALLEST = Decimal("0.00001")


def read_number(text: str) -> Decimal | None:
    """The number in a cell, None when there is none."""
    plain = "".join(text.split())
    return Decimal(plain.replace(",", ".")) if _NUMBER.fullmatch(plain) else None


def write_number(value: Decimal, decimal_mark: str, decimals: int) -> str:
    """A number with as many decimals as it needs, and at least `decimals`."""
    text = f"{value.quantize(_SMALLEST, ROUND_HALF_UP):f}"
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0").ljust(decimals, "0")
    return f"{whole}{decimal_mark}{fraction}" if fraction else whole


def rescaled(points: float, maximum: float, onto: Decimal) -> Decimal:
    """Points out of `maximum` as points out of `onto`, without binary rounding."""
    return (Decimal(str(points)) * onto / Decimal(str(maximum))).quantize(_SMALLEST, ROUND_HALF_UP)


def decimal_mark_of(cells: Iterable[str]) -> str | None:
    """The decimal mark that the first number with decimals is written with."""
    for cell in cells:
        number = _NUMBER.fullmatch("".join(cell.split()))
        if number and number[1]:
            return number[1]
    return None


def decimals_of(cell: str) -> int:
    """How many decimals a number is written with."""
    number = _NUMBER.fullmatch("".join(cell.split()))
    return len(number[2] or "") if number else 0
