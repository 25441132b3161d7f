"""Trainings as bytes: what is read is what was written, and anything else is refused."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from graders.models.training import TrainingResult
from graders.models.training_form import (
    PortableError,
    dump_request,
    dump_result,
    load_request,
    load_result,
)
from tests.grading.trainings.trainings import request

MOST = 10**6
JOB, START = request()
RESULT = TrainingResult(
    job=JOB.digest(),
    end=START,
    metrics=(np.array(1.5, "float32"), np.array(40, "float32")),
    epochs=(0, 1),
    steps=5,
    values=np.array([[1.0, float("nan")], [0.5, 0.75]]),
    epoch_seconds=(0.5, 0.25),
    seconds=1.0,
    device="cpu",
    peak_memory=10**8,
)
PARCELS = {"request": dump_request(JOB, START), "result": dump_result(RESULT)}
LOADS = {"request": load_request, "result": load_result}


def test_a_request_comes_back_as_it_was() -> None:
    job, start = load_request(PARCELS["request"], MOST)
    assert job == JOB
    assert start.digest() == START.digest()


def test_a_result_comes_back_as_it_was() -> None:
    result = load_result(PARCELS["result"], MOST)
    assert dump_result(result) == PARCELS["result"]
    assert np.array_equal(result.values, RESULT.values, equal_nan=True)
    assert result.end.digest() == START.digest()


def test_arrays_that_come_back_are_read_only() -> None:
    _, start = load_request(PARCELS["request"], MOST)
    with pytest.raises(ValueError, match="read-only"):
        start.weights[0][0] = 1


@pytest.mark.parametrize("kind", PARCELS)
def test_a_parcel_cut_anywhere_is_refused(kind: str) -> None:
    parcel = PARCELS[kind]
    for length in range(0, len(parcel), 7):
        with pytest.raises(PortableError):
            LOADS[kind](parcel[:length], MOST)


@pytest.mark.parametrize("kind", PARCELS)
def test_a_damaged_parcel_is_refused_or_read_and_raises_nothing_else(kind: str) -> None:
    draw = random.Random(0)
    for _ in range(500):
        parcel = bytearray(PARCELS[kind])
        for _ in range(draw.randint(1, 3)):
            parcel[draw.randrange(len(parcel))] = draw.randrange(256)
        try:
            LOADS[kind](bytes(parcel), MOST)
        except PortableError:
            continue


@pytest.mark.parametrize("kind", PARCELS)
def test_a_parcel_longer_than_expected_is_refused(kind: str) -> None:
    with pytest.raises(PortableError, match="at most"):
        LOADS[kind](PARCELS[kind], 100)


def test_values_that_are_not_one_row_an_epoch_are_refused() -> None:
    for values in (RESULT.values[:1], RESULT.values.astype("float32"), RESULT.values[0]):
        with pytest.raises(PortableError, match="one row"):
            load_result(dump_result(replace(RESULT, values=values)), MOST)
