"""Any text read as Python's tokens, by logical line.

Python's own tokenizer refuses what is not Python; students also write shell lines, magics and
half sentences, and these are read as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

_OPENING: Final = frozenset("([{")
_CLOSING: Final = frozenset(")]}")
_LEXICON: Final = re.compile(
    r"""(?P<comment>\#[^\r\n]*)
    | (?P<joint>\\\r?\n)
    | (?P<string>[bBfFrRuU]{0,2}(?:
        \"{3}(?s:\\.|(?!\"{3}).)*(?:\"{3}|\Z) | '{3}(?s:\\.|(?!'{3}).)*(?:'{3}|\Z)
        | "(?:\\.|[^"\\\r\n])*"? | '(?:\\.|[^'\\\r\n])*'?))
    | (?P<name>[^\W\d]\w*)
    | (?P<number>(?:\d|\.\d)(?:[eE][+-]|[\w.])*)
    | (?P<newline>\r\n?|\n)
    | (?P<sign>\*\*=?|//=?|<<=?|>>=?|[-+*/%@&|^:=!<>]=|->|[^\w\s])""",
    re.VERBOSE,
)

_SETTING: Final = re.compile(r"""[bBfFrRuU]{0,2}(["'])([^\W\d]\w*)\1""")


class Token(NamedTuple):
    """A piece of code; `kind` is comment, string, name, number, newline or sign.

    `start` is where it begins in the source.
    """

    kind: str
    text: str
    start: int

    @property
    def nesting(self) -> int:
        """1 for an opening bracket, -1 for a closing one, else 0."""
        return (self.text in _OPENING) - (self.text in _CLOSING)

    @property
    def setting(self) -> str:
        """What a string of one word says, as settings do (`"same"`); empty for any other token."""
        found = _SETTING.fullmatch(self.text)
        return found.group(2) if found else ""


def tokens(source: str) -> tuple[Token, ...]:
    """All tokens of a text, spaces and escaped line ends left out."""
    found = (Token(str(m.lastgroup), m.group(), m.start()) for m in _LEXICON.finditer(source))
    return tuple(token for token in found if token.kind != "joint")


def statements(code: Iterable[Token]) -> Iterator[tuple[Token, ...]]:
    """Tokens by logical line, comments left out: an open bracket holds lines together."""
    depth = 0
    line: list[Token] = []
    for token in code:
        depth = max(depth + token.nesting, 0)
        if depth == 0 and (token.kind == "newline" or token.text == ";"):
            yield tuple(line)
            line = []
        elif token.kind not in {"newline", "comment"}:
            line.append(token)
    yield tuple(line)


def is_import(statement: Sequence[Token]) -> bool:
    """Whether a statement is `import …` or `from … import …`."""
    words = [token.text for token in statement]
    return words[:1] == ["import"] or (words[:1] == ["from"] and "import" in words)


def imported_names(code: Iterable[Token]) -> Mapping[str, str]:
    """Names that imports bind, and what they stand for: `np` for `numpy`."""
    names: dict[str, str] = {}
    for statement in filter(is_import, statements(code)):
        words = [token.text for token in statement if token.text not in {"(", ")", ".", ","}]
        words = words[words.index("import") + 1 :]
        meant = ""
        for before, word in zip(["", *words], words, strict=False):
            if before == "as" and meant:
                names[word] = meant
            elif word != "as":
                meant = names[word] = word
    return names
