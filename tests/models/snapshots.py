"""Snapshots, one and random ones, and their portable form: what the tests of it share."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from graders.models.architecture import Architecture
from graders.models.compilation import Compilation, Loss, Optimizer
from graders.models.counting import parameter_shapes
from graders.models.operations import Dense, MaxPool
from graders.models.portable import dump
from graders.models.snapshot import Snapshot, TrainingRecord, Weights
from tests.models.architectures import LENET, architectures

TINY = Architecture((2, 2, 1), (*LENET.operations[:2], MaxPool((2, 2), (2, 2)), Dense(3)))
RECORD = TrainingRecord(
    iterations=2000,
    epochs=10,
    steps_per_epoch=200,
    history=(("loss", (2.3, 0.5)), ("précision", (0.1, 0.9))),
    batch_size=300,
    samples=60_000,
    x_digest="0" * 64,
    y_digest="f" * 64,
    verified=True,
)
COMPILATION = Compilation(
    Loss("categorical_crossentropy", label_smoothing=0.1),
    Optimizer("sgd", 0.5, (("momentum", 0.9), ("nesterov", True), ("clipnorm", None))),
    ("categorical_accuracy", "opaque:MaMétrique"),
)


def weights_for(architecture: Architecture, seed: int = 0) -> Weights | None:
    generator = np.random.default_rng(seed)
    try:
        shapes = parameter_shapes(architecture)
    except ValueError:
        return None
    return tuple(generator.standard_normal(shape).astype(np.float32) for shape in shapes)


SNAPSHOT = Snapshot(TINY, COMPILATION, weights_for(TINY), RECORD)
PORTABLE = dump(SNAPSHOT)


names = st.from_regex(r"[a-z0-9_]{1,64}|opaque:[A-Z][\w ]{0,20}", fullmatch=True).filter(
    str.isprintable
)
texts = st.text(st.characters(exclude_categories=("C", "Z")), max_size=80)
finite = st.floats(allow_nan=False, allow_infinity=False)
counts = st.integers(0, 10**9)
digests = st.none() | st.from_regex("[0-9a-f]{64}", fullmatch=True)
compilations = st.builds(
    Compilation,
    st.none() | st.builds(Loss, names, st.booleans(), finite),
    st.builds(
        Optimizer,
        names,
        st.none() | finite,
        st.lists(
            st.tuples(texts, st.none() | st.booleans() | st.integers(-99, 99) | finite | texts),
            max_size=3,
        ).map(tuple),
    ),
    st.lists(names, max_size=3).map(tuple),
)
records = st.builds(
    TrainingRecord,
    iterations=counts,
    epochs=counts,
    steps_per_epoch=st.none() | counts,
    history=st.lists(st.tuples(texts, st.lists(finite, max_size=3).map(tuple)), max_size=3).map(
        tuple
    ),
    batch_size=st.none() | counts,
    samples=st.none() | counts,
    x_digest=digests,
    y_digest=digests,
    verified=st.booleans(),
)
snapshots = st.builds(
    lambda architecture, compilation, record, weighted: Snapshot(
        architecture, compilation, weights_for(architecture) if weighted else None, record
    ),
    architectures,
    st.none() | compilations,
    st.none() | records,
    st.booleans(),
)
