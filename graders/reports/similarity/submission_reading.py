"""One student's answers, read for comparison."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final, Literal

from graders.reports.similarity.code_reading import imported_names, tokens
from graders.reports.similarity.normalised_code import normalised
from graders.reports.similarity.passages import Passage, Word, passages
from graders.reports.similarity.prose import words, words_in_code

Kind = Literal["code", "prose"]

# Long enough to be more than an idiom of the language, short enough to survive one change.
LENGTHS: Final[Mapping[Kind, int]] = {"code": 6, "prose": 5}
_LONGEST_SOURCE: Final = 20_000


@dataclass(frozen=True, slots=True)
class Reading:
    """A cell's words of one kind, and its passages that were not given."""

    source: str
    words: tuple[Word, ...]
    passages: Set[Passage]


def read(
    code: Mapping[str, str],
    texts: Mapping[str, str],
    imported: Mapping[str, str],
    given: Mapping[Kind, Set[Passage]],
) -> Mapping[tuple[str, Kind], Reading]:
    """A student's cells by name and kind: a code cell has prose too, in comments and strings.

    `imported` are the names that given code imports. At most 20 000 characters of a cell count.
    """
    sources = {cell: source[:_LONGEST_SOURCE] for cell, source in {**texts, **code}.items()}
    return {
        (cell, kind): Reading(
            sources[cell], found, frozenset(passages(found, LENGTHS[kind])) - given[kind]
        )
        for cell, kind, found in _words(sources, code, imported)
    }


def imports_of(sources: Sequence[str]) -> Mapping[str, str]:
    """Names that given code imports, which a student's cells may use."""
    return imported_names(token for source in sources for token in tokens(source))


def passages_of(code: Sequence[str], texts: Sequence[str]) -> Mapping[Kind, Set[Passage]]:
    """Passages of what was given to everybody."""
    sources = {str(n): source for n, source in enumerate((*code, *texts))}
    code_cells = {str(n): source for n, source in enumerate(code)}
    found: dict[Kind, set[Passage]] = {"code": set(), "prose": set()}
    for _, kind, row in _words(sources, code_cells, {}):
        found[kind].update(passages(row, LENGTHS[kind]))
    return found


def _words(
    sources: Mapping[str, str], code: Mapping[str, str], imported: Mapping[str, str]
) -> Iterator[tuple[str, Kind, tuple[Word, ...]]]:
    read_code = {cell: tokens(sources[cell]) for cell in code}
    known = {**imported, **imported_names(t for cell in read_code.values() for t in cell)}
    for cell, source in sources.items():
        if cell in code:
            yield cell, "code", normalised(read_code[cell], known)
            yield cell, "prose", words_in_code(read_code[cell])
        else:
            yield cell, "prose", words(source)
