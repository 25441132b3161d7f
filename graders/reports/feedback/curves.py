"""A learning curve as drawings: one for each measure, its validation beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from matplotlib.ticker import MaxNLocator

from graders.exhibits import Curve
from graders.language import decimal, marked
from graders.language import translate as _

WIDTH, HEIGHT = 340, 200
"""The drawing, in units of its own."""
LEFT, RIGHT, TOP, BOTTOM = 54, WIDTH - 12, 12, HEIGHT - 34
"""The frame that the lines are drawn in."""

_VALIDATION = "val_"
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "loss": marked("Coût"),
        "accuracy": marked("Exactitude"),
        "acc": marked("Exactitude"),
        "categorical_accuracy": marked("Exactitude"),
        "sparse_categorical_accuracy": marked("Exactitude"),
    }
)
_MOST_DECIMALS = 7
_LONGEST_GRADE = 7
_MOST_MARKS = 30  # epochs beyond which a line is drawn without its points


@dataclass(frozen=True, slots=True)
class Tick:
    """A graduation: where it is drawn, and what is written there."""

    place: float
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """One series: its points as (x, y) of the drawing, and its values as they are told."""

    name: str
    points: tuple[tuple[float, float], ...]
    values: tuple[str, ...]
    validation: bool

    @property
    def path(self) -> str:
        """The points as an SVG polyline takes them."""
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in self.points)

    @property
    def is_marked(self) -> bool:
        """Whether each of its points is shown."""
        return len(self.points) <= _MOST_MARKS

    @property
    def summary(self) -> str:
        """The line in words: where it begins, where it ends."""
        if len(self.values) == 1:
            return _("{name} : {value} après une époque.").format(
                name=self.name, value=self.values[0]
            )
        return _("{name} : {first} après la première époque, {last} après la dernière.").format(
            name=self.name, first=self.values[0], last=self.values[-1]
        )


@dataclass(frozen=True, slots=True)
class Drawing:
    """One measure, epoch after epoch."""

    name: str
    lines: tuple[Line, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    epochs: int


def drawings(curve: Curve) -> tuple[Drawing, ...]:
    """A drawing for each measure of a curve, in its order."""
    series = {name: values for name, values in curve.series if values}
    measures = dict.fromkeys(name.removeprefix(_VALIDATION) for name in series)
    return tuple(
        _drawing(measure, {n: series[n] for n in (measure, _VALIDATION + measure) if n in series})
        for measure in measures
    )


def _drawing(name: str, series: Mapping[str, Sequence[float]]) -> Drawing:
    values = [value for each in series.values() for value in each]
    epochs = max(len(each) for each in series.values())
    grades = _grades(min(values), max(values))
    bottom, top = min(grades[0], *values), max(grades[-1], *values)

    def y(value: float) -> float:
        share = (value - bottom) / (top - bottom)
        return BOTTOM - share * (BOTTOM - TOP)

    def x(epoch: int) -> float:
        share = (epoch - 1) / (epochs - 1) if epochs > 1 else 0.5
        return LEFT + share * (RIGHT - LEFT)

    numbered = MaxNLocator(nbins=6, integer=True).tick_values(1, epochs) if epochs > 1 else (1,)
    return Drawing(
        name=_told(name),
        lines=tuple(
            Line(
                _line_name(each),
                tuple((x(epoch), y(value)) for epoch, value in enumerate(found, 1)),
                tuple(_number(value) for value in found),
                each.startswith(_VALIDATION),
            )
            for each, found in series.items()
        ),
        across=tuple(
            Tick(x(int(epoch)), str(int(epoch))) for epoch in numbered if 1 <= epoch <= epochs
        ),
        up=tuple(
            Tick(y(grade), words) for grade, words in zip(grades, _words(grades), strict=True)
        ),
        epochs=epochs,
    )


def _grades(low: float, high: float) -> list[float]:
    """Round values around those that are drawn."""
    room = max(abs(high) * 0.05, 1e-3) if high - low <= abs(high) * 1e-6 else 0
    return [float(grade) for grade in MaxNLocator(nbins=4).tick_values(low - room, high + room)]


def _words(grades: Sequence[float]) -> list[str]:
    """Graduations with as few decimals as tell them exactly, or else in powers of ten."""
    room = 1e-6 * (grades[-1] - grades[0])
    for decimals in range(_MOST_DECIMALS):
        words = [f"{grade:.{decimals}f}" for grade in grades]
        exact = all(
            abs(float(word) - grade) <= room for word, grade in zip(words, grades, strict=True)
        )
        if exact and max(map(len, words)) <= _LONGEST_GRADE:
            return [decimal(word) for word in words]
    return [decimal(f"{grade:.2g}") for grade in grades]


def _told(name: str) -> str:
    return _(_NAMES[name]) if name in _NAMES else name


def _line_name(name: str) -> str:
    return _("Validation") if name.startswith(_VALIDATION) else _("Apprentissage")


def _number(value: float) -> str:
    return decimal(f"{value:.4g}")
