"""Exhibits travel with a result, and nothing else passes for one."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.exhibits import (
    Confusion,
    Curve,
    LayerRow,
    LayersTable,
    exhibits_from_data,
    exhibits_to_data,
)
from graders.rubric import Finding, Outcome, Result

texts = st.text(st.characters(exclude_categories=("C", "Z")), max_size=40)
measures = st.floats(-1e12, 1e12)
states = st.sampled_from(("same", "changed", "missing", "extra", "moved"))
tables = st.builds(
    LayersTable,
    texts,
    st.lists(st.builds(LayerRow, texts, states, texts), max_size=4).map(tuple),
    st.none() | st.integers(0, 10**9),
)
curves = st.builds(
    Curve,
    texts,
    st.lists(st.tuples(texts, st.lists(measures, max_size=4).map(tuple)), max_size=3).map(tuple),
)
confusions = st.integers(1, 3).flatmap(
    lambda size: st.builds(
        Confusion,
        texts,
        st.tuples(*[st.tuples(*[st.integers(1, 1000)] * size)] * size),
    )
)
exhibits = st.lists(st.one_of(tables, curves, confusions), max_size=4).map(tuple)


@given(exhibits)
def test_exhibits_survive_in_the_json_of_a_result(shown: Any) -> None:
    result = Result("test_q", (Finding("t", Outcome.PASSED, 1, 1),), shown)
    assert Result.from_json(result.to_json()) == result
    assert Result.from_json(json.loads(json.dumps(result.to_data()))) == result


def test_accuracy_is_the_share_on_the_diagonal() -> None:
    confusion = Confusion("mlp", ((3, 1), (0, 6)))
    assert (confusion.total, confusion.accuracy) == (10, 0.9)


@pytest.mark.parametrize("counts", [((1, 2),), ((0,),), ((1, 2), (3,)), ()])
def test_a_confusion_is_square_and_counts_something(counts: Any) -> None:
    with pytest.raises(ValueError, match="square"):
        Confusion("mlp", counts)


GOOD: list[Any] = exhibits_to_data(
    (
        LayersTable("mlp", (LayerRow("Dense, 100 neurones", "same"),), 7850),
        Curve("mlp", (("loss", (0.5,)),)),
        Confusion("mlp", ((1,),)),
    )
)


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        ((0, "type"), "Layers"),
        ((0, "rows"), {}),
        ((0, "rows"), [None]),
        ((0, "rows", 0, "state"), "right"),
        ((0, "rows", 0, "layer"), "\x1b[2J"),
        ((0, "rows", 0, "layer"), "x" * 501),
        ((0, "parameters"), -1),
        ((0, "parameters"), 1.0),
        ((0, "variable"), None),
        ((1, "series"), [["loss", [float("nan")]]]),
        ((1, "series"), [["loss", [float("inf")]]]),
        ((1, "series"), [["loss", ["0"]]]),
        ((1, "series"), [["loss", [0.0] * 501]]),
        ((1, "series"), [["loss", []]] * 17),
        ((2, "counts"), [[1, 2]]),
        ((2, "counts"), [[True]]),
        ((2, "counts"), [[1] * 21] * 21),
        ((2, "total"), 1),
    ],
)
def test_whatever_else_is_refused(place: tuple[Any, ...], wrong: object) -> None:
    assert len(exhibits_from_data(GOOD)) == 3
    data: Any = deepcopy(GOOD)
    inner = data
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = wrong
    with pytest.raises(ValueError, match=r"expected|square"):
        exhibits_from_data(data)
