"""What a result shows besides its findings: the answer as it was understood, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from graders.models.bounds import AtMost, Between, Count
from graders.models.portable_schema import decode, encode
from graders.text import printable

_MOST_LAYERS = 200
_MOST_SERIES = 16
_MOST_EPOCHS = 500
_MOST_CLASSES = 20
_MOST_EXHIBITS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """A short text on one line."""

    def allows(self, value: object) -> bool:
        return isinstance(value, str) and printable(value) == value

    def __str__(self) -> str:
        return "a short printable text"


Text = Annotated[str, Line()]
Measure = Annotated[float, Between(-1e12, 1e12)]
State = Literal["same", "changed", "missing", "extra", "moved"]


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One layer of an answer as it was read (empty: one is missing), and what differs.

    `remark` names what differs in kind, never the value that was expected.
    """

    layer: Text
    state: State
    remark: Text = ""


@dataclass(frozen=True, slots=True)
class LayersTable:
    """The layers of the model in `variable`; `parameters` is their count where it is known."""

    variable: Text
    rows: Annotated[tuple[LayerRow, ...], AtMost(_MOST_LAYERS)]
    parameters: Count | None


@dataclass(frozen=True, slots=True)
class Curve:
    """What was measured while a model trained: by metric, one value an epoch."""

    variable: Text
    series: Annotated[
        tuple[tuple[Text, Annotated[tuple[Measure, ...], AtMost(_MOST_EPOCHS)]], ...],
        AtMost(_MOST_SERIES),
    ]


@dataclass(frozen=True, slots=True)
class Confusion:
    """How test images were classified: a row for each true digit, a column for each answer."""

    variable: Text
    counts: Annotated[
        tuple[Annotated[tuple[Count, ...], AtMost(_MOST_CLASSES)], ...], AtMost(_MOST_CLASSES)
    ]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.counts) for row in self.counts) or not self.total:
            raise ValueError("A confusion is a square of counts, of at least one image.")

    @property
    def total(self) -> int:
        """Images that were classified."""
        return sum(map(sum, self.counts))

    @property
    def accuracy(self) -> float:
        """Share of them that were classified well, from 0 to 1."""
        return sum(row[digit] for digit, row in enumerate(self.counts)) / self.total


Exhibit = LayersTable | Curve | Confusion
Exhibits = Annotated[tuple[Exhibit, ...], AtMost(_MOST_EXHIBITS)]


def exhibits_to_data(exhibits: tuple[Exhibit, ...]) -> Any:
    """What `json.dumps` takes.

    Raises:
        ValueError: `exhibits_from_data` would refuse it.
    """
    data = encode(exhibits)
    exhibits_from_data(data)
    return data


def exhibits_from_data(data: object) -> tuple[Exhibit, ...]:
    """Read `exhibits_to_data`'s form.

    Raises:
        ValueError: whatever else `data` is.
    """
    found: tuple[Exhibit, ...] = decode(Exhibits, data, "exhibits")
    return found
