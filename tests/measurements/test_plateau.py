"""What the notebook tells about LeNet's plateau is what was measured."""

import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
RUNS: list[dict[str, Any]] = json.loads(
    (ROOT / "tests" / "measurements" / "plateau.json").read_text("utf-8")
)["runs"]
TEXT: str = next(
    cell.source
    for cell in nbformat.read(
        ROOT / "source" / "tp_keras" / "deep_learning_keras.ipynb", as_version=4
    ).cells
    if cell.id == "plateau"
)
# Row of the table, layer, what its columns show.
COLUMNS = ("mean_sigmoid_slope", "deviation_between_images", "root_mean_square_gradient")
ROWS = [
    ("première convolution", "convolution_1", COLUMNS),
    ("deuxième convolution", "convolution_2", COLUMNS),
    ("troisième convolution", "convolution_3", COLUMNS),
    ("première couche dense", "dense_1", COLUMNS),
    ("couche de sortie", "dense_2", COLUMNS[1:]),
]


def run_of(optimizer: str, seed: int) -> dict[str, Any]:
    return next(run for run in RUNS if (run["optimizer"], run["seed"]) == (optimizer, seed))


def numbers(row: str) -> list[float]:
    """Numbers of a line of the table, written the French way."""
    written = re.findall(r"\d[\d\s,]*\d", row)
    return [float(re.sub(r"\s", "", number).replace(",", ".")) for number in written]


@pytest.mark.parametrize(("title", "layer", "columns"), ROWS)
def test_the_table_shows_the_network_before_learning(
    title: str, layer: str, columns: tuple[str, ...]
) -> None:
    line = next(line for line in TEXT.splitlines() if line.startswith(f"| {title} |"))
    measured = [run_of("SGD", 0)["before"][layer][column] for column in columns]
    assert numbers(line) == pytest.approx(measured, rel=0.04)


@pytest.mark.parametrize(("seed", "first_epoch_off"), [(0, 16), (1, 12)])
def test_gradient_descent_stays_on_the_plateau_as_long_as_told(
    seed: int, first_epoch_off: int
) -> None:
    accuracies = [epoch["test"]["accuracy"] for epoch in run_of("SGD", seed)["epochs"]]
    assert set(accuracies[1:10]) == {0.1135}
    assert max(accuracies[: first_epoch_off - 1]) < 0.15
    assert accuracies[first_epoch_off - 1] > 0.6


def test_the_dense_layer_saturates_during_the_plateau() -> None:
    run = run_of("SGD", 0)
    slopes = [epoch["inside"]["dense_1"]["mean_sigmoid_slope"] for epoch in run["epochs"]]
    assert round(run["before"]["dense_1"]["mean_sigmoid_slope"], 2) == 0.23
    assert round(min(slopes), 2) == 0.03


def test_adam_reaches_what_the_figure_shows_in_ten_epochs() -> None:
    assert run_of("Adam", 0)["epochs"][-1]["test"]["accuracy"] > 0.98
