"""Code as words that renaming, spacing, comments and the wording of messages do not change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from keyword import kwlist
from typing import Final

from graders.reports.similarity.code_reading import Token, is_import, statements
from graders.reports.similarity.passages import Word

OWN_NAME: Final = "‹nom›"
MESSAGE: Final = "‹texte›"

_KEYWORDS: Final = frozenset(kwlist)
_END: Final = Token("newline", "\n", 0)


def normalised(code: Sequence[Token], imported: Mapping[str, str]) -> tuple[Word, ...]:
    """The code's words: what is called, with which settings, in which order.

    A placeholder stands for every name but those imported, attributes and keywords; functions,
    parameters and attributes that the code defines are its own names too. Another stands for
    every string but those of one word, which are settings (`"same"`), unless it is a `name=`.
    Imports, the path before an imported name (`keras.layers.`), comments, layout and a comma
    before a closing bracket leave nothing. Numbers stay as they are.
    """
    lines = [line for line in statements(code) if not is_import(line)]
    whole = [token for line in lines for token in line]
    return tuple(_words(tuple(_without_paths(whole, imported)), _defined(whole)))


def _without_paths(code: Sequence[Token], imported: Mapping[str, str]) -> Iterator[Token]:
    """`keras.layers.Dense` as the imported name `Dense`."""
    path: list[Token] = []
    for before, token, after in zip((_END, *code), code, (*code[1:], _END), strict=False):
        if path:
            path.append(token)
        elif token.kind == "name" and before.text != "." and token.text in imported:
            path = [token]
        else:
            yield token
        if path and after.text != "." and token.text != ".":
            name = imported[token.text] if len(path) == 1 else token.text
            yield Token("imported", name, path[0].start)
            path = []


def _words(code: Sequence[Token], own: frozenset[str]) -> Iterator[Word]:
    depth = 0
    keyword = ""
    for before, token, after in zip((_END, *code), code, (*code[1:], _END), strict=False):
        depth = max(depth + token.nesting, 0)
        if token.nesting or token.text == ",":
            keyword = ""
        text = token.text
        if token.kind == "string":
            text = token.setting if token.setting and keyword != "name" else MESSAGE
        elif token.kind == "name" and text not in _KEYWORDS:
            if depth and after.text == "=" and before.text in {"(", ","}:
                keyword = text
            if text in own or (before.text != "." and keyword != text):
                text = OWN_NAME
        elif text == "," and after.nesting < 0:
            continue
        yield Word(text, token.start, token.start + len(token.text))


def _defined(code: Sequence[Token]) -> frozenset[str]:
    """Functions, classes, parameters and attributes that the code itself names."""
    own: set[str] = set()
    around = zip((_END, *code), code, (*code[1:], _END), strict=False)
    for position, (before, token, after) in enumerate(around):
        if before.text in {"def", "class"} or (before.text == "." and after.text == "="):
            own.add(token.text)
        if before.text == "def":
            own |= _parameters(code[position + 1 :])
    return frozenset(own)


def _parameters(code: Sequence[Token]) -> set[str]:
    depth = 0
    names = set()
    for before, token in zip((_END, *code), code, strict=False):
        depth += token.nesting
        if depth <= 0:
            break
        if token.kind == "name" and depth == 1 and before.text in {"(", ",", "*", "**"}:
            names.add(token.text)
    return names
