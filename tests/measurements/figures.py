"""Draws the notebook's two figures and puts them into it.

    python -m tests.measurements.figures

They are the only pictures the notebook stores: the network's architecture, and the learning curves
of plateau.json, which take too long for every notebook to run again.
"""

import base64
import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import nbformat
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

HERE = Path(__file__).parent
NOTEBOOK = HERE.parents[1] / "source" / "tp_keras" / "deep_learning_keras.ipynb"

DOTS_PER_INCH = 110
SCALE = 0.05  # of a pixel of a map, in the figure's units
SHIFT = 0.04  # from a map to the next one behind it
DRAWN = {1: 1, 16: 4, 32: 7, 64: 11}  # maps, for as many of them; the caption tells how many
GAP = 0.7
INPUT, CONVOLUTION, POOLING, DENSE = "#bbbbbb", "#8fb8de", "#d9e6f2", "#f2c79b"

# Side of the maps, how many, how they came about.
MAPS = [
    (28, 1, "image", INPUT),
    (28, 16, "convolution\n5 × 5, sigmoïde", CONVOLUTION),
    (14, 16, "agrégation\n2 × 2", POOLING),
    (14, 32, "convolution\n5 × 5, sigmoïde", CONVOLUTION),
    (7, 32, "agrégation\n2 × 2", POOLING),
    (7, 64, "convolution\n5 × 5, sigmoïde", CONVOLUTION),
    (3, 64, "agrégation\n2 × 2", POOLING),
]
# Size of the vector, height of its drawing, how it came about.
VECTORS = [
    (576, 2.4, "mise\nà plat", INPUT),
    (100, 1.6, "dense,\nsigmoïde", DENSE),
    (10, 0.8, "dense,\nsoftmax", DENSE),
]


def label(axes: Axes, x: float, above: str, below: str) -> None:
    axes.text(x, 1.3, above, ha="center", va="bottom", fontsize=8)
    axes.text(x, -1.3, below, ha="center", va="top", fontsize=8)


def draw_architecture() -> Figure:
    figure = Figure(figsize=(9.5, 2.6))
    axes = figure.add_axes((0, 0, 1, 1))
    x = 0.0
    for side, count, origin, colour in MAPS:
        size, drawn = side * SCALE, DRAWN[count]
        width = size + (drawn - 1) * SHIFT
        for back in reversed(range(drawn)):
            corner = (x + back * SHIFT, -size / 2 + (back - (drawn - 1) / 2) * SHIFT)
            axes.add_patch(
                Rectangle(corner, size, size, facecolor=colour, edgecolor="black", linewidth=0.6)
            )
        label(axes, x + width / 2, origin, f"{side} × {side} × {count}")
        x += width + GAP
    for size, height, origin, colour in VECTORS:
        axes.add_patch(
            Rectangle(
                (x, -height / 2), 0.16, height, facecolor=colour, edgecolor="black", linewidth=0.6
            )
        )
        label(axes, x + 0.08, origin, str(size))
        x += 0.16 + GAP
    axes.set(xlim=(-0.3, x - GAP + 0.4), ylim=(-1.55, 1.8))
    axes.set_aspect("equal")
    axes.axis("off")
    return figure


def draw_plateau() -> Figure:
    runs: list[dict[str, Any]] = json.loads((HERE / "plateau.json").read_text("utf-8"))["runs"]
    figure = Figure(figsize=(8, 3.2), layout="constrained")
    axes = figure.subplots()
    colours = {"SGD": "#c0504d", "Adam": "#2f6fab"}
    names = {"SGD": "SGD, pas de 0,5", "Adam": "Adam, réglages par défaut"}
    draws = {0: ("-", "o"), 1: ("--", "s")}
    for one in sorted(runs, key=lambda run: (run["optimizer"], run["seed"])):
        line, marker = draws[one["seed"]]
        axes.plot(
            [epoch["epoch"] for epoch in one["epochs"]],
            [100 * epoch["test"]["accuracy"] for epoch in one["epochs"]],
            linestyle=line,
            marker=marker,
            markersize=4,
            label=f"{names[one['optimizer']]} (tirage n° {one['seed'] + 1})",
            color=colours[one["optimizer"]],
        )
    axes.axvline(10, color="grey", linewidth=0.8, linestyle=":")
    axes.text(9.9, 22, "durée demandée", ha="right", fontsize=8, color="dimgrey")
    axes.set(xlabel="époque", ylabel="exactitude sur le test (%)", ylim=(0, 102))
    axes.set_xticks(range(1, 21))
    axes.grid(alpha=0.3)
    axes.legend(loc="center left", fontsize=8)
    return figure


# The cell that shows the figure, the name its text calls it by.
FIGURES: list[tuple[str, str, Callable[[], Figure]]] = [
    ("question_9", "architecture.png", draw_architecture),
    ("plateau", "plateau.png", draw_plateau),
]


def png(figure: Figure) -> str:
    written = BytesIO()
    # Without a version in the file, the same figure is the same bytes.
    figure.savefig(written, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    return base64.b64encode(written.getvalue()).decode("ascii")


def main() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    cells = {cell.id: cell for cell in notebook.cells}
    for cell_id, name, draw in FIGURES:
        cells[cell_id]["attachments"] = {name: {"image/png": png(draw())}}
    nbformat.write(notebook, NOTEBOOK)


if __name__ == "__main__":
    main()
