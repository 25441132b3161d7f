"""Putting named cells back in the source's order, and missing ones in their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graders.grading.repair.cells import Cell
from graders.grading.repair.source import Source, SourceCell


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell, and its place in the source; None for a cell that is the student's own."""

    cell: Cell
    place: int | None = None


def arrange(
    items: Sequence[Placed], missing: Sequence[Placed], source: Source
) -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    """The cells in the source's order, with `missing` in place; and the names that were moved.

    As few named cells as possible move, tests rather than answers, and the student's own cells
    move only with the answer or given cell that they follow.
    """
    staying = _staying(items, source)
    result: list[Placed] = []
    blocks: list[list[Placed]] = []
    travelling = False
    for position, item in enumerate(items):
        if position in staying:
            travelling = False
            result.append(item)
        elif item.place is not None and source[item.place].name:
            blocks.append([item])
            # Nothing belongs to a test: what follows one stays where it is.
            travelling = not source[item.place].is_test
        else:
            (blocks[-1] if travelling else result).append(Placed(item.cell))
    for block in sorted([*blocks, *([item] for item in missing)], key=_place_of_block):
        at = _insertion(result, block[0], source)
        result[at:at] = block
    moved = tuple(source[_place_of_block(block)].name for block in blocks)
    return tuple(item.cell for item in result), moved


def _place_of_block(block: Sequence[Placed]) -> int:
    return block[0].place or 0


def _insertion(result: Sequence[Placed], item: Placed, source: Source) -> int:
    """Where an item belongs: a given cell at once after what precedes it, others as late as
    they may, for the student's own cells may prepare what they need.
    """
    place = item.place or 0
    anchors = [(n, found.place) for n, found in enumerate(result) if found.place is not None]
    following = next((n for n, other in anchors if other > place), len(result))
    preceding = max((n for n, other in anchors if other < place and n < following), default=-1)
    record = source[place]
    at_once = record.locked and not record.is_test and preceding >= 0
    return preceding + 1 if at_once else following


def _staying(items: Sequence[Placed], source: Source) -> frozenset[int]:
    """Positions of the cells that stay: a heaviest increasing run of the named ones, then the
    unnamed given cells that agree with it.
    """
    named = [
        (position, item.place)
        for position, item in enumerate(items)
        if item.place is not None and source[item.place].name
    ]
    staying = dict(_heaviest_run(named, source))
    last = -1
    for position, item in enumerate(items):
        if item.place is None:
            continue
        if position not in staying and not source[item.place].name:
            later = [place for at, place in staying.items() if at > position]
            if last < item.place < min(later, default=len(source)):
                staying[position] = item.place
        if position in staying:
            last = max(last, item.place)
    return frozenset(staying)


def _heaviest_run(named: Sequence[tuple[int, int]], source: Source) -> Sequence[tuple[int, int]]:
    """The increasing subsequence of places of the greatest weight."""
    best: list[tuple[int, list[tuple[int, int]]]] = []
    for entry in named:
        runs = [run for run in best if run[1][-1][1] < entry[1]]
        weight, run = max(runs, key=lambda found: found[0], default=(0, []))
        best.append((weight + _weight(source[entry[1]]), [*run, entry]))
    return max(best, key=lambda found: found[0], default=(0, []))[1]


def _weight(record: SourceCell) -> int:
    if record.solution:
        return 3
    return 1 if record.is_test else 2
