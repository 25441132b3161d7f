"""Texts of the source that look French and that no translation will reach."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from graders.opaque import _USES
from tests.language.catalogues import PACKAGE
from tests.language.french import french_in

# What people do not read in their own language, by file.
NOT_MESSAGES: dict[str, tuple[str, ...]] = {
    # Looked for in answers, which may be French whatever the course speaks.
    "checks/initialisation.py": ("pas", "sans", "(?<=[a-zà-ÿ])(?=[A-Z])"),
    "checks/numbers.py": (r"\s*param[eè]tres?\s*$",),
    # Names of languages, encodings, methods, losses, files and fonts.
    "language.py": ("en", " (?=[:;?!»])"),
    "grading/repair/text.py": ("utf-16-le", "-le"),
    "opaque.py": (" ".join(_USES.split()),),
    "models/reading_compilation.py": ("ce",),
    "reports/moodle/safe_names.py": (r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?",),
    "rubric.py": ('" style="font-family:sans-serif;line-height:1.4">',),
    # Moodle's own words, in its two languages: worksheets are read whatever the course speaks.
    "reports/moodle/columns.py": (
        "Adresse de courriel",
        "Barème",
        "La note peut être modifiée",
        "Dernière modification (travail remis)",
        "Dernière modification (note)",
    ),
    "reports/moodle/dates.py": ("février", "août", "décembre"),
}


def unmarked_in_source(known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """File and text of each string that looks French and is none of the `known` messages."""
    for path in sorted(PACKAGE.rglob("*.py")):
        file = path.relative_to(PACKAGE).as_posix()
        allowed = NOT_MESSAGES.get(file, ())
        for text in texts_of(file):
            if french_in(text) and text not in known and text not in allowed:
                yield file, text


def unmarked_in_pages() -> Iterator[tuple[str, str]]:
    """The same of templates and scripts: what is French outside of a marked message."""
    for path in sorted(p for kind in ("*.html", "*.js") for p in PACKAGE.rglob(kind)):
        for found in french_in(_visible(path)):
            yield path.relative_to(PACKAGE).as_posix(), found


def texts_of(file: str) -> Iterator[str]:
    """Every string of a module, its docstrings left out; a check's is its title, and is known."""
    tree = ast.parse((PACKAGE / file).read_text(encoding="utf-8"))
    docstrings = {id(_docstring(node)) for node in ast.walk(tree)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in docstrings:
                yield text


def _docstring(node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        match node.body:
            case [ast.Expr(value=ast.Constant(value=str()) as text), *_]:
                return text
    return None


def _visible(path: Path) -> str:
    """A page without its expressions, in which messages are marked, its comments and its tags."""
    text = path.read_text(encoding="utf-8")
    for hidden in (r"\{[{%#].*?[}%#]\}", r"<(style|script)\b.*?</\1>", r"<[^>]*>", r"/\*.*?\*/"):
        text = re.sub(hidden, " ", text, flags=re.DOTALL)
    return text
