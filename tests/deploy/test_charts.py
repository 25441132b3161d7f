"""Our values are what the charts take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from tests.deploy.chart_values import KEYS, OPEN, schema, values

# Where docs/deploy.md says to unpack the charts.
CHARTS = Path(__file__).parents[2] / "build" / "charts"

each_chart = pytest.mark.parametrize("chart", KEYS)


@each_chart
def test_each_key_is_one_that_the_chart_takes(chart: str) -> None:
    Draft7Validator(schema(KEYS[chart])).validate(values(chart))


@each_chart
def test_every_key_that_we_looked_up_is_used(chart: str) -> None:
    assert set(KEYS[chart]) - {".".join(path) for path in _paths(values(chart), ())} == set()


@each_chart
def test_a_misspelt_key_is_refused_wherever_the_chart_reads_it(chart: str) -> None:
    validator = Draft7Validator(schema(KEYS[chart]))
    let_through = [
        path
        for path in _paths(values(chart), ())
        if not _is_below_an_open_one(path, chart)
        and validator.is_valid(_misspelt(values(chart), path))
    ]
    assert let_through == []


@each_chart
def test_the_charts_own_schema_takes_our_values(chart: str) -> None:
    published = CHARTS / chart / "values.schema.json"
    if not published.exists():
        pytest.skip(
            f"{chart}'s chart is not in build/charts (docs/deploy.md says how to put it there): "
            "our values were held against what we read in its schema only"
        )
    # As Helm does: the schema is of the chart's own values with ours over them.
    defaults = yaml.safe_load((CHARTS / chart / "values.yaml").read_text())
    Draft7Validator(json.loads(published.read_text())).validate(_merged(defaults, values(chart)))


def _paths(mapping: dict[str, Any], above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name, value in mapping.items():
        yield (*above, name)
        if isinstance(value, dict):
            yield from _paths(value, (*above, name))


def _is_below_an_open_one(path: tuple[str, ...], chart: str) -> bool:
    above = (".".join(path[:depth]) for depth in range(1, len(path)))
    return any(KEYS[chart].get(one) == OPEN for one in above)


def _misspelt(given: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    whole = deepcopy(given)
    found = whole
    for name in path[:-1]:
        found = found[name]
    found[f"{path[-1]}s"] = found.pop(path[-1])
    return whole


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for name, value in above.items():
        known = merged.get(name)
        both = isinstance(known, dict) and isinstance(value, dict)
        merged[name] = _merged(known or {}, value) if both else value
    return merged
