"""The messages of the source, and the catalogues in step with them.

Run as a program it brings the catalogues up to date: new messages are added, those nobody uses
any more go. The French is the source's own; the English is written by hand.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from graders.language import CATALOGUES, LANGUAGES

PACKAGE = CATALOGUES.parent
_SOURCES = [("**.py", "python"), ("**.html", "jinja2")]
_KEYWORDS = {"_": None, "translate": None, "marked": None, "translate_plural": (1, 2)}
# What changes at every writing, or names people, says nothing here.
_NOISE = tuple(
    f'"{name}'.encode()
    for name in (
        *("POT-Creation", "PO-Revision", "Last-Translator", "Language-Team", "Generated-By"),
        "Report-Msgid-Bugs-To",
    )
)
_COMMENT = "# What people read. Made by `make messages`; msgid is the French of the source."


def messages_of_source() -> Catalog:
    """Every message of the package: marked ones, and the titles of checks."""
    catalog = Catalog(project="tp-keras", fuzzy=False)
    for _, _, message, _, _ in extract_from_dir(PACKAGE, _SOURCES, keywords=_KEYWORDS):
        catalog.add(message)
    for title in titles_of_checks():
        catalog.add(title)
    return catalog


def titles_of_checks() -> Iterator[str]:
    """First lines of the docstrings of checks: functions named `check` within another."""
    for path in sorted((PACKAGE / "checks").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name == "check":
                title = (ast.get_docstring(node) or "").partition("\n")[0].rstrip(".")
                if title:
                    yield title


def path_of(language: str) -> Path:
    """The catalogue of a language."""
    return CATALOGUES / language / "LC_MESSAGES" / "graders.po"


def read(language: str) -> Catalog:
    """The catalogue of a language as it is now; empty where there is none."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, project="tp-keras", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str) -> int:
    """Writes the catalogue of a language anew; the number of messages not translated yet."""
    catalog = read(language)
    catalog.update(messages_of_source(), no_fuzzy_matching=True)
    catalog.header_comment = _COMMENT
    missing = 0
    for message in filter(lambda message: message.id, catalog):
        if language == "fr":
            message.string = message.id
        missing += not message.string or not all(message.string)
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content_of(catalog))
    return missing


def content_of(catalog: Catalog) -> bytes:
    """A catalogue's file, in which nothing but its messages ever changes."""
    written = BytesIO()
    write_po(written, catalog, width=100, no_location=True, sort_output=True, ignore_obsolete=True)
    lines = written.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(_NOISE))


def main() -> None:
    """Updates every catalogue and says what is left to translate."""
    for language in LANGUAGES:
        sys.stdout.write(f"{path_of(language)}: {update(language)} messages to translate\n")


if __name__ == "__main__":
    main()
