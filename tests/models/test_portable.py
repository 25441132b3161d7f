from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from graders.models.architecture import Architecture
from graders.models.operations import Activation, Conv2D, Dense, MaxPool, Opaque
from graders.models.portable import Limits, Portable, PortableError, dump, load
from graders.models.snapshot import Snapshot, TrainingRecord
from tests.models.architectures import LENET, PERCEPTRON
from tests.models.snapshots import COMPILATION, PORTABLE, RECORD, SNAPSHOT, snapshots, weights_for


def refused(header: bytes, blob: bytes = PORTABLE.blob, limits: Limits | None = None) -> str:
    """The message with which a document is refused."""
    with pytest.raises(PortableError) as caught:
        load(header, blob, limits)
    return str(caught.value)


# A model in itself well-formed, and what of it is too much.
BOMBS = [
    (Architecture((784,), (Dense(10**9),)), "at most 1000000 values"),
    (Architecture((10**9,), ()), "input_shape: expected at most 1000000 values"),
    (Architecture((10**5,), (Dense(10**5),)), "at most 20000000 parameters"),
    (Architecture((99, 99, 1), (Conv2D(90, (5, 5), padding="same"),) * 2), "FLOPs"),
    (Architecture((4,), (Dense(1),) * 101), "at most 100 operations"),
    (
        Architecture((9, 9, 1), (Conv2D(1, (2, 2), padding="same", dilation_rate=(9**4, 9**4)),)),
        "operations[0]: expected at most 1000000 values",
    ),
    (Architecture((10**9,) * 6, (Dense(10**9),)), "at most 1000000 values"),
]


def test_a_document_is_small_readable_json_and_a_blob_of_float32() -> None:
    portable = dump(Snapshot(LENET, COMPILATION, weights_for(LENET), RECORD))
    assert len(portable.header) < 4000
    assert len(portable.blob) == 4 * 123_222


@given(snapshots)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_loading_what_was_dumped_gives_it_back(snapshot: Snapshot) -> None:
    portable = dump(snapshot)
    loaded = load(portable.header, portable.blob, trusted=True)
    assert loaded == snapshot
    assert (loaded.weights is None) == (snapshot.weights is None)
    for received, expected in zip(loaded.weights or (), snapshot.weights or (), strict=True):
        assert np.array_equal(received, expected)
        assert not received.flags.writeable
    assert dump(loaded) == portable


def test_a_students_record_is_never_verified() -> None:
    training = load(PORTABLE.header, PORTABLE.blob).training
    assert training == TrainingRecord(2000, 10, 200, RECORD.history)


def test_a_trainers_record_stays_verified() -> None:
    assert load(PORTABLE.header, PORTABLE.blob, trusted=True).training == RECORD


def test_a_model_that_cannot_be_rebuilt_is_still_described() -> None:
    for architecture in (
        Architecture((4,), (Dense(2), Opaque("Lambda"))),
        Architecture(None, (Dense(2),)),
        Architecture((4,), (MaxPool((2, 2), (2, 2)),)),
    ):
        portable = dump(Snapshot(architecture, None))
        assert load(portable.header, portable.blob) == Snapshot(architecture, None)


def test_no_weights_and_weights_of_nothing_are_told_apart() -> None:
    empty = Architecture((4,), (Activation("relu"),))
    for weights in (None, ()):
        portable = dump(Snapshot(empty, None, weights))
        assert load(portable.header, portable.blob).weights == weights


@pytest.mark.parametrize(("architecture", "message"), BOMBS)
def test_a_model_too_large_is_refused_before_anything_is_built(
    architecture: Architecture, message: str
) -> None:
    with pytest.raises(PortableError) as caught:
        dump(Snapshot(architecture, None))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda blob: blob[:-1], "blob: expected 1868 bytes. Received: 1867 bytes"),
        (lambda blob: blob + b"\0\0\0\0", "blob: expected 1868 bytes. Received: 1872 bytes"),
        (lambda blob: b"", "Received: 0 bytes"),
        (lambda blob: blob[:-4] + np.float32("nan").tobytes(), "weights[3]: expected finite"),
        (lambda blob: np.float32("-inf").tobytes() + blob[4:], "weights[0]: expected finite"),
    ],
)
def test_a_blob_holds_exactly_the_weights_all_finite(
    change: Callable[[bytes], bytes], message: str
) -> None:
    assert message in refused(PORTABLE.header, change(PORTABLE.blob))


def test_a_model_without_weights_has_no_blob() -> None:
    header = dump(Snapshot(PERCEPTRON, None)).header
    assert "blob: expected 0 bytes" in refused(header, b"\0\0\0\0")


@pytest.mark.parametrize(
    "limits",
    [
        Limits(header_bytes=100),
        Limits(operations=3),
        Limits(parameters=442),
        Limits(values=63),
        Limits(flops=1000),
        Limits(recorded=3),
    ],
)
def test_every_limit_is_one(limits: Limits) -> None:
    assert "expected at most" in refused(PORTABLE.header, limits=limits)


@pytest.mark.parametrize(
    ("snapshot", "message"),
    [
        (replace(SNAPSHOT, weights=(SNAPSHOT.weights or ())[:-1]), "blob: expected"),
        (replace(SNAPSHOT, weights=tuple(a.T for a in SNAPSHOT.weights or ())), "arrays of shapes"),
        (
            replace(SNAPSHOT, weights=tuple(a.astype(np.float16) for a in SNAPSHOT.weights or ())),
            "weights[0]: expected float32. Received: float16",
        ),
        (replace(SNAPSHOT, training=TrainingRecord(1, 1, 1, (("loss", (float("nan"),)),))), "JSON"),
        (replace(SNAPSHOT, architecture=Architecture((4,), (Opaque("x"),))), "opaque"),
    ],
)
def test_what_could_not_be_loaded_is_not_dumped(snapshot: Snapshot, message: str) -> None:
    with pytest.raises(PortableError) as caught:
        dump(snapshot)
    assert message in str(caught.value)


def test_a_portable_model_is_two_byte_strings() -> None:
    assert isinstance(PORTABLE, Portable)
    assert (type(PORTABLE.header), type(PORTABLE.blob)) == (bytes, bytes)
