"""A learning curve is drawn within its frame, and told in numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.exhibits import Curve
from graders.reports.feedback.curves import HEIGHT, WIDTH, drawings

values = st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=40).map(tuple)
names = st.sampled_from(("loss", "val_loss", "accuracy", "val_accuracy", "mae", "val_"))


@given(st.dictionaries(names, values, min_size=1))
def test_every_series_is_drawn_once_within_the_frame(series: dict[str, tuple[float, ...]]) -> None:
    drawn = drawings(Curve("mlp", tuple(series.items())))
    lines = [line for drawing in drawn for line in drawing.lines]
    assert sorted(len(line.points) for line in lines) == sorted(map(len, series.values()))
    for drawing in drawn:
        ticks = [tick.place for tick in (*drawing.across, *drawing.up)]
        assert all(0 <= place <= max(WIDTH, HEIGHT) for place in ticks)
        for line in drawing.lines:
            assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in line.points)


def test_a_measure_and_its_validation_share_a_drawing() -> None:
    curve = Curve("mlp", (("loss", (2.0, 1.0)), ("accuracy", (0.1, 0.9)), ("val_loss", (2.0, 1.5))))
    cost, accuracy = drawings(curve)
    assert (cost.name, accuracy.name) == ("Coût", "Exactitude")
    assert [line.name for line in cost.lines] == ["Apprentissage", "Validation"]
    assert cost.lines[0].points[0][1] < cost.lines[0].points[1][1]  # y grows downwards
    assert cost.lines[1].summary == (
        "Validation : 2 après la première époque, 1,5 après la dernière."
    )


@pytest.mark.parametrize("epochs", [1, 2, 500])
def test_epochs_are_numbered_from_one(epochs: int) -> None:
    (drawing,) = drawings(Curve("mlp", (("loss", (0.5,) * epochs),)))
    numbers = [int(tick.words) for tick in drawing.across]
    assert numbers
    assert set(numbers) <= set(range(1, epochs + 1))
    assert drawing.lines[0].is_marked == (epochs <= 30)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((0.98, 0.28), ["0,2", "0,4", "0,6", "0,8", "1,0"]),
        ((0.37, 0.95), ["0,30", "0,45", "0,60", "0,75", "0,90", "1,05"]),
        ((0.9851, 0.9853), ["0,98510", "0,98515", "0,98520", "0,98525", "0,98530"]),
        ((12000.0, 300.0), ["0", "3000", "6000", "9000", "12000"]),
        ((1e12, 0.0), ["0", "2.5e+11", "5e+11", "7.5e+11", "1e+12"]),
    ],
)
def test_graduations_are_exact_and_short(values: tuple[float, ...], words: list[str]) -> None:
    (drawing,) = drawings(Curve("mlp", (("loss", values),)))
    assert [tick.words.replace(".", ",") for tick in drawing.up] == [
        word.replace(".", ",") for word in words
    ]


def test_a_curve_without_values_is_no_drawing() -> None:
    assert drawings(Curve("mlp", (("loss", ()),))) == ()
