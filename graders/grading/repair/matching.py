"""Which cell of a submission is which cell of the source, whatever became of its metadata."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from graders.grading.repair.cells import Cell
from graders.grading.repair.source import (
    Source,
    SourceCell,
    named_cells,
    same_text,
    similarity,
    test_of,
    trimmed,
    words,
)

# Two test cells of this course share up to half of their words; an edited one keeps more.
_SIMILAR = 0.7
# A longer text is nobody's given cell, and not worth comparing with all of them.
_LONGEST_GIVEN = 50_000
# From this share of the names on, copies are those of a notebook pasted twice.
_PASTED = 0.6


@dataclass(frozen=True, slots=True)
class Match:
    """Positions in the submission of the source's named cells.

    `chosen` gives the one cell that counts for each name found, `copies` the other cells that
    bore a name; `recognised` are names found otherwise than by nbgrader's metadata. `plain`
    gives the place in the source of cells that students were given without a name.
    """

    chosen: Mapping[str, int]
    copies: Mapping[int, str]
    recognised: frozenset[str]
    plain: Mapping[int, int]

    @property
    def is_pasted_twice(self) -> bool:
        """Whether so many cells are there twice that the whole notebook must be."""
        copied = set(self.copies.values())
        return len(copied) > 1 and len(copied) >= _PASTED * len(self.chosen)


def adds_nothing(copy: Cell, record: SourceCell, chosen: Cell) -> bool:
    """Whether nothing that a student wrote is lost without a copy of `chosen`."""
    return record.is_untouched(copy.source) or same_text(copy.source, chosen.source)


def match(cells: Sequence[Cell], source: Source) -> Match:
    """Finds each named cell of the source: by name, identifier, text, then by its place."""
    known = named_cells(source)
    claims = _claims(cells, known)
    chosen: dict[str, int] = {}
    for name in sorted(claims, key=lambda name: not known[name].solution):
        chosen[name] = (
            _the_answer(known[name], claims[name], cells, claims, source)
            if known[name].solution
            else _the_given(known[name], claims[name], cells, _near(name, known, chosen))
        )
    copies = {
        position: name
        for name, positions in claims.items()
        for position in positions
        if position != chosen[name]
    }
    by_name = frozenset(chosen)
    for finding in (_by_identifier, _by_text, _by_similarity):
        taken = set(chosen.values())
        free = [n for n in range(len(cells)) if n not in taken]
        missing = [cell for name, cell in known.items() if name not in chosen]
        found = dict(finding(cells, free, missing, frozenset(copies)))
        chosen |= found
    plain = _plain_cells(cells, source, {*chosen.values(), *copies})
    taken = {*chosen.values(), *copies, *plain}
    free = [n for n in range(len(cells)) if n not in taken and cells[n].source.strip()]
    if chosen or plain:
        chosen |= _by_place(cells, free, known, chosen)
    return Match(
        chosen={name: chosen[name] for name in known if name in chosen},
        copies={n: name for n, name in copies.items() if n not in set(chosen.values())},
        recognised=frozenset(chosen) - by_name,
        plain=plain,
    )


def edited_answers(cells: Sequence[Cell], found: Match, source: Source) -> int:
    """How many answer cells hold something else than what students were given."""
    known = named_cells(source)
    return sum(
        known[name].solution and not known[name].is_untouched(cells[position].source)
        for name, position in found.chosen.items()
    )


def _claims(cells: Sequence[Cell], known: Mapping[str, SourceCell]) -> dict[str, list[int]]:
    """Cells by the name they bear. A copy whose identifier is another, missing cell's is that."""
    claims: defaultdict[str, list[int]] = defaultdict(list)
    for position, cell in enumerate(cells):
        if cell.name in known:
            claims[cell.name].append(position)
    owners = {cell.cell_id: cell.name for cell in known.values() if cell.cell_id}
    for name, positions in list(claims.items()):
        for position in positions[:]:
            owner = owners.get(cells[position].cell_id, name)
            if len(claims[name]) > 1 and not claims.get(owner):
                claims[name].remove(position)
                claims[owner].append(position)
    return {name: positions for name, positions in claims.items() if positions}


def _the_answer(
    record: SourceCell,
    positions: Sequence[int],
    cells: Sequence[Cell],
    claims: Mapping[str, Sequence[int]],
    source: Source,
) -> int:
    """Which of an answer's copies counts: the last that the student wrote in.

    Copies after the test are where students try things out: they count only if nothing is
    written before it.
    """
    written = [n for n in positions if not record.is_untouched(cells[n].source)]
    if not written:
        return max(positions, key=lambda n: (cells[n].cell_id == record.cell_id, -n))
    test = test_of(record, source)
    tested = max(claims.get(test.name, (len(cells),))) if test else len(cells)
    return max([n for n in written if n < tested] or written)


def _the_given(
    record: SourceCell, positions: Sequence[int], cells: Sequence[Cell], near: int
) -> int:
    """Which of a given cell's copies counts: the most like it, the nearest to its answer."""
    if len(positions) == 1:
        return positions[0]
    own = words(record.released)
    return max(
        positions,
        key=lambda n: (
            same_text(cells[n].source, record.released),
            similarity(words(cells[n].source), own),
            -abs(n - near),
            -n,
        ),
    )


def _near(name: str, known: Mapping[str, SourceCell], chosen: Mapping[str, int]) -> int:
    """Where the answer before a given cell stands, else the one after it."""
    names = list(known)
    place = names.index(name)
    around = (*reversed(names[:place]), *names[place:])
    return next((chosen[other] for other in around if other in chosen), 0)


Found = Iterator[tuple[str, int]]


def _by_identifier(
    cells: Sequence[Cell], free: Sequence[int], missing: Sequence[SourceCell], _: frozenset[int]
) -> Found:
    places = {cells[n].cell_id: n for n in reversed(free) if cells[n].cell_id}
    for record in missing:
        if record.cell_id in places:
            yield record.name, places.pop(record.cell_id)


def _by_text(
    cells: Sequence[Cell], free: Sequence[int], missing: Sequence[SourceCell], _: frozenset[int]
) -> Found:
    """Given cells by their exact text; answers have none of their own to be known by."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for n in free:
        if len(cells[n].source) <= _LONGEST_GIVEN:
            places[trimmed(cells[n].source)].append(n)
    for record in missing:
        found = places[trimmed(record.released)]
        if found and not record.solution:
            yield record.name, found.pop(0)


def _by_similarity(
    cells: Sequence[Cell],
    free: Sequence[int],
    missing: Sequence[SourceCell],
    copies: frozenset[int],
) -> Found:
    left = {n: words(cells[n].source) for n in free if n not in copies}
    for record in missing:
        if record.solution or not left:
            continue
        own = words(record.released)
        likeness = {n: similarity(found, own) for n, found in left.items()}
        best = max(likeness, key=likeness.__getitem__)
        if likeness[best] >= _SIMILAR:
            del left[best]
            yield record.name, best


def _plain_cells(cells: Sequence[Cell], source: Source, taken: set[int]) -> dict[int, int]:
    """Cells that students were given without a name: by identifier, else by text."""
    by_identifier: dict[str, int] = {}
    by_text: dict[str, int] = {}
    for place, record in enumerate(source):
        if not record.name:
            by_identifier[record.cell_id] = place
            by_text[trimmed(record.released)] = place
    by_identifier.pop("", None)
    found = {}
    for position, cell in enumerate(cells):
        if position not in taken and cell.name == "":
            place = by_identifier.get(cell.cell_id, by_text.get(trimmed(cell.source), -1))
            if place >= 0:
                found[position] = place
    return found


def _by_place(
    cells: Sequence[Cell],
    free: Sequence[int],
    known: Mapping[str, SourceCell],
    chosen: Mapping[str, int],
) -> dict[str, int]:
    """Missing answers: the last cells of their kind between the named cells around them."""
    gaps: defaultdict[tuple[int, int, str], list[str]] = defaultdict(list)
    names = list(known)
    for index, name in enumerate(names):
        if name not in chosen and known[name].solution:
            low = next((chosen[n] for n in reversed(names[:index]) if n in chosen), -1)
            after = (chosen[n] for n in names[index:] if n in chosen and chosen[n] > low)
            gaps[low, next(after, len(cells)), known[name].cell_type].append(name)
    found: dict[str, int] = {}
    for (low, high, kind), wanted in gaps.items():
        inside = [n for n in free if low < n < high and cells[n].cell_type == kind]
        left = [n for n in inside if n not in set(found.values())][-len(wanted) :]
        found |= dict(zip(wanted[-len(left) :] if left else [], left, strict=True))
    return found
