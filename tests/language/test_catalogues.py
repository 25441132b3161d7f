"""Every message of the source is in every catalogue, translated, with its placeholders."""

from __future__ import annotations

from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message

from graders.language import LANGUAGES
from tests.language.catalogues import content_of, messages_of_source, path_of, read
from tests.language.french import french_in
from tests.language.unmarked import NOT_MESSAGES, texts_of, unmarked_in_pages, unmarked_in_source


@pytest.fixture(scope="module")
def source() -> Catalog:
    """What the source says."""
    return messages_of_source()


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """A message's singular and plural, or its only form."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def messages(catalog: Catalog) -> list[Message]:
    """All but the header."""
    return [message for message in catalog if message.id]


def keys(catalog: Catalog) -> set[tuple[str, ...]]:
    """What identifies each message."""
    return {forms(message.id) for message in messages(catalog)}


def placeholders(text: str) -> set[str]:
    """Names between braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_the_messages_of_the_source_and_no_other(
    source: Catalog, language: str
) -> None:
    assert keys(read(language)) == keys(source), "Run: make messages"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated(language: str) -> None:
    untranslated = [
        message.id
        for message in messages(read(language))
        if message.fuzzy or not forms(message.string) or not all(forms(message.string))
    ]
    assert untranslated == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_placeholders_of_its_message(language: str) -> None:
    for message in messages(read(language)):
        named = set().union(*map(placeholders, forms(message.id)))
        for form in forms(message.string):
            assert placeholders(form) == named, message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_is_written_as_make_messages_would(language: str) -> None:
    assert path_of(language).read_bytes() == content_of(read(language)), "Run: make messages"


def test_the_french_catalogue_says_what_the_source_says() -> None:
    assert [m.id for m in messages(read("fr")) if forms(m.string) != forms(m.id)] == []


def test_the_english_catalogue_holds_no_french() -> None:
    for message in messages(read("en")):
        for form in forms(message.string):
            assert french_in(form) == (), form


def test_french_of_the_source_is_marked_for_translation(source: Catalog) -> None:
    known = frozenset(text for key in keys(source) for text in key)
    assert list(unmarked_in_source(known)) == []
    assert list(unmarked_in_pages()) == []


def test_what_is_said_to_be_no_message_is_there() -> None:
    for file, texts in NOT_MESSAGES.items():
        assert set(texts) <= set(texts_of(file)), file


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("L’entraînement", True),
        ("il manque une couche", True),
        ("n'existe pas", True),
        ("« relu »", True),
        ("The model’s last layer doesn’t match: it’s 3 × 5 …", False),
    ],
)
def test_french_is_told_from_english(text: str, found: bool) -> None:
    assert bool(french_in(text)) is found
