"""What people read, in their language: gettext catalogues, with the source's French as the key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from math import ceil
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("fr", "en")
CATALOGUES = Path(__file__).parent / "locale"
_language: ContextVar[str] = ContextVar("language", default="fr")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within it, what is translated is in this language; a new thread starts in French again.

    Raises:
        ValueError: there is no catalogue of it.
    """
    token = _language.set(known_language(language))
    try:
        yield
    finally:
        _language.reset(token)


def known_language(language: str) -> str:
    """The same language, for which there is a catalogue.

    Raises:
        ValueError: there is none.
    """
    if language not in LANGUAGES:
        raise ValueError(f"A language is one of {', '.join(LANGUAGES)}. Received: {language!r}.")
    return language


def language() -> str:
    """The language of what is translated here and now, as HTML's `lang` wants it."""
    return _language.get()


def translate(message: str) -> str:
    """A message in the current language; its `{placeholders}` are filled in afterwards.

    Imported as `_`: `_("Reçu : {received}.").format(received=…)`.
    """
    return catalogue(language()).gettext(message) if message else ""


def translate_plural(singular: str, plural: str, count: float) -> str:
    """The form of a message that goes with `count`; its placeholders are filled in afterwards."""
    # Catalogues count whole things; one and a half is singular in French, plural in English.
    whole = int(count) if language() == "fr" else ceil(count)
    return catalogue(language()).ngettext(singular, plural, whole)


def marked(message: str) -> str:
    """The same message: a constant that is translated where it is shown."""
    return message


def decimal(number: str) -> str:
    """A number written with a point, as the current language writes it."""
    return number.replace(".", ",") if language() == "fr" else number


def grouped(number: int) -> str:
    """An integer in groups of three digits."""
    return f"{number:,}".replace(",", "\u202f" if language() == "fr" else ",")


def spaced(text: str) -> str:
    """A text as it is set: French puts an unbreakable space where others put none."""
    return re.sub(" (?=[:;?!»])", "\u00a0", text) if language() == "fr" else text


@cache
def catalogue(language: str) -> GNUTranslations:
    """The messages of a language, read from its `.po` file."""
    path = CATALOGUES / language / "LC_MESSAGES" / "graders.po"
    with path.open("rb") as file:
        messages = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return GNUTranslations(compiled)
