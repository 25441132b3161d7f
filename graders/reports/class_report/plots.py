"""The report's plots: each is told apart by shapes and hatches, for it may be printed in black."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import floor, log10, sqrt
from typing import Final

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from graders.language import spaced
from graders.language import translate as _
from graders.reports.class_report.accuracies import ModelAccuracies
from graders.reports.class_report.distribution import Distribution
from graders.reports.class_report.success import CellSuccess
from graders.reports.class_report.svg import inline_svg
from graders.reports.class_report.wording import cell_name, percent
from graders.text import number

# Points of a printed page: as wide as a phone shows without making the text small.
_WIDTH: Final = 400
_POINTS_PER_INCH: Final = 72
_TEXT: Final = 11
_INK, _SOFT, _PALE = "#1d2530", "#8b95a1", "#dfe5ec"
_BLUE: Final = "#2b5c8a"
# Passed, partial, failed, not judged.
_FILLS: Final = (_BLUE, "#a9c1d9", "#ffffff", "#ffffff")
_HATCHES: Final = ("", "////", "", "xxx")
# Errors an accuracy plot shows: from one in a thousand to all.
_LEAST_ERROR: Final = 1e-3
_COLUMNS: Final = 45
_ACCURACIES: Final = (0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999)
_BETWEEN_TICKS: Final = 0.12
_COUNTS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_BETWEEN_COUNTS: Final = 0.14


def marks_plot(distribution: Distribution) -> Markup:
    """Bars of marks; those of incomplete submissions hatched, on top. The median is a line."""
    figure, axes = _axes(200)
    bins = distribution.bins()
    middles = [(start + end) / 2 for start, end, _graded, _incomplete in bins]
    width = 0.9 * distribution.maximum / len(bins)
    graded, incomplete = [b[2] for b in bins], [b[3] for b in bins]
    axes.bar(middles, graded, width, color=_BLUE, edgecolor=_INK, linewidth=0.6)
    if any(incomplete):
        _hatched_bars(axes, middles, incomplete, width, graded)
    median = distribution.quartiles[1]
    axes.axvline(median, color=_INK, linewidth=1, linestyle=(0, (4, 3)))
    at_left = median > 0.75 * distribution.maximum
    axes.annotate(
        _("médiane {median}").format(median=number(median)),
        (median, 1),
        xycoords=("data", "axes fraction"),
        xytext=(-4 if at_left else 4, 3),
        textcoords="offset points",
        ha="right" if at_left else "left",
        color=_INK,
        fontsize=_TEXT,
    )
    axes.set_xlim(0, distribution.maximum)
    axes.set_xlabel(_("points sur {maximum}").format(maximum=number(distribution.maximum)))
    axes.set_ylabel(_("étudiants"))
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.xaxis.set_major_locator(MaxNLocator(10, integer=True))
    described = _("Histogramme des points de {count} copies, médiane {median} sur {maximum}.")
    return inline_svg(
        figure,
        "marks",
        described.format(
            count=len(distribution.values),
            median=number(median),
            maximum=number(distribution.maximum),
        ),
    )


def success_plot(cells: Sequence[CellSuccess]) -> Markup:
    """One bar a cell: shares of passed, partial, failed, not judged."""
    figure, axes = _axes(46 + 21 * len(cells))
    places = range(len(cells))
    left = [0.0] * len(cells)
    labels = (_("réussi"), _("en partie"), _("à revoir"), _("à juger"))
    for position, label in enumerate(labels):
        shares = [cell.counts[position] / max(1, sum(cell.counts)) for cell in cells]
        axes.barh(
            places,
            shares,
            0.72,
            left,
            color=_FILLS[position],
            hatch=_HATCHES[position],
            edgecolor=_INK,
            linewidth=0.6,
            label=label,
        )
        left = [start + share for start, share in zip(left, shares, strict=True)]
    axes.set_yticks(places, [cell_name(cell.cell) for cell in cells])
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _place: percent(share, 0)))
    figure.legend(
        loc="outside upper center",
        ncols=4,
        frameon=False,
        fontsize=_TEXT,
        handlelength=1.3,
        handletextpad=0.5,
        columnspacing=1.1,
    )
    described = _("Part des copies réussies, en partie et à revoir, pour {count} cellules notées.")
    return inline_svg(figure, "success", described.format(count=len(cells)))


def accuracy_plot(found: ModelAccuracies) -> Markup:
    """Bars of accuracies, by error on a logarithmic scale; thresholds are lines.

    Students are on a square root scale: right answers train to the very same weights, and one
    who stands alone must be seen beside a hundred who stand together.
    """
    figure, axes = _axes(170)
    errors = [max(_LEAST_ERROR, 1 - value) for value in found.values]
    least = _least_shown(errors, found)
    step = log10(least) / _COLUMNS
    piles = Counter(floor(log10(error) / step) for error in errors)
    edges = {column: (10 ** (column * step), 10 ** ((column + 1) * step)) for column in piles}
    axes.bar(
        [edges[column][0] for column in piles],
        list(piles.values()),
        [edges[column][1] - edges[column][0] for column in piles],
        align="edge",
        color=_BLUE,
        edgecolor=_INK,
        linewidth=0.6,
    )
    _draw_thresholds(axes, found)
    axes.set_xscale("log")
    axes.set_xlim(1, least)
    ticks = _apart([1 - value for value in _ACCURACIES if 1 - value >= least], least)
    axes.set_xticks(ticks, [percent(1 - tick, 1) for tick in ticks])
    axes.minorticks_off()
    highest = max(piles.values())
    axes.set_yscale("function", functions=(np.sqrt, np.square))
    axes.set_ylim(0, 1.1 * highest)
    axes.set_yticks(_counts_apart(highest))
    axes.set_xlabel(_("exactitude (échelle logarithmique des erreurs)"))
    axes.set_ylabel(_("étudiants"))
    described = _("Histogramme des exactitudes de {count} modèles {variable}.").format(
        count=len(errors), variable=found.variable
    )
    return inline_svg(figure, f"accuracy-{found.variable}", described)


def _draw_thresholds(axes: Axes, found: ModelAccuracies) -> None:
    if found.threshold is None:
        return
    full, nothing = found.threshold.full, found.threshold.floor
    _draw_threshold(axes, full, _("{accuracy} : tous les points"), "-", "left")
    _draw_threshold(axes, nothing, _("{accuracy} : aucun point"), "--", "right")


def _draw_threshold(axes: Axes, accuracy: float, label: str, line: str, side: str) -> None:
    axes.axvline(1 - accuracy, color=_INK, linewidth=1, linestyle=line)
    axes.annotate(
        spaced(label.format(accuracy=percent(accuracy, 1))),
        (1 - accuracy, 1),
        xycoords=("data", "axes fraction"),
        xytext=(-3 if side == "left" else 3, 3),
        textcoords="offset points",
        ha=side,
        color=_INK,
        fontsize=_TEXT,
    )


def _apart(errors: Sequence[float], least: float) -> list[float]:
    """Of ticks on a logarithmic axis, those whose labels do not touch."""
    kept: list[float] = []
    for error in errors:
        if not kept or log10(error / kept[-1]) / log10(least) >= _BETWEEN_TICKS:
            kept.append(error)
    return kept


def _counts_apart(highest: int) -> list[int]:
    """Ticks up to `highest` on a square root axis, whose labels do not touch."""
    kept: list[int] = []
    for count in _COUNTS:
        apart = not kept or sqrt(count) - sqrt(kept[-1]) >= _BETWEEN_COUNTS * sqrt(highest)
        if count <= highest and apart:
            kept.append(count)
    return kept


def _least_shown(errors: Sequence[float], found: ModelAccuracies) -> float:
    """Somewhat less than the least error there is to show."""
    threshold = [1 - found.threshold.full] if found.threshold else []
    return max(_LEAST_ERROR / 2, 0.5 * min((*errors, *threshold)))


def _hatched_bars(
    axes: Axes,
    places: Sequence[float],
    heights: Sequence[int],
    width: float,
    bottom: Sequence[int],
) -> None:
    axes.bar(
        places,
        heights,
        width,
        bottom,
        color="#ffffff",
        hatch="////",
        edgecolor=_INK,
        linewidth=0.6,
    )


def _axes(height: float) -> tuple[Figure, Axes]:
    """Quiet axes in a figure as wide as all others, `height` points high."""
    size = (_WIDTH / _POINTS_PER_INCH, height / _POINTS_PER_INCH)
    figure = Figure(figsize=size, layout="constrained", dpi=_POINTS_PER_INCH)
    axes = figure.subplots()
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_SOFT)
    axes.tick_params(length=0, labelsize=_TEXT, labelcolor=_INK)
    axes.xaxis.label.set(fontsize=_TEXT, color=_INK)
    axes.yaxis.label.set(fontsize=_TEXT, color=_INK)
    axes.grid(axis="y", color=_PALE, linewidth=0.6)
    axes.set_axisbelow(True)
    return figure, axes
