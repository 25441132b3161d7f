"""Words of what people write, without accents, capitals, numbers or signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from graders.reports.similarity.code_reading import Token
from graders.reports.similarity.passages import Word

# A letter may be followed by accents of its own.
_WORD: Final = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*){2,}")
_FROM_VARIABLES: Final = re.compile(r"\{[^{}]*\}")


def words(text: str, start: int = 0) -> tuple[Word, ...]:
    """Words of two letters or more, in order; `start` is where the text stands in its source."""
    return tuple(
        Word(_plain(found.group()), start + found.start(), start + found.end())
        for found in _WORD.finditer(text)
    )


def words_in_code(code: Iterable[Token]) -> tuple[Word, ...]:
    """Words of comments and messages; not settings, nor what a string takes from variables."""
    said = (t for t in code if t.kind == "comment" or (t.kind == "string" and not t.setting))
    return tuple(word for token in said for word in words(_own(token.text), token.start))


def _own(text: str) -> str:
    return _FROM_VARIABLES.sub(lambda found: " " * len(found.group()), text)


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()
